import type { RequestHead } from '@seawall/seclang';
import { createRequestReader, type RequestHead1 } from '@seawall/wire';

/** What the gateway hands to the engine for one request. */
export interface Request {
  readonly head: RequestHead;
  readonly body: string;
}

export interface Draft {
  readonly method: string;
  readonly target: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly body?: string;
}

/** Written to bytes and read by the gateway's own reader: strings as V8 holds them there, not as concatenation leaves them. */
export function requestOf({ method, target, fields, type, body = '' }: Draft): Request {
  const content = Buffer.from(body, 'utf8');
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  if (type !== undefined) lines.push(`Content-Type: ${type}\r\nContent-Length: ${content.length}\r\n`);
  const bytes = Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
  const head = readHead(bytes);
  return {
    head: {
      method: head.method,
      target: head.target,
      protocol: head.version,
      fields: head.fields.map((field) => [field.name, field.value] as const),
    },
    body: content.toString('latin1'),
  };
}

function readHead(bytes: Buffer): RequestHead1 {
  let read: RequestHead1 | undefined;
  const reader = createRequestReader({
    onHead: (head) => (read = head),
    onBody: () => undefined,
    onEnd: () => undefined,
    onFault: (violation) => {
      throw new Error(`a request of the bench is not HTTP: ${violation.code}`);
    },
  });
  reader.push(bytes);
  if (read === undefined) throw new Error('a request of the bench has no end');
  return read;
}
