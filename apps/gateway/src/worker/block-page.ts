import { STATUS_CODES } from 'node:http';
import type { Field, HeadField } from '@seawall/wire';
import { fieldValue } from './source.ts';

/** An answer made by the gateway itself. It says nothing that the client wrote, no rule and no version. */
export interface Page {
  readonly status: number;
  readonly fields: readonly Field[];
  readonly body: Buffer;
}

const TEXTS: Readonly<Record<number, string>> = {
  400: 'The request could not be understood, so it was not passed on.',
  403: 'This request was stopped to protect the service.',
  404: 'There is no service at this address.',
  405: 'This method is not possible here.',
  408: 'The request did not arrive in time.',
  413: 'The request is larger than this service accepts.',
  421: 'This connection cannot be used for this address.',
  429: 'There were too many requests. Wait a moment, then try again.',
  431: 'The head of the request is larger than this service accepts.',
  502: 'The service cannot be reached at the moment. Try again later.',
  503: 'The service is not available at the moment. Try again later.',
  504: 'The service did not answer in time. Try again later.',
};

export interface PageRequest {
  readonly status: number;
  /** Finding or exchange that the operator looks up: our own text, hexadecimal. */
  readonly incident: string;
  /** Fields of the request, to choose the form of the page. */
  readonly accept: readonly HeadField[];
  readonly retryAfterSeconds?: number;
}

export function makePage(request: PageRequest): Page {
  const json = wantsJson(request.accept);
  const body = Buffer.from(json ? jsonText(request) : htmlText(request));
  const fields: Field[] = [
    { name: 'date', value: new Date().toUTCString() },
    { name: 'content-type', value: json ? 'application/json' : 'text/html; charset=utf-8' },
    { name: 'cache-control', value: 'no-store' },
    { name: 'x-content-type-options', value: 'nosniff' },
    { name: 'content-security-policy', value: "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'" },
  ];
  if (request.retryAfterSeconds !== undefined) {
    fields.push({ name: 'retry-after', value: String(Math.max(1, Math.ceil(request.retryAfterSeconds))) });
  }
  return { status: request.status, fields, body };
}

function wantsJson(fields: readonly HeadField[]): boolean {
  const accept = (fieldValue(fields, 'accept') ?? '').toLowerCase();
  if (accept.includes('text/html')) return false;
  if (accept.includes('json')) return true;
  return (fieldValue(fields, 'content-type') ?? '').toLowerCase().includes('json');
}

function jsonText(request: PageRequest): string {
  return JSON.stringify({
    type: 'about:blank',
    title: STATUS_CODES[request.status] ?? 'Error',
    status: request.status,
    detail: TEXTS[request.status] ?? '',
    incident: request.incident,
  });
}

function htmlText(request: PageRequest): string {
  const title = STATUS_CODES[request.status] ?? 'Error';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:15vh auto;max-width:34rem;padding:0 1rem}code{font-size:.9em}</style></head>
<body><h1>${title}</h1><p>${TEXTS[request.status] ?? ''}</p>
<p>If this is a mistake, tell the people who run this service this number:<br><code>${request.incident}</code></p></body></html>
`;
}
