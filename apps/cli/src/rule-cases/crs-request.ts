import type { RequestHead } from '@seawall/seclang';
import type { StageInput } from './case-files.ts';

export interface Request {
  readonly head: RequestHead;
  readonly body: string;
}

const FORM = 'application/x-www-form-urlencoded';

const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** A request before it is written or parsed; `raw` is one that the suite gives byte by byte. */
type Composed =
  | { readonly raw: string }
  | {
      readonly method: string;
      readonly target: string;
      readonly version: string;
      readonly fields: readonly (readonly [string, string])[];
      readonly data: string;
    };

/** The request that the official runner would send, for an engine without a server: what a server would read of its bytes. */
export function requestOf(input: StageInput, era: 3 | 4): Request {
  const composed = compose(input, era);
  if ('raw' in composed) return parseRaw(composed.raw);
  const { method, target, version, fields, data } = composed;
  return {
    head: { method, target, protocol: version || 'HTTP/0.9', fields: fields.map(trimmed) },
    body: delimited(data, fields),
  };
}

/** The same request as its bytes on the wire. */
export function wireOf(input: StageInput, era: 3 | 4): Buffer {
  const composed = compose(input, era);
  if ('raw' in composed) return Buffer.from(composed.raw, 'latin1');
  const { method, target, version, fields, data } = composed;
  const lines = [`${method} ${target} ${version}`, ...fields.map(([name, value]) => `${name}: ${value}`), '', data];
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

/** As the official runner: it completes headers, encodes bare forms and ends multipart lines in CRLF. */
function compose(input: StageInput, era: 3 | 4): Composed {
  if (input.encoded_request !== undefined)
    return { raw: Buffer.from(input.encoded_request, 'base64').toString('latin1') };
  if (input.raw_request !== undefined) return { raw: bytes(input.raw_request) };
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
  const version = bytes(input.version ?? 'HTTP/1.1');
  return { method: bytes(method), target: bytes(input.uri ?? '/'), version, fields, data };
}

/** RFC 9112 section 6.3: without a length or chunks a request has no body. */
function delimited(data: string, fields: readonly (readonly [string, string])[]): string {
  const length = fields.find(([name]) => name.toLowerCase() === 'content-length')?.[1];
  if (fields.some(([name]) => name.toLowerCase() === 'transfer-encoding')) return data;
  return length === undefined ? '' : data.slice(0, Number(length));
}

/** RFC 9112 section 5.1: white space around a value is not part of it. */
function trimmed([name, value]: readonly [string, string]): [string, string] {
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
