import {
  CHUNK_TAIL,
  chunkHead,
  type Field,
  type Framing,
  lastChunk,
  type RequestHead1,
  type ResponseHead1,
  writeResponseHead,
} from '@seawall/wire';
import { STATUS_CODES } from 'node:http';
import type { Page } from './block-page.ts';
import type { IncomingBody } from './body.ts';
import { answerHead } from './forward-fields.ts';

/** The client's side, as far as answering needs it. */
export interface AnswerSink {
  /** Bytes, or latin1 text. Resolves when there is room; false when the client is gone. */
  write(chunk: Buffer | string): Promise<boolean> | boolean;
  cork(): void;
  uncork(): void;
}

export interface Answering {
  readonly request: RequestHead1;
  /** Whether the connection stays open after this answer. */
  readonly keep: boolean;
}

/** Returns the bytes written. */
export async function sendPage(sink: AnswerSink, page: Page, answering: Answering): Promise<number> {
  const bodyless = answering.request.method === 'HEAD';
  const framing: Framing = bodyless ? { kind: 'none' } : { kind: 'length', bytes: page.body.length };
  const fields = [...page.fields, ...connectionFields(answering)];
  if (bodyless) fields.push({ name: 'content-length', value: String(page.body.length) });
  const head = writeResponseHead({ status: page.status, reason: STATUS_CODES[page.status] ?? '', fields, framing });
  const whole = bodyless ? head : Buffer.concat([head, page.body]);
  await sink.write(whole);
  return whole.length;
}

export interface Relayed {
  readonly bytes: number;
  /** False when either side went away before the end. */
  readonly whole: boolean;
}

export interface AnswerToRelay {
  readonly head: ResponseHead1;
  /** What was read for inspection. */
  readonly prefix: Buffer;
  /** What is still to come. */
  readonly rest: IncomingBody | undefined;
}

/** An answer up to this is written as one text: no buffer is made, and it fits the stack of Node's socket. */
const MAX_TEXT = 15_000;

/** The service's answer; at once when all of it is there and the client keeps up. `tap` sees what goes by. */
export function relayAnswer(
  sink: AnswerSink,
  answer: AnswerToRelay,
  answering: Answering,
  tap?: (chunk: Buffer) => void,
): Relayed | Promise<Relayed> {
  const framing = framingFor(answer.head, answering.request);
  const head = answerHead(answer.head, framing, connectionFields(answering));
  const whole = wholeBody(answer);
  if (whole === undefined || head.length + whole.length > MAX_TEXT) {
    return relayStream(sink, answer, { head, chunked: framing.kind === 'chunked' }, tap);
  }
  if (whole.length > 0) tap?.(whole);
  const bytes = head.length + whole.length;
  const room = sink.write(head + bodyText(whole, framing.kind === 'chunked'));
  if (typeof room === 'boolean') return { bytes, whole: room };
  return room.then((reached) => ({ bytes, whole: reached }));
}

function wholeBody({ prefix, rest }: AnswerToRelay): Buffer | undefined {
  if (rest === undefined) return prefix;
  return prefix.length === 0 && rest.bytes < MAX_TEXT ? rest.takeWhole() : undefined;
}

/** RFC 9112, 7.1: chunks of zero length would end the body. */
function bodyText(body: Buffer, chunked: boolean): string {
  const text = body.toString('latin1');
  if (!chunked) return text;
  return text === '' ? '0\r\n\r\n' : `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;
}

async function relayStream(
  sink: AnswerSink,
  { prefix, rest }: AnswerToRelay,
  { head, chunked }: { readonly head: string; readonly chunked: boolean },
  tap?: (chunk: Buffer) => void,
): Promise<Relayed> {
  let bytes = head.length;
  sink.cork();
  let room = sink.write(Buffer.from(head, 'latin1'));
  if (prefix.length > 0) {
    bytes += prefix.length;
    tap?.(prefix);
    room = writePart(sink, prefix, chunked);
  }
  process.nextTick(() => sink.uncork());
  if (!(await room)) return { bytes, whole: false };
  if (rest !== undefined) {
    try {
      for (let chunk = await rest.read(); chunk !== undefined; chunk = await rest.read()) {
        bytes += chunk.length;
        tap?.(chunk);
        if (!(await writePart(sink, chunk, chunked))) return { bytes, whole: false };
      }
    } catch {
      // The service broke off: the client must see a broken answer too, not a short one.
      return { bytes, whole: false };
    }
  }
  if (chunked) await sink.write(lastChunk());
  return { bytes, whole: true };
}

/** RFC 9112, section 6.3. A length stays a length; what is not delimited is chunked, for HTTP/1.0 it ends with the connection. */
function framingFor(head: ResponseHead1, request: RequestHead1): Framing {
  if (head.framing.kind === 'none' || head.framing.kind === 'length') return head.framing;
  return request.version === 'HTTP/1.0' ? { kind: 'close' } : { kind: 'chunked' };
}

/** Whether the connection can stay open after this answer, framing included. */
export function canKeep(head: ResponseHead1, request: RequestHead1): boolean {
  return request.keepAlive && framingFor(head, request).kind !== 'close';
}

const NO_FIELDS: readonly Field[] = [];
const CLOSE: readonly Field[] = [{ name: 'connection', value: 'close' }];
const KEEP: readonly Field[] = [{ name: 'connection', value: 'keep-alive' }];

function connectionFields(answering: Answering): readonly Field[] {
  if (!answering.keep) return CLOSE;
  return answering.request.version === 'HTTP/1.0' ? KEEP : NO_FIELDS;
}

function writePart(sink: AnswerSink, part: Buffer, chunked: boolean): Promise<boolean> | boolean {
  if (!chunked) return sink.write(part);
  void sink.write(chunkHead(part.length));
  void sink.write(part);
  return sink.write(CHUNK_TAIL);
}
