import { createServer, type Server, type Socket } from 'node:net';
import { MAX_SNIFF_BYTES, sniff, type Sniffed } from '@seawall/wire';
import type { ListenerAddress } from '../messages.ts';
import { ClientConnection } from './connection.ts';
import type { Gateway } from './gateway.ts';
import { addressKey, plainAddress } from './source.ts';

// Accepting: limits first, then the first bytes (DESIGN 3a.2), then HTTP/1. TLS and HTTP/2 are refused by closing, and counted: this version
// has no machine for them, and passing them on unread would be no protection.

interface Listening extends ListenerAddress {
  /** As the policy says, where port 0 means any. */
  readonly wanted: string;
  readonly server: Server;
}

export class Listeners {
  readonly #gateway: Gateway;
  #open: Listening[] = [];
  readonly #connections = new Set<ClientConnection>();
  readonly #sniffing = new Map<Socket, number>();
  readonly #perAddress = new Map<string, number>();
  #sockets = 0;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  get connections(): number {
    return this.#sockets;
  }

  /** Opens what is new, closes what is gone. A port that cannot be opened is a problem; the others stay open. */
  async set(wanted: readonly ListenerAddress[], ports: readonly number[]): Promise<Result> {
    const keep: Listening[] = [];
    const problems: string[] = [];
    for (const [position, { address, port }] of wanted.entries()) {
      const key = `${position} ${address} ${port}`;
      const open = this.#open.find((listening) => listening.wanted === key);
      try {
        keep.push(open ?? (await this.#listen(key, address, port === 0 ? (ports[position] ?? 0) : port)));
      } catch (error) {
        problems.push(`cannot listen on ${address}:${port} (${(error as NodeJS.ErrnoException).code ?? 'error'})`);
      }
    }
    for (const listening of this.#open) if (!keep.includes(listening)) listening.server.close();
    this.#open = keep;
    const listeners = keep.map(({ address, port }) => ({ address, port }));
    return { listeners, problem: problems.length === 0 ? undefined : problems.join('; ') };
  }

  /** Leaves new connections to the other workers, which hold the same ports. Open connections stay. */
  stepAside(): void {
    for (const { server } of this.#open) server.close();
  }

  async stepBack(): Promise<void> {
    const before = this.#open;
    this.#open = [];
    for (const { wanted, address, port } of before) {
      // `set` tries again what could not be opened, and tells.
      const again = await this.#listen(wanted, address, port).catch(() => undefined);
      if (again === undefined) this.#gateway.counters.count('step_back_failed');
      else this.#open.push(again);
    }
  }

  /** Called twice a second: time limits of all connections. */
  check(nowMs: number): void {
    for (const [socket, sinceMs] of this.#sniffing) {
      if (nowMs - sinceMs <= this.#gateway.limits.headTimeoutMs) continue;
      this.#gateway.counters.count('closed_slow_head');
      socket.destroy();
    }
    for (const connection of this.#connections) connection.check(nowMs);
  }

  /** Stops accepting; resolves when all connections have ended or the time is over. */
  async close(graceMs: number): Promise<void> {
    for (const { server } of this.#open) server.close();
    for (const connection of this.#connections) connection.drain();
    for (const socket of this.#sniffing.keys()) socket.destroy();
    const until = Date.now() + graceMs;
    while (this.#sockets > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  #listen(wanted: string, address: string, port: number): Promise<Listening> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: address, port, backlog: 1024 }, () => {
        server.off('error', reject);
        // Out of file descriptors: accepting goes on when some are free again.
        server.on('error', () => this.#gateway.counters.count('accept_failed'));
        const bound = server.address();
        const actual = typeof bound === 'object' && bound !== null ? bound.port : port;
        resolve({ wanted, address, port: actual, server });
      });
    });
  }

  #accept(socket: Socket): void {
    const { limits, counters } = this.#gateway;
    const from = addressKey(socket.remoteAddress ?? '');
    const already = this.#perAddress.get(from) ?? 0;
    // Everybody comes from there.
    const proxy = this.#gateway.view.trustedProxies?.trusts(plainAddress(socket.remoteAddress ?? '')) === true;
    const crowded = !proxy && already >= limits.maxConnectionsPerAddress;
    socket.on('error', () => socket.destroy());
    if (this.#sockets >= limits.maxConnections || crowded) {
      counters.count(crowded ? 'refused_address_full' : 'refused_full');
      socket.destroy();
      return;
    }
    counters.count('connections');
    this.#sockets += 1;
    this.#perAddress.set(from, already + 1);
    socket.on('close', () => this.#leave(socket, from));
    this.#sniff(socket);
  }

  #leave(socket: Socket, from: string): void {
    this.#sockets -= 1;
    this.#sniffing.delete(socket);
    const left = (this.#perAddress.get(from) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(from, left);
    else this.#perAddress.delete(from);
  }

  #sniff(socket: Socket): void {
    this.#sniffing.set(socket, Date.now());
    let seen: Buffer = Buffer.alloc(0);
    const onEnd = (): void => void socket.destroy();
    const onData = (chunk: Buffer): void => {
      seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
      const found = sniff(seen.subarray(0, MAX_SNIFF_BYTES));
      if (found.kind === 'need-more' && seen.length < MAX_SNIFF_BYTES) return;
      socket.off('data', onData).off('end', onEnd);
      this.#sniffing.delete(socket);
      this.#handOver(socket, found, seen);
    };
    socket.on('data', onData);
    socket.on('end', onEnd);
  }

  #handOver(socket: Socket, found: Sniffed, seen: Buffer): void {
    if (found.kind !== 'http1') {
      this.#gateway.counters.count(`refused_${found.kind.replace('-', '_')}`);
      socket.destroy();
      return;
    }
    const connection = new ClientConnection(this.#gateway, socket, () => this.#connections.delete(connection));
    this.#connections.add(connection);
    connection.push(seen);
  }
}

interface Result {
  readonly listeners: readonly ListenerAddress[];
  readonly problem: string | undefined;
}
