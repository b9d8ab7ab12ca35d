import type { Socket } from 'node:net';
import { createRequestReader, type Reader, type RequestHead1, type Violation } from '@seawall/wire';
import { fault } from '../faults.ts';
import type { AnswerSink } from './answer.ts';
import { type Flow, IncomingBody } from './body.ts';
import { type After, HttpExchange } from './exchange.ts';
import type { Gateway } from './gateway.ts';
import { plainAddress } from './source.ts';
import { drained } from './upstream.ts';

// One HTTP/1.1 connection of a client. States and what makes each:
//   idle --bytes--> head --onHead--> serving --answer written and request read--> idle | closing
//   head, idle --onFault--> serving (refusal) --> closing;   any --socket closed--> closed
// While serving, further requests wait in the reader (pipelining): one exchange at a time, answers in order.

type Phase = 'idle' | 'head' | 'serving' | 'closing' | 'taken';

/** A client that pipelines more than this while it waits for an answer is not read any more. */
const MAX_WAITING_BYTES = 65_536;
/** Parts of an answer up to this are joined before they are written. */
const MAX_GATHERED = 65_536;
/** After our last byte the client has this long to read it before the connection is reset. */
const LINGER_MS = 1000;
const CONTINUE = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');

export class ClientConnection implements AnswerSink {
  readonly socket: Socket;
  readonly address: string;
  readonly port: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** The head of an answer was written: no page can take its place. */
  answered = false;
  readonly #gateway: Gateway;
  readonly #reader: Reader;
  #phase: Phase = 'idle';
  #sinceMs = Date.now();
  #bodyReadMs = 0;
  #exchange: HttpExchange | undefined;
  /** The exchange waits for the reader before it begins. */
  #opened = false;
  #breach: Violation | undefined;
  readonly #flow: Flow;
  #head: RequestHead1 | undefined;
  #body: IncomingBody | undefined;
  #requests = 0;
  #waiting = 0;
  #halfClosed = false;
  #draining = false;
  #bodyPaused = false;
  #gathered: Buffer[] | undefined;
  #gatheredBytes = 0;
  #written = 0;
  #writtenMs = 0;
  readonly #onClosed: () => void;

  constructor(gateway: Gateway, socket: Socket, onClosed: () => void) {
    this.#gateway = gateway;
    this.socket = socket;
    this.#onClosed = onClosed;
    this.address = plainAddress(socket.remoteAddress ?? '');
    this.port = socket.remotePort ?? 0;
    this.localAddress = plainAddress(socket.localAddress ?? '');
    this.localPort = socket.localPort ?? 0;
    this.#flow = {
      pause: () => {
        this.#bodyPaused = true;
        this.#reader.pause();
        this.socket.pause();
      },
      resume: () => {
        this.#bodyPaused = false;
        this.#bodyReadMs = Date.now();
        this.socket.resume();
        this.#reader.resume();
      },
    };
    this.#reader = createRequestReader({
      onHead: (head) => this.#onHead(head),
      onBody: (chunk) => this.#body?.push(chunk),
      onEnd: () => this.#onEnd(),
      onFault: (violation, head) => this.#onFault(violation, head),
    });
    socket.on('data', this.#onData);
    socket.on('end', this.#onFin);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
  }

  get mayKeep(): boolean {
    return !this.#halfClosed && !this.#draining && this.#requests < this.#gateway.limits.maxRequestsPerConnection;
  }

  push(bytes: Buffer): void {
    this.#onData(bytes);
  }

  // --- answering ---

  write(part: Buffer | string): Promise<boolean> | boolean {
    if (this.socket.destroyed || !this.socket.writable) return false;
    if (this.#gathered === undefined) return this.#writeNow(part);
    const chunk = typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
    this.#gathered.push(chunk);
    this.#gatheredBytes += chunk.length;
    // Copying small parts costs less than a system call with many; large ones go as they are.
    return this.#gatheredBytes < MAX_GATHERED || this.#writeGathered();
  }

  /** What is written until `uncork` leaves in one piece. */
  cork(): void {
    this.#gathered ??= [];
  }

  uncork(): void {
    void this.#writeGathered();
  }

  #writeGathered(): Promise<boolean> | boolean {
    const parts = this.#gathered;
    this.#gathered = undefined;
    this.#gatheredBytes = 0;
    const [only] = parts ?? [];
    if (parts === undefined || only === undefined || this.socket.destroyed || !this.socket.writable) return true;
    return this.#writeNow(parts.length === 1 ? only : Buffer.concat(parts));
  }

  #writeNow(part: Buffer | string): Promise<boolean> | boolean {
    const room = typeof part === 'string' ? this.socket.write(part, 'latin1') : this.socket.write(part);
    return room || drained(this.socket);
  }

  /** RFC 9110, 10.1.1: the client waits for this before it sends the body. */
  wantBody(): void {
    if (this.#head?.expectContinue !== true || this.#body?.ended !== false || this.#body.bytes > 0) return;
    this.#head = undefined;
    this.socket.write(CONTINUE);
  }

  /** The socket belongs to the caller, with the bytes that were read behind the head. */
  takeOver(): Buffer {
    this.#phase = 'taken';
    this.#reader.upgrade();
    this.#reader.resume();
    this.socket.off('data', this.#onData).off('end', this.#onFin).off('error', this.#onError);
    this.socket.resume();
    return this.#reader.takeRest();
  }

  /** The worker stops: this connection ends after the answer that is under way. */
  drain(): void {
    this.#draining = true;
    if (this.#phase === 'idle') this.socket.end();
  }

  /** Called twice a second. */
  check(nowMs: number): void {
    const { limits, counters } = this.#gateway;
    const silentMs = nowMs - this.#sinceMs;
    switch (this.#phase) {
      case 'idle':
        if (silentMs > limits.keepAliveMs) this.#drop('closed_idle');
        break;
      case 'head':
        if (silentMs > limits.headTimeoutMs) this.#drop('closed_slow_head');
        break;
      case 'serving':
        if (this.#bodyIsLate(nowMs)) {
          counters.count('closed_slow_body');
          this.#body?.fail(fault('gateway.client-slow'));
        }
        break;
      case 'closing':
        if (silentMs > LINGER_MS && this.socket.writableLength === 0) this.socket.destroy();
        break;
      case 'taken':
        return;
      default:
        this.#phase satisfies never;
    }
    this.#checkWriting(nowMs);
  }

  #bodyIsLate(nowMs: number): boolean {
    const body = this.#body;
    if (body === undefined || body.ended || this.#bodyPaused) return false;
    return nowMs - Math.max(this.#bodyReadMs, this.#sinceMs) > this.#gateway.limits.bodyIdleMs;
  }

  #checkWriting(nowMs: number): void {
    const moved = this.socket.bytesWritten - this.socket.writableLength;
    if (this.socket.writableLength === 0 || moved !== this.#written) {
      this.#written = moved;
      this.#writtenMs = nowMs;
    } else if (nowMs - this.#writtenMs > this.#gateway.limits.writeIdleMs) this.#drop('closed_slow_reader');
  }

  #drop(counter: string): void {
    this.#gateway.counters.count(counter);
    this.socket.destroy();
  }

  // --- reading ---

  readonly #onData = (chunk: Buffer): void => {
    if (this.#phase === 'closing') return;
    if (this.#phase === 'serving') this.#bodyReadMs = Date.now();
    if (this.#phase === 'serving' && this.#body?.ended === true) this.#waiting += chunk.length;
    if (this.#waiting > MAX_WAITING_BYTES) this.socket.pause();
    if (this.#phase === 'idle') this.#enter('head');
    this.#reader.push(chunk);
    this.#begin();
  };

  readonly #onFin = (): void => {
    this.#halfClosed = true;
    this.#reader.end();
    this.#begin();
    if (this.#phase === 'idle' || this.#phase === 'head') this.socket.end();
  };

  readonly #onError = (): void => {
    this.socket.destroy();
  };

  readonly #onClose = (): void => {
    this.#body?.fail(fault('gateway.client-gone'));
    this.#exchange?.abort();
    this.#onClosed();
  };

  #onHead(head: RequestHead1): void {
    this.#open(head, undefined);
  }

  /** The exchange begins when the reader is done with what it has: mostly the body is there by then, and nothing has to wait. */
  #open(head: RequestHead1 | undefined, breach: Violation | undefined): IncomingBody {
    this.#enter('serving');
    this.#requests += 1;
    this.answered = false;
    this.#head = head;
    const body = new IncomingBody(this.#flow);
    this.#body = body;
    this.#exchange = new HttpExchange({ gateway: this.#gateway, client: this, head, body });
    this.#opened = true;
    this.#breach = breach;
    return body;
  }

  #begin(): void {
    const exchange = this.#exchange;
    if (!this.#opened || exchange === undefined) return;
    this.#opened = false;
    const breach = this.#breach;
    const served = breach === undefined ? exchange.run() : exchange.refuse(breach);
    served.then(this.#onDone, this.#onBroken);
  }

  #onEnd(): void {
    this.#body?.end();
    // The next request waits until this one is answered.
    if (this.#phase === 'serving') this.#reader.pause();
  }

  #onFault(violation: Violation, head: RequestHead1 | undefined): void {
    if (this.#phase === 'serving') {
      const gone = violation.code === 'cut-off';
      this.#body?.fail(gone ? fault('gateway.client-gone') : fault('gateway.framing', { violation }));
      return;
    }
    // A client that leaves inside a head has asked for nothing.
    if (violation.code === 'cut-off') return void this.socket.destroy();
    this.#open(head, violation).end();
  }

  readonly #onBroken = (): void => {
    this.#gateway.counters.count('exchange_errors');
    this.#onDone('destroy');
  };

  readonly #onDone = (after: After): void => {
    this.#exchange = undefined;
    if (after === 'taken') return;
    this.uncork();
    if (after === 'destroy') this.socket.destroy();
    else if (after === 'close') this.#lingerClose();
    else this.#next();
  };

  #next(): void {
    this.#enter('idle');
    this.#body = undefined;
    this.#waiting = 0;
    if (this.#draining) return void this.socket.end();
    this.socket.resume();
    // Bytes of the next request may wait in the reader: then onHead comes from here.
    this.#reader.resume();
    this.#begin();
  }

  /** Our side is closed first, and what still comes is read and dropped: a reset could destroy the answer on its way. */
  #lingerClose(): void {
    this.#enter('closing');
    this.#reader.pause();
    this.socket.end();
    this.socket.resume();
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#sinceMs = Date.now();
  }
}
