import type { ExplainedExchange } from '@seawall/seclang';
import {
  createRequestReader,
  createResponseReader,
  DEFAULT_LIMITS,
  type ReadHandler,
  type RequestHead1,
  type ResponseHead1,
  type Violation,
} from '@seawall/wire';
import { fault } from '../faults.ts';

// A message in a file, as people write and save them, read by the gateway's own parser. What the file lacks (carriage returns, a length) is
// filled in, and said: the gateway would not do it.

type Request = ExplainedExchange['request'];
type Response = NonNullable<ExplainedExchange['response']>;

export interface ReadMessage<T> {
  readonly message: T;
  /** What differs from what the gateway would read, in words. */
  readonly notes: readonly string[];
}

interface Parsed<H> {
  readonly head: H;
  readonly body: Buffer;
  readonly notes: string[];
  /** All that the head announces was there. */
  readonly complete: boolean;
}

export function readRequest(bytes: Buffer, name: string): ReadMessage<Request> & { readonly host: string } {
  const { head, body, notes, complete, protocol } = parseRequest(bytes, name);
  for (const { code, detail } of head.violations) {
    notes.push(`the gateway answers 400 before it forwards this (${code}: ${detail}); the rules see it all the same`);
  }
  const message = {
    head: {
      method: head.method,
      target: head.target,
      protocol: protocol ?? head.version,
      fields: head.fields.map((field) => [field.name, field.value] as const),
    },
    body: body.toString('latin1'),
    complete,
  };
  return { message, notes, host: head.host };
}

/** A start line copied from a browser says HTTP/2; such a message is read as HTTP/1.1 and keeps its name. */
function parseRequest(bytes: Buffer, name: string): Parsed<RequestHead1> & { readonly protocol: string | undefined } {
  const line = /^[^\r\n]*? (HTTP\/[23](?:\.0)?)(?=\r?\n)/.exec(bytes.subarray(0, 16_384).toString('latin1'));
  if (line?.[1] === undefined) {
    return { ...parse(bytes, name, (handler) => createRequestReader(handler, LIMITS)), protocol: undefined };
  }
  const start = line[0].length - line[1].length;
  const rest = bytes.subarray(line[0].length);
  const older = Buffer.concat([bytes.subarray(0, start), Buffer.from('HTTP/1.1'), rest]);
  return { ...parse(older, name, (handler) => createRequestReader(handler, LIMITS)), protocol: line[1] };
}

export function readResponse(bytes: Buffer, name: string, method: string): ReadMessage<Response> {
  const make = (handler: ReadHandler<ResponseHead1>) => createResponseReader(handler, LIMITS, () => method);
  const { head, body, notes, complete } = parse(bytes, name, make);
  const fields = head.fields.map((field) => [field.name, field.value] as const);
  const message = {
    head: { status: head.status, protocol: head.version, fields },
    body: body.toString('latin1'),
    complete,
  };
  return { message, notes };
}

/** Larger heads are no file that somebody explains; the reader refuses them as it does on the wire. */
const LIMITS = { ...DEFAULT_LIMITS, maxHeadBytes: 262_144, maxStartLineBytes: 131_072 };

function parse<H extends RequestHead1 | ResponseHead1>(
  bytes: Buffer,
  name: string,
  make: (handler: ReadHandler<H>) => { push(chunk: Buffer): void; end(): void },
): Parsed<H> {
  const { head: headBytes, rest, notes } = splitHead(bytes);
  const chunks: Buffer[] = [];
  const held: { head?: H; fault?: Violation; ended?: boolean } = {};
  const reader = make({
    onHead: (head) => (held.head ??= head),
    onBody: (chunk) => chunks.push(Buffer.from(chunk)),
    onEnd: () => (held.ended = true),
    onFault: (violation, head) => {
      if (held.ended === true) return;
      held.fault ??= violation;
      if (head !== undefined) held.head ??= head;
    },
  });
  reader.push(headBytes);
  const framing = held.head?.framing;
  if (framing?.kind !== 'none') reader.push(framing?.kind === 'length' ? rest.subarray(0, framing.bytes) : rest);
  reader.end();
  const { head } = held;
  if (head === undefined) {
    const reason = held.fault === undefined ? 'there is no whole head in it' : held.fault.detail || held.fault.code;
    throw fault('cli.no-message', { path: name, reason });
  }
  return { head, ...bodyOf(head, rest, Buffer.concat(chunks), held.ended === true, notes) };
}

function bodyOf(
  { framing }: RequestHead1 | ResponseHead1,
  rest: Buffer,
  read: Buffer,
  ended: boolean,
  notes: string[],
): Pick<Parsed<never>, 'body' | 'notes' | 'complete'> {
  switch (framing.kind) {
    case 'none':
      if (rest.length === 0) return { body: rest, notes, complete: true };
      notes.push('there is a body without Content-Length; the gateway would not take it for one, here it is read');
      return { body: rest, notes, complete: true };
    case 'length':
      if (rest.length < framing.bytes) {
        notes.push(`Content-Length says ${framing.bytes} bytes, the file has ${rest.length} of them`);
      } else if (rest.length > framing.bytes) {
        notes.push(`${rest.length - framing.bytes} bytes after the end of the body (Content-Length) are not read`);
      }
      return { body: rest.subarray(0, framing.bytes), notes, complete: rest.length >= framing.bytes };
    case 'chunked':
      if (!ended) notes.push('the chunks of the body do not end; what could be read of them is judged');
      return { body: read, notes, complete: ended };
    case 'close':
      return { body: read, notes, complete: true };
    default:
      return framing satisfies never;
  }
}

/** Lines of the head may end in a bare line feed, as editors write them. */
function splitHead(bytes: Buffer): { readonly head: Buffer; readonly rest: Buffer; readonly notes: string[] } {
  const text = bytes.subarray(0, LIMITS.maxHeadBytes).toString('latin1');
  const end = /\r?\n\r?\n/.exec(text);
  const headText = (end === null ? text : text.slice(0, end.index)).replace(/(?:\r?\n)+$/, '');
  const rest = end === null ? Buffer.alloc(0) : bytes.subarray(end.index + end[0].length);
  const notes: string[] = [];
  const head = headText.replace(/\r?\n/g, '\r\n');
  if (head !== headText || (end !== null && end[0] !== '\r\n\r\n')) {
    notes.push('lines of the head end in a bare line feed; they are read as if there were a carriage return before it');
  }
  return { head: Buffer.from(`${head}\r\n\r\n`, 'latin1'), rest, notes };
}
