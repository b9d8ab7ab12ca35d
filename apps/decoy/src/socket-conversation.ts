import type { Socket } from 'node:net';
import { greetSocket, otherSpeaks, replyTo, Seeded, type Question } from '@seawall/likeness';
import {
  createWebSocketReader,
  OPCODE,
  writeClose,
  writeFrame,
  writeMessage,
  type WebSocketReader,
} from '@seawall/wire';
import { sleep, type Decoy } from './decoy.ts';
import type { Diversion } from './diversion.ts';
import type { DecoySession } from './sessions.ts';

/** Others write now and then; not for ever, since a forgotten socket would otherwise work all day. */
const MAX_OTHERS = 50;
/** A socket without any message from its client is closed. */
const SILENT_MS = 600_000;

interface Talking {
  readonly diversion: Diversion;
  readonly session: DecoySession;
}

/** A WebSocket of a diverted source: messages are answered one after another, in the learned shape. */
export class SocketConversation {
  readonly #decoy: Decoy;
  readonly #socket: Socket;
  readonly #talking: Talking;
  readonly #handshake: Question;
  readonly #reader: WebSocketReader;
  readonly #queue: { readonly text: string; readonly isText: boolean }[] = [];
  #working = false;
  #over = false;
  #index = 0;
  #others = 0;
  #othersTimer: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;

  constructor(decoy: Decoy, socket: Socket, talking: Talking, handshake: Question) {
    this.#decoy = decoy;
    this.#socket = socket;
    this.#talking = talking;
    this.#handshake = handshake;
    const limits = { maxMessageBytes: decoy.limits.maxSocketMessageBytes, maxFragments: 64 };
    this.#reader = createWebSocketReader(
      'server',
      {
        onMessage: (kind, data) => this.#enqueue(kind, data),
        onPing: (data) => this.#send(writeFrame({ opcode: OPCODE.pong, payload: data })),
        onPong: () => this.#heard(),
        onClose: (code) => this.close(code === 1005 ? 1000 : code),
        onFault: (code) => (code === 1006 ? this.stop() : this.close(code)),
      },
      limits,
    );
  }

  /** `rest` came behind the handshake. */
  begin(rest: Buffer): void {
    const { service } = this.#talking.diversion;
    const greetings = greetSocket(this.#decoy.likenessOf(service), this.#handshake.path, this.#options());
    for (const text of greetings) this.#send(writeMessage('text', Buffer.from(text)));
    this.#heard();
    this.#letOthersSpeak();
    if (rest.length > 0) this.#reader.push(rest);
  }

  receive(chunk: Buffer): void {
    if (!this.#over) this.#reader.push(chunk);
  }

  ended(): void {
    this.#reader.end();
  }

  close(code: number): void {
    if (this.#over) return;
    this.#send(writeClose(code));
    this.#socket.end();
    // RFC 6455, 7.1.1: the server closes; a client that holds on is cut off.
    setTimeout(() => this.#socket.destroy(), 1_000).unref();
    this.#stopTimers();
  }

  stop(): void {
    this.#stopTimers();
    this.#socket.destroy();
  }

  #stopTimers(): void {
    this.#over = true;
    this.#queue.length = 0;
    clearTimeout(this.#othersTimer);
    clearTimeout(this.#silence);
  }

  #options() {
    return { seed: this.#talking.session.seed, nowMs: Date.now() };
  }

  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.close(1001), SILENT_MS).unref();
  }

  #send(bytes: Buffer): void {
    if (this.#over || this.#socket.destroyed) return;
    // Who sends without reading would make us hold the answers.
    if (!this.#socket.write(bytes)) {
      this.#reader.pause();
      this.#socket.pause();
      this.#socket.once('drain', () => this.#resumeIfRoom());
    }
  }

  #resumeIfRoom(): void {
    if (this.#over || this.#socket.writableNeedDrain || this.#queue.length >= this.#decoy.limits.maxSocketQueue) return;
    this.#socket.resume();
    this.#reader.resume();
  }

  #enqueue(kind: 'text' | 'binary', data: Buffer): void {
    this.#heard();
    this.#decoy.counters.count('websocket_messages');
    this.#queue.push({ text: data.toString('utf8'), isText: kind === 'text' });
    if (this.#queue.length >= this.#decoy.limits.maxSocketQueue) {
      this.#reader.pause();
      this.#socket.pause();
    }
    if (this.#working) return;
    this.#working = true;
    this.#work().catch((error: unknown) => {
      this.#decoy.counters.count('answers_failed');
      this.#decoy.log('error', 'a WebSocket answer failed', { error: String(error) });
      this.stop();
    });
  }

  async #work(): Promise<void> {
    for (let message = this.#queue.shift(); message && !this.#over; message = this.#queue.shift()) {
      await this.#reply(message.text, message.isText);
      this.#resumeIfRoom();
    }
    this.#working = false;
  }

  async #reply(text: string, isText: boolean): Promise<void> {
    const { diversion, session } = this.#talking;
    const likeness = this.#decoy.likenessOf(diversion.service);
    const { path } = this.#handshake;
    const replies = isText ? replyTo(likeness, { path, text, index: this.#index++ }, this.#options()) : [];
    const body = Buffer.from(text.slice(0, this.#decoy.limits.maxReadBodyBytes), 'utf8').toString('latin1');
    const question = { method: 'WEBSOCKET', path, query: '', contentType: 'application/json', body };
    const answer = Buffer.from(replies.join('\n'), 'utf8').toString('latin1');
    const seen = { question, userAgent: '', head: '', status: 101, answer };
    await Promise.all([sleep(this.#decoy.latencyMs(session)), this.#decoy.remember(diversion, session, seen)]);
    for (const reply of replies) this.#send(writeMessage('text', Buffer.from(reply, 'utf8')));
  }

  #letOthersSpeak(): void {
    const random = new Seeded(`${this.#talking.session.seed}\0others\0${this.#others}`);
    this.#othersTimer = setTimeout(
      () => {
        const likeness = this.#decoy.likenessOf(this.#talking.diversion.service);
        const text = otherSpeaks(likeness, this.#handshake.path, this.#others++, this.#options());
        if (text !== undefined) this.#send(writeMessage('text', Buffer.from(text, 'utf8')));
        if (this.#others < MAX_OTHERS) this.#letOthersSpeak();
      },
      random.whole(...this.#decoy.limits.othersEveryMs),
    ).unref();
  }
}
