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
import { responseFields } from './forward-fields.ts';

/** The client's side, as far as answering needs it. */
export interface AnswerSink {
  /** Resolves when there is room; false when the client is gone. */
  write(chunk: Buffer): Promise<boolean> | boolean;
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

/** The service's answer: `prefix` was read for inspection, `rest` is still to come. `tap` sees what goes by. */
export async function relayAnswer(
  sink: AnswerSink,
  answer: { readonly head: ResponseHead1; readonly prefix: Buffer; readonly rest: IncomingBody | undefined },
  answering: Answering,
  tap?: (chunk: Buffer) => void,
): Promise<Relayed> {
  const framing = framingFor(answer.head, answering.request);
  const chunked = framing.kind === 'chunked';
  const fields = [...responseFields(answer.head), ...connectionFields(answering)];
  const { status, reason } = answer.head;
  const head = writeResponseHead({ status, reason, fields, framing });
  let bytes = head.length;
  sink.cork();
  let room = sink.write(head);
  if (answer.prefix.length > 0) {
    bytes += answer.prefix.length;
    tap?.(answer.prefix);
    room = writePart(sink, answer.prefix, chunked);
  }
  process.nextTick(() => sink.uncork());
  if (!(await room)) return { bytes, whole: false };
  if (answer.rest !== undefined) {
    try {
      for (let chunk = await answer.rest.read(); chunk !== undefined; chunk = await answer.rest.read()) {
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

function connectionFields(answering: Answering): Field[] {
  if (!answering.keep) return [{ name: 'connection', value: 'close' }];
  return answering.request.version === 'HTTP/1.0' ? [{ name: 'connection', value: 'keep-alive' }] : [];
}

function writePart(sink: AnswerSink, part: Buffer, chunked: boolean): Promise<boolean> | boolean {
  if (!chunked) return sink.write(part);
  void sink.write(chunkHead(part.length));
  void sink.write(part);
  return sink.write(CHUNK_TAIL);
}
