import type { RequestHead } from '@seawall/seclang';
import type { StageInput } from './crs-cases.ts';

export interface Request {
  readonly head: RequestHead;
  readonly body: string;
}

const FORM = 'application/x-www-form-urlencoded';

const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** The request that the official runner would send: it completes headers, encodes bare forms and ends multipart lines in CRLF. */
export function requestOf(input: StageInput, era: 3 | 4): Request {
  if (input.encoded_request !== undefined)
    return parseRaw(Buffer.from(input.encoded_request, 'base64').toString('latin1'));
  if (input.raw_request !== undefined) return parseRaw(bytes(input.raw_request));
  const fields = Object.entries(input.headers ?? {}).map(([name, value]): [string, string] => [
    bytes(name),
    bytes(String(value ?? '')),
  ]);
  const has = (name: string): string | undefined => fields.find(([key]) => key.toLowerCase() === name)?.[1];
  const complete = input.autocomplete_headers ?? !(input.stop_magic ?? false);
  const written = input.data ?? '';
  let data = bytes(expandTemplates(typeof written === 'string' ? written : [...written, ''].join('\r\n')));
  if (complete && data !== '') {
    if (has('content-type') === undefined) fields.push(['Content-Type', FORM]);
    if (has('content-type') === FORM) data = encodeForm(data);
  }
  if (has('content-type')?.startsWith('multipart/form-data;') === true) data = data.replace(/\r?\n/g, '\r\n');
  const method = input.method ?? 'GET';
  if (complete) {
    if (has('connection') === undefined) fields.push(['Connection', 'close']);
    const carriesBody = data !== '' || (era === 4 && /^(?:POST|PUT|PATCH|DELETE)$/.test(method));
    if (carriesBody && has('content-length') === undefined) fields.push(['Content-Length', String(data.length)]);
  }
  const target = bytes(input.uri ?? '/');
  return {
    head: {
      method: bytes(method),
      target,
      protocol: bytes(input.version ?? 'HTTP/1.1') || 'HTTP/0.9',
      fields: fields.map(trimmed),
    },
    body: delimited(data, fields),
  };
}

/** RFC 9112 section 6.3: without a length or chunks a request has no body. */
function delimited(data: string, fields: readonly (readonly [string, string])[]): string {
  const length = fields.find(([name]) => name.toLowerCase() === 'content-length')?.[1];
  if (fields.some(([name]) => name.toLowerCase() === 'transfer-encoding')) return data;
  return length === undefined ? '' : data.slice(0, Number(length));
}

/** RFC 9112 section 5.1: white space around a value is not part of it. */
function trimmed([name, value]: [string, string]): [string, string] {
  return [name, value.replace(/^[ \t]+|[ \t]+$/g, '')];
}

/** The one template that the suite uses. */
function expandTemplates(text: string): string {
  return text.replace(/\{\{ "([^"]*)" \| repeat (\d+) \}\}/g, (_all, what: string, times: string) =>
    what.repeat(Number(times)),
  );
}

/** A form that holds no escape is taken for not yet encoded. */
function encodeForm(data: string): string {
  if (/[+]|%[0-9A-Fa-f]{2}/.test(data)) return data;
  const escape = (text: string): string =>
    text.replace(/[^A-Za-z0-9\-_.~]/g, (character) =>
      character === ' ' ? '+' : `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    );
  return data
    .split('&')
    .map((token) => {
      const equals = token.indexOf('=');
      return equals === -1 ? escape(token) : `${escape(token.slice(0, equals))}=${escape(token.slice(equals + 1))}`;
    })
    .join('&');
}

function parseRaw(raw: string): Request {
  const end = /\r?\n\r?\n/.exec(raw);
  const headText = end === null ? raw : raw.slice(0, end.index);
  const [line = '', ...rest] = headText.split(/\r?\n/);
  const parts = /^(\S*) (.*?)(?: (HTTP\/\S*))?$/.exec(line);
  const fields = rest.map((text): [string, string] => {
    const colon = text.indexOf(':');
    return colon === -1 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  });
  const body = end === null ? '' : raw.slice(end.index + end[0].length);
  const length = fields.find(([name]) => name.toLowerCase() === 'content-length')?.[1];
  return {
    head: {
      method: parts?.[1] ?? line,
      target: parts?.[2] ?? '',
      protocol: parts?.[3] ?? 'HTTP/0.9',
      fields: fields.map(trimmed),
    },
    body: length === undefined ? '' : body.slice(0, Number(length)),
  };
}
