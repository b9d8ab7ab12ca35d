import { connect, type Socket } from 'node:net';
import { type Violation, createResponseReader, type Reader, type ResponseHead1 } from '@seawall/wire';
import { fault } from '../faults.ts';
import { type Flow, IncomingBody } from './body.ts';
import type { Counters } from './counters.ts';

// Connections to services. Invariants:
// 1. A connection carries one exchange at a time; it goes back to the pool only after both messages ended where their framing says, and
//    nothing came after them. Bytes that nobody asked for close it: they would be taken for the next client's answer.
// 2. A request is tried again elsewhere only while none of its bytes can have been acted upon (RFC 9110, 9.2.2): connecting failed, or a
//    connection from the pool ended without an answer and the method is idempotent.

export interface Target {
  readonly address: string;
  readonly port: number;
}

export interface Answer {
  readonly head: ResponseHead1;
  readonly body: IncomingBody;
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

export class UpstreamConnection {
  readonly socket: Socket;
  readonly target: Target;
  readonly #reader: Reader;
  readonly #flow: Flow;
  #deadlineMs = 0;
  #method = 'GET';
  #waiting: Waiting | undefined;
  #body: IncomingBody | undefined;
  #head: ResponseHead1 | undefined;
  #answered = false;
  /** Set while in the pool. */
  idleSinceMs = 0;
  used = 0;
  bytesIn = 0;
  /** Told once, whoever uses it. */
  onGone: (() => void) | undefined;
  onClosed: (() => void) | undefined;

  constructor(socket: Socket, target: Target) {
    this.socket = socket;
    this.target = target;
    this.#reader = createResponseReader(
      {
        onHead: (head) => this.#onHead(head),
        onBody: (chunk) => this.#body?.push(chunk),
        onEnd: () => this.#onEnd(),
        onFault: (violation) => this.#onFault(violation),
      },
      undefined,
      () => this.#method,
    );
    this.#flow = {
      pause: () => {
        this.#reader.pause();
        socket.pause();
      },
      resume: () => {
        socket.resume();
        this.#reader.resume();
      },
    };
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('end', () => this.#reader.end());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#onClose());
  }

  get reusable(): boolean {
    return this.#answered && this.#head?.keepAlive === true && !this.socket.destroyed && this.socket.writable;
  }

  /** Called before the head of a request is written; resolves with the head of its answer. */
  begin(method: string, timeoutMs: number): Promise<Answer> {
    this.#deadlineMs = Date.now() + timeoutMs;
    this.#method = method;
    this.#answered = false;
    this.#head = undefined;
    this.#body = undefined;
    this.bytesIn = 0;
    this.used += 1;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  /** Called ten times a second: a service may take its time to answer, but not more. */
  check(nowMs: number): void {
    if (this.#waiting !== undefined && nowMs > this.#deadlineMs) this.#fail(fault('gateway.upstream-slow'));
  }

  /** Bytes, or latin1 text. Resolves when there is room again; false when the connection is gone. */
  write(chunk: Buffer | string): Promise<boolean> | boolean {
    if (this.socket.destroyed) return false;
    if (typeof chunk === 'string' ? this.socket.write(chunk, 'latin1') : this.socket.write(chunk)) return true;
    return drained(this.socket);
  }

  destroy(): void {
    this.socket.destroy();
  }

  #onData(chunk: Buffer): void {
    this.bytesIn += chunk.length;
    if (this.#waiting === undefined && this.#body === undefined) this.socket.destroy();
    else this.#reader.push(chunk);
  }

  #onHead(head: ResponseHead1): void {
    if (!head.forwardable) return this.#fail(fault('gateway.upstream-broken', { violations: head.violations }));
    // RFC 9110, 15.2: interim answers are optional; only the final one is passed on.
    if (head.status < 200 && head.status !== 101) return;
    // An answer that nobody asked for: what comes on this connection no longer belongs to our requests.
    const waiting = this.#waiting;
    if (waiting === undefined) return void this.socket.destroy();
    this.#waiting = undefined;
    this.#head = head;
    this.#body = new IncomingBody(this.#flow);
    waiting.resolve({ head, body: this.#body });
    if (head.status === 101) this.#body.end();
  }

  /** After 101: the socket belongs to the caller, with the bytes that came behind the head. */
  takeOver(): Buffer {
    this.onGone?.();
    this.socket.removeAllListeners('data').removeAllListeners('end').removeAllListeners('close');
    return this.#reader.takeRest();
  }

  #onEnd(): void {
    const body = this.#body;
    this.#answered = true;
    this.#body = undefined;
    body?.end();
  }

  #onFault(violation: Violation): void {
    this.#fail(fault('gateway.upstream-broken', { code: violation.code }));
  }

  #onClose(): void {
    this.#fail(fault('gateway.upstream-broken', { detail: 'closed' }));
    this.onClosed?.();
    this.onGone?.();
  }

  #fail(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(error);
    this.#body?.fail(error);
    this.socket.destroy();
  }
}

export function drained(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve(!socket.destroyed);
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}

/** A connection that waited longer may be closed by its peer this very moment: a request that cannot be repeated takes a new one. */
const SAFE_IDLE_MS = 500;

export interface PoolLimits {
  readonly maxIdleUpstreams: number;
  readonly upstreamIdleMs: number;
}

export class UpstreamPool {
  readonly #idle = new Map<string, UpstreamConnection[]>();
  readonly #open = new Set<UpstreamConnection>();
  /** Targets are objects of the policy: their names are made once. */
  readonly #keys = new WeakMap<Target, string>();
  readonly #limits: PoolLimits;
  readonly #counters: Counters;

  constructor(limits: PoolLimits, counters: Counters) {
    this.#limits = limits;
    this.#counters = counters;
  }

  /** A connection that waits, or undefined. */
  reuse(target: Target, idempotent: boolean): UpstreamConnection | undefined {
    const list = this.#idle.get(this.#keyOf(target));
    const last = list?.at(-1);
    if (last === undefined) return undefined;
    if (!idempotent && Date.now() - last.idleSinceMs > SAFE_IDLE_MS) return undefined;
    list?.pop();
    last.onClosed = undefined;
    this.#counters.count('upstream_reused');
    return last;
  }

  open(target: Target, timeoutMs: number): Promise<UpstreamConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: target.address, port: target.port, noDelay: true });
      const failed = (cause?: unknown): void => {
        clearTimeout(timer);
        socket.destroy();
        this.#counters.count('upstream_connect_failed');
        reject(fault('gateway.upstream-unreachable', { port: target.port }, cause));
      };
      const timer = setTimeout(failed, timeoutMs);
      socket.once('error', failed);
      socket.once('connect', () => {
        clearTimeout(timer);
        socket.off('error', failed);
        this.#counters.count('upstream_opened');
        const connection = new UpstreamConnection(socket, target);
        this.#open.add(connection);
        connection.onGone = () => this.#open.delete(connection);
        resolve(connection);
      });
    });
  }

  release(connection: UpstreamConnection): void {
    if (!connection.reusable) return connection.destroy();
    const key = this.#keyOf(connection.target);
    const list = this.#idle.get(key) ?? [];
    if (list.length >= this.#limits.maxIdleUpstreams) return connection.destroy();
    connection.idleSinceMs = Date.now();
    connection.onClosed = () => remove(list, connection);
    list.push(connection);
    this.#idle.set(key, list);
  }

  /** Called ten times a second. */
  check(nowMs: number): void {
    for (const connection of this.#open) connection.check(nowMs);
  }

  #keyOf(target: Target): string {
    let key = this.#keys.get(target);
    if (key === undefined) {
      key = `${target.address}:${target.port}`;
      this.#keys.set(target, key);
    }
    return key;
  }

  /** Closes connections that waited too long. */
  sweep(nowMs: number): void {
    for (const [key, list] of this.#idle) {
      for (const connection of list.slice()) {
        if (nowMs - connection.idleSinceMs <= this.#limits.upstreamIdleMs) continue;
        connection.onClosed = undefined;
        remove(list, connection);
        connection.destroy();
      }
      if (list.length === 0) this.#idle.delete(key);
    }
  }

  close(): void {
    for (const list of this.#idle.values()) for (const connection of list.slice()) connection.destroy();
    this.#idle.clear();
  }
}

function remove<T>(list: T[], value: T): void {
  const at = list.indexOf(value);
  if (at >= 0) list.splice(at, 1);
}
