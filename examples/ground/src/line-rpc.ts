/**
 * Calls between the processes of one example: a line of JSON is a call, an answer or an event. The first line shows the
 * peer token. Lines above the limit end the connection, so that a peer cannot make us hold more.
 */
import { timingSafeEqual } from 'node:crypto';
import net from 'node:net';
import type { Address } from './address.ts';
import { Refusal } from './refusal.ts';

const MAX_LINE_BYTES = 4 << 20;
const CALL_TIMEOUT_MS = 5000;
/** A network that is taken away closes nothing: only silence shows that a connection is dead. */
const BEAT_MS = 500;
const MAX_UNHEARD_BEATS = 3;

/** Methods of one process, each with one argument. */
// The argument's type differs from method to method; `never` is what every function accepts.
export type Methods<T> = { [K in keyof T]: (argument: never) => unknown };
type Argument<F> = F extends (argument: infer A) => unknown ? A : never;
type Result<F> = F extends (argument: never) => infer R ? Awaited<R> : never;

interface Line {
  readonly hello?: string;
  readonly id?: number;
  readonly method?: string;
  readonly argument?: unknown;
  readonly result?: unknown;
  readonly refused?: { readonly status: number; readonly text: string };
  readonly event?: unknown;
  readonly beat?: true;
}

function readLines(socket: net.Socket, onLine: (line: Line) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.setNoDelay(true);
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_BYTES) socket.destroy();
    for (const line of lines) {
      try {
        onLine(JSON.parse(line) as Line); // peers run this same code; what is malformed ends the connection below
      } catch {
        socket.destroy();
        return;
      }
    }
  });
}

const write = (socket: net.Socket, line: Line): boolean => socket.write(`${JSON.stringify(line)}\n`);

export interface RpcServer {
  readonly server: net.Server;
  broadcast(event: unknown): void;
}

export function serveLines<T extends Methods<T>>(listen: Address, token: string, methods: T): RpcServer {
  const peers = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    let known = false;
    socket.on('error', () => socket.destroy());
    socket.on('close', () => peers.delete(socket));
    readLines(socket, (line) => {
      if (known) return void (line.beat ? write(socket, { beat: true }) : answer(socket, methods, line));
      known = sameToken(line.hello, token);
      if (known) peers.add(socket);
      else socket.destroy();
    });
  });
  server.listen(listen.port, listen.host);
  return {
    server,
    broadcast: (event) => {
      for (const peer of peers) write(peer, { event });
    },
  };
}

function sameToken(given: string | undefined, token: string): boolean {
  const one = Buffer.from(given ?? '');
  const other = Buffer.from(token);
  return one.length === other.length && timingSafeEqual(one, other);
}

async function answer<T extends Methods<T>>(socket: net.Socket, methods: T, line: Line): Promise<void> {
  const id = line.id ?? 0;
  try {
    const name = line.method ?? '';
    if (!Object.hasOwn(methods, name)) throw new Refusal(500, `no method ${name}`);
    // Both ends are typed by the same interface, so the argument fits the method that the line names.
    const method: (argument: never) => unknown = methods[name as keyof T];
    write(socket, { id, result: await method(line.argument as never) });
  } catch (error) {
    const status = error instanceof Refusal ? error.status : 500;
    write(socket, { id, refused: { status, text: error instanceof Error ? error.message : 'failed' } });
  }
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** Connects, and connects again after a loss; calls made meanwhile wait for the connection, bounded by their timeout. */
export class RpcClient<T extends Methods<T>> {
  readonly #address: Address;
  readonly #token: string;
  readonly #onEvent: (event: unknown) => void;
  readonly #onLost: () => void;
  readonly #pending = new Map<number, Pending>();
  #waiting: Line[] = [];
  #socket: net.Socket | undefined;
  #ready = false;
  #nextId = 1;
  /** Since the peer was last heard: counted, not timed, so that a process that was paused does not blame its peers. */
  #unheardBeats = 0;

  constructor(address: Address, token: string, onEvent: (event: unknown) => void = () => {}, onLost = () => {}) {
    this.#address = address;
    this.#token = token;
    this.#onEvent = onEvent;
    this.#onLost = onLost;
    this.#connect();
    setInterval(() => this.#beat(), BEAT_MS);
  }

  call<K extends keyof T & string>(method: K, argument: Argument<T[K]>): Promise<Result<T[K]>> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      const timer = setTimeout(() => this.#take(id)?.reject(new Refusal(503, 'a peer is away')), CALL_TIMEOUT_MS);
      // The peer's method has this result type.
      this.#pending.set(id, { resolve: resolve as (value: unknown) => void, reject, timer });
      const line: Line = { id, method, argument };
      if (this.#ready && this.#socket) write(this.#socket, line);
      else this.#waiting.push(line);
    });
  }

  #beat(): void {
    if (!this.#ready || this.#socket === undefined) return;
    if (++this.#unheardBeats > MAX_UNHEARD_BEATS) this.#socket.destroy();
    else write(this.#socket, { beat: true });
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    clearTimeout(pending?.timer);
    this.#pending.delete(id);
    return pending;
  }

  #connect(): void {
    const socket = net.connect(this.#address.port, this.#address.host);
    this.#socket = socket;
    socket.on('connect', () => {
      write(socket, { hello: this.#token });
      this.#ready = true;
      this.#unheardBeats = 0;
      for (const line of this.#waiting) if (this.#pending.has(line.id ?? 0)) write(socket, line);
      this.#waiting = [];
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#lost());
    readLines(socket, (line) => this.#receive(line));
  }

  #receive(line: Line): void {
    this.#unheardBeats = 0;
    if (line.beat) return;
    if (line.event !== undefined) return this.#onEvent(line.event);
    const pending = this.#take(line.id ?? 0);
    if (line.refused) pending?.reject(new Refusal(line.refused.status, line.refused.text));
    else pending?.resolve(line.result);
  }

  #lost(): void {
    const hadConnection = this.#ready;
    this.#ready = false;
    if (hadConnection) {
      for (const id of this.#pending.keys()) this.#take(id)?.reject(new Refusal(503, 'a peer went away'));
      this.#onLost();
    }
    setTimeout(() => this.#connect(), 100);
  }
}
