import { mkdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { EVENT_CLASS, type Envelope, type EventClass } from '@seawall/contract';
import type { NodeLink, NodeLinkState, NodeOptions } from './api.ts';
import { CommandMemory } from './command-memory.ts';
import { Connection } from './connection.ts';
import { busFault } from './faults.ts';
import { PolicyKeeper } from './policy-keeper.ts';
import { Spool } from './spool.ts';
import type { Batch } from './spool-class.ts';

const MAX_BATCH_RECORDS = 512;
const MAX_BATCH_BYTES = 1024 * 1024;
const ACKNOWLEDGE_TIMEOUT_MS = 60_000;
const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 5000;
const ORDER: readonly EventClass[] = ['audit', 'finding', 'statistics'];

interface InFlight {
  readonly number: number;
  readonly batch: Batch;
  readonly timer: NodeJS.Timeout;
}

/** Opens the spool, gives the last good policy, then connects and keeps connecting in the background. */
export async function connectNode(options: NodeOptions): Promise<NodeLink> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const link = new Link(options);
  await link.start();
  return link;
}

class Link implements NodeLink {
  readonly #options: NodeOptions;
  readonly #spool: Spool;
  readonly #policy: PolicyKeeper;
  readonly #commands: CommandMemory;
  readonly #inFlight = new Map<EventClass, InFlight>();
  #connection: Connection | undefined;
  #welcome = false;
  #closed = false;
  #number = 0;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;
  #policyTail: Promise<void> = Promise.resolve();

  constructor(options: NodeOptions) {
    this.#options = options;
    this.#spool = new Spool(join(options.folder, 'spool'), options.maxSpoolBytes ?? 256 * 1024 * 1024, () =>
      this.#pump(),
    );
    this.#policy = new PolicyKeeper(options);
    this.#commands = new CommandMemory(options);
    if (this.#spool.cutBytes > 0) {
      options.log('warn', 'the end of the spool was torn by a crash and cut off', { bytes: this.#spool.cutBytes });
    }
  }

  async start(): Promise<void> {
    await this.#policy.start();
    this.#connect();
  }

  async publish(envelopes: readonly Envelope[]): Promise<void> {
    if (this.#closed) throw busFault('bus.closed');
    const kept: Promise<void>[] = [];
    for (const envelope of envelopes) {
      const name = EVENT_CLASS[envelope.kind];
      const json = JSON.stringify(envelope);
      if (name === 'statistics') this.#spool.addStatistics(json);
      else kept.push(this.#spool.add(name, json));
    }
    const failed = (await Promise.allSettled(kept)).find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  }

  publishStatistics(jsons: readonly string[]): void {
    if (this.#closed) return;
    for (const json of jsons) this.#spool.addStatistics(json);
  }

  state(): NodeLinkState {
    return {
      connected: this.#welcome,
      spoolBytes: this.#spool.bytes,
      shed: { ...this.#spool.shed },
      policy: this.#policy.state,
    };
  }

  async close(timeoutMs = 2000): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#spool.flush();
    const until = Date.now() + timeoutMs;
    while (this.#welcome && this.#waiting() > 0 && Date.now() < until) await wait(5);
    clearTimeout(this.#retry);
    this.#connection?.destroy();
    // A policy that was taken a moment ago is still on its way to the disk, where the next start looks for it.
    await Promise.race([this.#policyTail, wait(timeoutMs, undefined, { ref: false })]);
    await this.#spool.close();
  }

  #waiting(): number {
    return ORDER.reduce((sum, name) => sum + this.#spool.classes[name].records, 0);
  }

  #connect(): void {
    const { socketPath } = this.#options;
    if (socketPath === undefined) return;
    const socket = createConnection(socketPath);
    const connection: Connection = new Connection(
      socket,
      (frame) => this.#receive(frame),
      (error) => this.#ended(connection, error),
    );
    this.#connection = connection;
    socket.once('connect', () => void this.#hello(connection));
  }

  #hello(connection: Connection): Promise<void> {
    const { node, role, token } = this.#options;
    const policy = this.#policy.state ?? null;
    const parts = this.#policy.digests ?? null;
    connection.trust(); // the socket's folder is ours alone: who listens there is the server
    return connection.send(
      JSON.stringify({ type: 'hello', version: 1, node, role, token: token.reveal(), policy, parts }),
    );
  }

  #ended(connection: Connection, error: unknown): void {
    if (connection !== this.#connection) return;
    const level = this.#welcome ? 'warn' : 'debug';
    if (!this.#closed) this.#options.log(level, 'the link to the server ended', { error: String(error ?? 'closed') });
    this.#welcome = false;
    this.#connection = undefined;
    for (const { timer } of this.#inFlight.values()) clearTimeout(timer);
    this.#inFlight.clear();
    if (this.#closed) return;
    const pause = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures++, 10));
    this.#retry = setTimeout(() => this.#connect(), pause * (0.5 + Math.random() / 2));
    this.#retry.unref();
  }

  #receive(frame: Readonly<Record<string, unknown>>): void {
    switch (frame['type']) {
      case 'welcome':
        this.#welcome = true;
        this.#failures = 0;
        this.#pump();
        return;
      case 'ack':
        void this.#acknowledged(frame['number']);
        return;
      case 'again':
        this.#again(frame['number']);
        return;
      case 'policy':
        this.#policyTail = this.#policyTail.then(() => this.#takePolicy(frame));
        return;
      case 'command':
        void this.#command(frame['command']);
        return;
      default:
        throw busFault('bus.frame', { type: frame['type'] });
    }
  }

  #pump(): void {
    if (!this.#welcome) return;
    for (const name of ORDER) if (!this.#inFlight.has(name)) void this.#sendBatch(name);
  }

  async #sendBatch(name: EventClass): Promise<void> {
    const connection = this.#connection;
    const batch = await this.#nextBatch(name);
    if (!batch || !connection || connection !== this.#connection || this.#inFlight.has(name)) return;
    const number = ++this.#number;
    const timer = setTimeout(() => connection.destroy(), ACKNOWLEDGE_TIMEOUT_MS);
    timer.unref();
    this.#inFlight.set(name, { number, batch, timer });
    await connection.send(`{"type":"batch","number":${number},"events":[${batch.jsons.join(',')}]}`);
  }

  async #nextBatch(name: EventClass): Promise<Batch | undefined> {
    try {
      return await this.#spool.alone(() => this.#readBatch(name));
    } catch (error) {
      this.#options.log('error', 'the spool cannot be read; it is tried again after reconnection', {
        error: String(error),
      });
      this.#connection?.destroy();
      return undefined;
    }
  }

  async #readBatch(name: EventClass): Promise<Batch | undefined> {
    const spool = this.#spool.classes[name];
    try {
      return spool.read(MAX_BATCH_RECORDS, MAX_BATCH_BYTES);
    } catch (error) {
      const lost = await spool.dropOldest();
      this.#spool.shed[name] += lost;
      this.#options.log('error', 'a file of the spool is damaged and was given up', {
        name,
        lost,
        error: String(error),
      });
      return spool.read(MAX_BATCH_RECORDS, MAX_BATCH_BYTES);
    }
  }

  #land(number: unknown): { readonly name: EventClass; readonly batch: Batch } | undefined {
    for (const [name, flight] of this.#inFlight) {
      if (flight.number !== number) continue;
      clearTimeout(flight.timer);
      return { name, batch: flight.batch };
    }
    return undefined;
  }

  async #acknowledged(number: unknown): Promise<void> {
    const landed = this.#land(number);
    if (!landed) return;
    const { name, batch } = landed;
    try {
      await this.#spool.alone(() => this.#spool.classes[name].acknowledge(batch));
    } catch (error) {
      this.#options.log('warn', 'an acknowledgement could not be noted; events may be sent again', {
        error: String(error),
      });
    }
    this.#inFlight.delete(name);
    this.#pump();
  }

  /** The server could not keep the batch now. */
  #again(number: unknown): void {
    const landed = this.#land(number);
    if (!landed) return;
    const later = (): void => {
      this.#inFlight.delete(landed.name);
      this.#pump();
    };
    setTimeout(later, 500 + Math.random() * 500).unref();
  }

  async #takePolicy(frame: Readonly<Record<string, unknown>>): Promise<void> {
    const fits = await this.#policy.receive(frame);
    if (!fits) this.#options.log('error', 'a policy did not fit its digest; it is asked for whole', {});
    const answer = fits ? { type: 'policy-state', state: this.#policy.state } : { type: 'policy-whole' };
    await this.#connection?.send(JSON.stringify(answer));
  }

  async #command(command: unknown): Promise<void> {
    try {
      const result = await this.#commands.run(command);
      if (result && !this.#closed) await this.publish([result]);
    } catch (error) {
      this.#options.log('error', 'the result of a command could not be kept', { error: String(error) });
    }
  }
}
