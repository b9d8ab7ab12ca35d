import { createHash, timingSafeEqual } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Envelope, PolicyState, type Command, type PolicyBundle } from '@seawall/contract';
import { visible } from '@seawall/faults';
import type { ConnectedNode, Hub, HubCounter, HubOptions } from './api.ts';
import { Connection } from './connection.ts';
import { PART_NAMES, partDigests, type PartDigests } from './digest.ts';
import { busFault } from './faults.ts';
import { RefusedEvents } from './refused-events.ts';

const HELLO_TIMEOUT_MS = 5000;
/** A node has one batch of each class under way; more than this is no node of ours. */
const MAX_OPEN_BATCHES = 8;
const MAX_BATCH_EVENTS = 1024;
/** sockaddr_un holds 104 bytes on macOS and BSD, with the closing zero. */
const MAX_PATH_BYTES = 103;

interface Peer {
  readonly connection: Connection;
  node: string;
  role: ConnectedNode['role'];
  state: PolicyState | undefined;
  /** Digests of the parts that the node holds, as far as it said or was sent. */
  parts: Partial<PartDigests>;
  /** A policy is under way; the newest is sent after its answer. */
  awaitsPolicy: boolean;
  trusted: boolean;
  openBatches: number;
}

/** Listens on the socket; nobody but this user may reach it. Rejects with `bus.in-use` or `bus.path-too-long`. */
export async function listenHub(options: HubOptions): Promise<Hub> {
  const path = options.socketPath;
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) throw busFault('bus.path-too-long', { path });
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const hub = new SocketHub(options);
  await hub.listen();
  return hub;
}

class SocketHub implements Hub {
  readonly #options: HubOptions;
  readonly #token: Buffer;
  readonly #refused: RefusedEvents;
  readonly #server: Server;
  readonly #peers = new Set<Peer>();
  readonly #known = new Map<string, ConnectedNode>();
  readonly #commands = new Map<string, Command>();
  readonly #counters: Record<HubCounter, number> = { 'wrong-token': 0, garbage: 0, 'refused-event': 0, 'not-kept': 0 };
  #bundle: PolicyBundle | undefined;
  #closed = false;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#token = hash(options.token.reveal());
    this.#refused = new RefusedEvents(join(dirname(options.socketPath), 'refused.jsonl'));
    this.#server = createServer((socket) => this.#accept(socket));
  }

  async listen(): Promise<void> {
    const { socketPath } = this.#options;
    if (await answers(socketPath)) throw busFault('bus.in-use', { path: socketPath });
    // What a killed server left; nobody listens there.
    rmSync(socketPath, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(socketPath, resolve);
    });
    chmodSync(socketPath, 0o600);
    this.#server.on('error', (error) => this.#options.log('error', 'the bus cannot accept', { error: String(error) }));
  }

  setPolicy(bundle: PolicyBundle): void {
    this.#bundle = bundle;
    for (const peer of this.#peers) this.#offerPolicy(peer);
  }

  nodes(): readonly ConnectedNode[] {
    return [...this.#known.values()];
  }

  counters(): Readonly<Record<HubCounter, number>> {
    return { ...this.#counters };
  }

  async waitForPolicy(version: number, timeoutMs: number) {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const nodes = this.nodes().filter(({ connected, role }) => connected && role !== 'responder');
      const has = ({ policy }: ConnectedNode): boolean =>
        policy !== undefined && policy.version >= version && policy.problem === undefined;
      const missing = nodes.filter((node) => !has(node)).map(({ node }) => node);
      if (missing.length === 0 || Date.now() >= until || this.#closed) {
        return { acknowledged: nodes.filter(has).map(({ node }) => node), missing };
      }
      await wait(Math.min(5, Math.max(1, until - Date.now())));
    }
  }

  send(command: Command): void {
    this.#commands.set(`${command.action.id}:${command.step}`, command);
    for (const peer of this.#peers) this.#sendCommand(peer, command);
  }

  settle(action: Command['action']['id'], step: Command['step']): void {
    this.#commands.delete(`${action}:${step}`);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const { connection } of this.#peers) connection.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    const peer: Peer = {
      connection: new Connection(
        socket,
        (frame) => this.#receive(peer, frame),
        (error) => this.#ended(peer, error),
      ),
      node: '',
      role: 'gateway',
      state: undefined,
      parts: {},
      awaitsPolicy: false,
      trusted: false,
      openBatches: 0,
    };
    this.#peers.add(peer);
    const timer = setTimeout(() => peer.trusted || peer.connection.destroy(), HELLO_TIMEOUT_MS);
    timer.unref();
    socket.once('close', () => clearTimeout(timer));
  }

  #ended(peer: Peer, error: unknown): void {
    this.#peers.delete(peer);
    if ((error as { code?: unknown } | undefined)?.code === 'bus.frame') {
      this.#counters.garbage += 1;
      this.#options.log('warn', 'a node sent what is no frame and was cut off', {
        node: visible(peer.node),
        error: String(error),
      });
    }
    if (peer.trusted && ![...this.#peers].some(({ trusted, node }) => trusted && node === peer.node)) {
      this.#tell(peer, false);
    }
  }

  #receive(peer: Peer, frame: Readonly<Record<string, unknown>>): void {
    if (!peer.trusted) return this.#hello(peer, frame);
    switch (frame['type']) {
      case 'batch':
        return this.#batch(peer, frame);
      case 'policy-state':
        return this.#policyState(peer, frame['state']);
      case 'policy-whole':
        peer.parts = {};
        peer.awaitsPolicy = false;
        return this.#offerPolicy(peer);
      default:
        throw busFault('bus.frame', { type: frame['type'] });
    }
  }

  #hello(peer: Peer, frame: Readonly<Record<string, unknown>>): void {
    const { type, version, node, role, token, policy, parts } = frame;
    const named = typeof node === 'string' ? node.slice(0, 100) : '';
    if (type !== 'hello' || version !== 1 || named === '' || !isRole(role)) throw busFault('bus.frame', { type });
    if (typeof token !== 'string' || !timingSafeEqual(hash(token), this.#token)) {
      this.#counters['wrong-token'] += 1;
      this.#options.log('warn', 'a node showed a wrong token and was cut off', { node: visible(named) });
      peer.connection.destroy();
      return;
    }
    for (const other of this.#peers) if (other.trusted && other.node === named) other.connection.destroy();
    Object.assign(peer, { node: named, role, trusted: true, state: PolicyState.safeParse(policy).data });
    peer.parts = readDigests(parts);
    peer.connection.trust();
    void peer.connection.send('{"type":"welcome"}');
    this.#tell(peer, true);
    this.#offerPolicy(peer);
    for (const command of this.#commands.values()) this.#sendCommand(peer, command);
  }

  #offerPolicy(peer: Peer): void {
    const bundle = this.#bundle;
    if (!bundle || !peer.trusted || peer.awaitsPolicy) return;
    if (peer.state?.version === bundle.version && peer.state.digest === bundle.digest) return;
    const digests = partDigests(bundle.parts);
    const changed = PART_NAMES.filter((name) => digests[name] !== peer.parts[name]);
    const parts = Object.fromEntries(changed.map((name) => [name, bundle.parts[name]]));
    peer.awaitsPolicy = true;
    peer.parts = digests;
    const { version, digest } = bundle;
    void peer.connection.send(JSON.stringify({ type: 'policy', version, digest, parts }));
  }

  #policyState(peer: Peer, value: unknown): void {
    const state = PolicyState.safeParse(value);
    if (!state.success) throw busFault('bus.frame', { type: 'policy-state' });
    peer.state = state.data;
    peer.awaitsPolicy = false;
    this.#tell(peer, true);
    this.#offerPolicy(peer);
  }

  #batch(peer: Peer, { number, events }: Readonly<Record<string, unknown>>): void {
    const fits = typeof number === 'number' && Array.isArray(events) && events.length <= MAX_BATCH_EVENTS;
    if (!fits || peer.openBatches >= MAX_OPEN_BATCHES) throw busFault('bus.frame', { type: 'batch' });
    peer.openBatches += 1;
    void this.#keep(peer, number, events);
  }

  async #keep(peer: Peer, number: number, events: readonly unknown[]): Promise<void> {
    let type = 'ack';
    try {
      const envelopes = await this.#valid(peer.node, events);
      if (envelopes.length > 0) await this.#options.onEvents(peer.node, envelopes);
    } catch (error) {
      type = 'again';
      this.#counters['not-kept'] += 1;
      this.#options.log('warn', 'events could not be kept; the node sends them again', {
        node: peer.node,
        error: String(error),
      });
    }
    peer.openBatches -= 1;
    await peer.connection.send(JSON.stringify({ type, number }));
  }

  async #valid(node: string, events: readonly unknown[]): Promise<readonly Envelope[]> {
    const valid: Envelope[] = [];
    for (const event of events) {
      const parsed = Envelope.safeParse(event);
      if (parsed.success) {
        valid.push(parsed.data);
        continue;
      }
      this.#counters['refused-event'] += 1;
      await this.#setAside(node, parsed.error.message, event);
    }
    return valid;
  }

  async #setAside(node: string, problem: string, event: unknown): Promise<void> {
    try {
      await this.#refused.keep(node, problem, event);
    } catch (error) {
      this.#options.log('warn', 'a refused event could not be set aside; it is only counted', { error: String(error) });
    }
  }

  #sendCommand(peer: Peer, command: Command): void {
    if (!peer.trusted || peer.role !== 'responder') return;
    void peer.connection.send(JSON.stringify({ type: 'command', command }));
  }

  #tell(peer: Peer, connected: boolean): void {
    const node: ConnectedNode = { node: peer.node, role: peer.role, connected, policy: peer.state };
    this.#known.set(peer.node, node);
    this.#options.onNodeChange?.(node);
  }
}

const hash = (token: string): Buffer => createHash('sha256').update(token).digest();
const isRole = (role: unknown): role is ConnectedNode['role'] =>
  role === 'gateway' || role === 'responder' || role === 'decoy';

function readDigests(value: unknown): Partial<PartDigests> {
  if (!value || typeof value !== 'object') return {};
  const given = value as Readonly<Record<string, unknown>>; // just checked
  return Object.fromEntries(
    PART_NAMES.flatMap((name) => (typeof given[name] === 'string' ? [[name, given[name]]] : [])),
  );
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
