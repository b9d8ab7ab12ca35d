import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { answerFrom, postedText, type DecoyAnswer, type Question } from '@seawall/likeness';
import {
  createRequestReader,
  writeResponseHead,
  type Field,
  type Framing,
  type Reader,
  type RequestHead1,
} from '@seawall/wire';
import { sleep, type Decoy } from './decoy.ts';
import { headWithoutDiversion, readDiversion, type Diversion } from './diversion.ts';
import { acceptSocket } from './accept-socket.ts';
import { keepPosted, type DecoySession } from './sessions.ts';
import type { SocketConversation } from './socket-conversation.ts';

// One connection of a gateway. Requests are answered one after another, in order.
//
// idle --head--> sealed? --no--> 404, closed
//                        --yes--> reading --end--> answering (reader paused) --written--> idle | closed
//                                                  --WebSocket handshake--> conversation, until it closes

/** What is known of the request that is being read. */
interface Asking {
  readonly head: RequestHead1;
  readonly diversion: Diversion;
  readonly session: DecoySession;
  readonly parts: Buffer[];
  bytes: number;
}

export class HttpConnection {
  readonly #decoy: Decoy;
  readonly #socket: Socket;
  readonly #reader: Reader;
  #asking: Asking | undefined;
  #conversation: SocketConversation | undefined;
  #timer: NodeJS.Timeout | undefined;
  #over = false;
  /** The gateway sends no more; what it asked is still answered. */
  #hasEnded = false;

  constructor(decoy: Decoy, socket: Socket) {
    this.#decoy = decoy;
    this.#socket = socket;
    this.#reader = createRequestReader({
      onHead: (head) => this.#begin(head),
      onBody: (chunk) => this.#take(chunk),
      onEnd: () => this.#finish(),
      onFault: () => this.#refuse(400, 'bad_requests'),
    });
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('end', () => this.#ended());
    socket.on('error', () => this.#destroy());
    socket.on('close', () => this.#destroy());
    this.#limitTime(this.#decoy.limits.idleTimeoutMs);
  }

  close(): void {
    if (this.#conversation) this.#conversation.close(1001);
    else this.#destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#over) return;
    if (this.#conversation) this.#conversation.receive(chunk);
    else {
      // From the first byte on the whole message has to come in time; more bytes do not prolong it.
      if (!this.#asking && !this.#isMessageTimed) this.#limitTime(this.#decoy.limits.messageTimeoutMs, true);
      this.#reader.push(chunk);
    }
  }

  #ended(): void {
    this.#hasEnded = true;
    if (this.#conversation) this.#conversation.ended();
    else this.#reader.end();
    if (!this.#asking && !this.#conversation) this.#socket.end();
  }

  #begin(head: RequestHead1): void {
    const diversion = readDiversion(head.fields, this.#decoy.secret);
    if (!diversion) return this.#refuse(404, 'refused_without_seal');
    if (!head.forwardable) return this.#refuse(400, 'bad_requests');
    // The secret is there, or the diversion would not be.
    const session = this.#decoy.sessions.of(diversion, this.#decoy.secret ?? '');
    this.#asking = { head, diversion, session, parts: [], bytes: 0 };
    // RFC 9110, 10.1.1.
    if (head.expectContinue) this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n');
  }

  #take(chunk: Buffer): void {
    const asking = this.#asking;
    if (!asking || this.#over) return;
    const room = this.#decoy.limits.maxReadBodyBytes - asking.bytes;
    if (room > 0) asking.parts.push(Buffer.from(chunk.subarray(0, room)));
    asking.bytes += chunk.length;
    if (asking.bytes > this.#decoy.limits.maxBodyBytes) this.#refuse(413, 'bodies_over_limit');
  }

  #finish(): void {
    const asking = this.#asking;
    if (!asking || this.#over) return;
    this.#reader.pause();
    this.#socket.pause();
    this.#stopTime();
    this.#decoy.counters.count('requests');
    this.#answer(asking).catch((error: unknown) => {
      this.#decoy.counters.count('answers_failed');
      this.#decoy.log('error', 'an answer failed', { error: String(error) });
      this.#destroy();
    });
  }

  async #answer(asking: Asking): Promise<void> {
    const { head, diversion, session } = asking;
    const question = questionOf(head, Buffer.concat(asking.parts));
    const accepted = acceptSocket(this.#decoy, asking, question);
    if (accepted) {
      await this.#decoy.remember(diversion, session, { ...seenOf(head, question), status: 101, answer: '' });
      if (this.#over) return;
      this.#reader.upgrade();
      this.#asking = undefined;
      this.#socket.write(accepted.head);
      this.#conversation = accepted.start(this.#socket, this.#reader.takeRest());
      this.#socket.resume();
      return;
    }
    const likeness = this.#decoy.likenessOf(diversion.service);
    const { seed, worldMs, posted } = session;
    const answer = answerFrom(likeness, question, { seed, worldMs, nowMs: Date.now(), posted });
    const text = answer.status < 400 ? postedText(likeness, question) : undefined;
    if (text !== undefined) keepPosted(session, text);
    const wait = sleep(this.#decoy.latencyMs(session) + answer.delayMs);
    const seen = { ...seenOf(head, question), status: answer.status, answer: answer.body };
    // The step is on disk before the attacker can know that it was answered.
    await Promise.all([wait, this.#decoy.remember(diversion, session, seen)]);
    if (this.#over) return;
    this.#write(head, answer);
    this.#asking = undefined;
    if (!head.keepAlive || this.#hasEnded) {
      this.#over = true;
      this.#socket.end();
      this.#limitTime(5_000);
      return;
    }
    this.#limitTime(this.#decoy.limits.idleTimeoutMs);
    this.#socket.resume();
    this.#reader.resume();
  }

  #write(head: RequestHead1, answer: DecoyAnswer): void {
    const body = Buffer.from(answer.body, 'latin1');
    const isBodyless = head.method === 'HEAD' || answer.status === 204 || answer.status === 304;
    const framing: Framing = isBodyless ? { kind: 'none' } : { kind: 'length', bytes: body.length };
    const fields: Field[] = [...answer.fields];
    if (head.method === 'HEAD') fields.push({ name: 'Content-Length', value: String(body.length) });
    if (!head.keepAlive) fields.push({ name: 'Connection', value: 'close' });
    const reason = STATUS_CODES[answer.status] ?? '';
    this.#socket.write(writeResponseHead({ status: answer.status, reason, fields, framing }));
    if (!isBodyless) this.#socket.write(body);
  }

  /** Says as little as can be, then closes. */
  #refuse(status: 400 | 404 | 413, counter: 'refused_without_seal' | 'bad_requests' | 'bodies_over_limit'): void {
    if (this.#over) return;
    this.#over = true;
    this.#decoy.counters.count(counter);
    const fields = [{ name: 'Connection', value: 'close' }];
    const framing = { kind: 'length', bytes: 0 } as const;
    this.#socket.end(writeResponseHead({ status, reason: STATUS_CODES[status] ?? '', fields, framing }));
    // What still comes is read and dropped for a moment, so that the answer is not lost to a reset.
    this.#socket.resume();
    this.#limitTime(1_000);
  }

  #isMessageTimed = false;

  #limitTime(milliseconds: number, isMessage = false): void {
    this.#stopTime();
    this.#isMessageTimed = isMessage;
    this.#timer = setTimeout(() => {
      if (isMessage) this.#decoy.counters.count('slow_clients');
      this.#destroy();
    }, milliseconds).unref();
  }

  #stopTime(): void {
    clearTimeout(this.#timer);
    this.#isMessageTimed = false;
  }

  #destroy(): void {
    this.#over = true;
    this.#stopTime();
    this.#conversation?.stop();
    this.#socket.destroy();
  }
}

const fieldOf = (head: RequestHead1, name: string): string =>
  head.fields.find((field) => field.name.toLowerCase() === name)?.value ?? '';

function questionOf(head: RequestHead1, body: Buffer): Question {
  const target = head.targetForm === 'absolute' ? head.target.replace(/^[a-z]+:\/\/[^/?]*/i, '') : head.target;
  const mark = target.indexOf('?');
  return {
    method: head.method,
    path: (mark < 0 ? target : target.slice(0, mark)) || '/',
    query: mark < 0 ? '' : target.slice(mark + 1),
    contentType: fieldOf(head, 'content-type'),
    body: body.toString('latin1'),
  };
}

function seenOf(head: RequestHead1, question: Question) {
  return { question, userAgent: fieldOf(head, 'user-agent'), head: headWithoutDiversion(head.text) };
}
