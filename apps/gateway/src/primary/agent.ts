import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectNode, type NodeLink } from '@seawall/bus';
import type { Envelope, EnvelopeBody, PolicyBundle, PolicyState } from '@seawall/contract';
import { SCHEMA_VERSION } from '@seawall/contract';
import { Redacted } from '@seawall/faults';
import { newId, nowMicros } from '../clock.ts';
import { fault } from '../faults.ts';
import type { Arguments } from '../arguments.ts';
import type { Draft, FromWorker, ListenerAddress } from '../messages.ts';
import { SharedCollections } from '../shared-collections.ts';
import { serveAdmin } from './admin.ts';
import { AuditFile } from './audit-file.ts';
import { Budgets } from './budgets.ts';
import { codeCacheOf, fillCodeCache } from './code-cache.ts';
import { Fleet } from './fleet.ts';
import { healthOf } from './health.ts';
import { LikenessMerge } from './likeness-merge.ts';
import { stableParts } from './stable-parts.ts';

const HEALTH_MS = 2000;
const LIKENESS_MS = 3000;
const SWEEP_MS = 30_000;

export interface AgentOptions extends Arguments {
  /** The program that a worker runs. */
  readonly workerEntry: string;
  log(level: 'debug' | 'info' | 'warn' | 'error', text: string, facts?: Readonly<Record<string, unknown>>): void;
  onListening(listeners: readonly ListenerAddress[]): void;
}

/** The node agent: link to the server, spool, last good policy, workers and what they share. */
export class Agent {
  readonly #options: AgentOptions;
  readonly #fleet: Fleet;
  readonly #budgets = new Budgets();
  readonly #collections: SharedCollections;
  readonly #likeness = new LikenessMerge();
  readonly #audit: AuditFile;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #linked = Promise.withResolvers<NodeLink>();
  #link: NodeLink | undefined;
  #closeAdmin: (() => Promise<void>) | undefined;
  #policy: PolicyBundle | undefined;
  #sequence = 0;
  readonly #nodeText: string;
  #publishFailed = 0;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#nodeText = JSON.stringify(options.node);
    mkdirSync(options.data, { recursive: true, mode: 0o700 });
    const { maxCollectionRows, maxCollectionBytes } = options.limits;
    this.#collections = new SharedCollections({ maxRows: maxCollectionRows, maxBytes: maxCollectionBytes }, nowMicros);
    this.#audit = new AuditFile({ folder: options.data, log: options.log });
    this.#fleet = new Fleet({
      workers: options.workers,
      entry: options.workerEntry,
      codeCache: codeCacheOf(options.data),
      limits: options.limits,
      sourceKey: keyOfDataFolder(options.data),
      collections: () => this.#collections.snapshot(),
      onMessage: (from, message) => this.#onMessage(from, message),
      onListening: (listeners) => options.onListening(listeners),
      log: (level, text, facts) => options.log(level, text, facts),
    });
  }

  async start(): Promise<void> {
    const { data, node, lead } = this.#options;
    if (lead.kind === 'standalone') {
      // It brings the rule engine along, which no other primary needs.
      const { givePolicy } = await import('./standalone.ts');
      await givePolicy(data, lead.settings);
    }
    const uncompiled = await fillCodeCache(codeCacheOf(data), this.#options.workerEntry);
    if (uncompiled !== undefined) this.#options.log('warn', 'each worker compiles its code itself', { uncompiled });
    this.#fleet.start();
    this.#closeAdmin = await serveAdmin(join(data, 'gateway-admin.sock'), {
      counters: () => this.counters(),
      health: () => this.#health(),
      ready: () => this.#fleet.serving > 0,
    });
    this.#link = await connectNode({
      node,
      role: 'gateway',
      ...(lead.kind === 'server' ? serverOf(lead) : NO_SERVER),
      folder: data,
      onPolicy: (bundle) => this.#onPolicy(bundle),
      log: this.#options.log,
    });
    this.#linked.resolve(this.#link);
    const refused = lead.kind === 'standalone' ? this.#link.state().policy?.problem : undefined;
    if (refused !== undefined) throw fault('gateway.bad-policy', { detail: refused });
    this.#timers.push(
      setInterval(() => this.#publish([{ kind: 'health', health: this.#health() }]), HEALTH_MS),
      setInterval(() => this.#publish(this.#likeness.take()), LIKENESS_MS),
      setInterval(() => this.#sweep(), SWEEP_MS),
    );
  }

  async close(graceMs: number): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#fleet.close(graceMs);
    await this.#audit.close();
    this.#publish([{ kind: 'health', health: this.#health() }]);
    await this.#link?.close(2000);
    await this.#closeAdmin?.();
  }

  /** The audit log was moved away by somebody: the next lines go to a new file of its name. */
  reopenAudit(): Promise<void> {
    return this.#audit.reopen();
  }

  counters(): Map<string, number> {
    const counters = this.#fleet.counters();
    const link = this.#link?.state();
    counters.set('workers_replaced', this.#fleet.replaced);
    counters.set('publish_failed', this.#publishFailed);
    counters.set('audit_lines_lost', this.#audit.lost);
    counters.set('collections_evicted', this.#collections.evicted);
    counters.set('statistics_shed', (counters.get('statistics_shed') ?? 0) + (link?.shed.statistics ?? 0));
    counters.set('findings_shed', link?.shed.finding ?? 0);
    return counters;
  }

  #health() {
    return healthOf({
      policy: this.#policy,
      reports: this.#fleet.reports,
      workers: this.#fleet.size,
      counters: this.counters(),
      spoolBytes: this.#link?.state().spoolBytes ?? 0,
    });
  }

  async #onPolicy(incoming: PolicyBundle): Promise<PolicyState> {
    const bundle = stableParts(incoming, this.#policy);
    // Open before the first line comes; a log that cannot be written is told, and does not keep the policy from protecting.
    const closed = await this.#audit.configure(bundle.parts.routes.audit);
    const applied = await this.#fleet.apply(bundle);
    const { inForce } = applied;
    if (!inForce && closed === undefined) await this.#audit.configure(this.#policy?.parts.routes.audit);
    const problem = applied.problem ?? closed;
    const { version, digest } = bundle;
    if (inForce) {
      this.#policy = bundle;
      this.#options.log('info', 'policy in force', { version, digest: digest.slice(0, 12) });
    } else this.#options.log('error', 'policy refused; the one before stays in force', { version, problem });
    if (inForce && problem !== undefined) this.#options.log('error', 'a part of the policy does not work', { problem });
    return problem === undefined ? { version, digest } : { version, digest, problem };
  }

  #onMessage(from: number, message: FromWorker): void {
    switch (message.kind) {
      case 'events':
        this.#publishLines(message.lines.split('\n'));
        this.#fleet.send(from, { kind: 'events-taken' });
        break;
      case 'commit':
        void this.#commit(from, message.ref, message.drafts);
        break;
      case 'take': {
        const taken = this.#budgets.take(message.key, message.budget, Date.now());
        this.#fleet.send(from, { kind: 'taken', ref: message.ref, ...taken });
        break;
      }
      case 'collections':
        for (const change of message.changes) this.#collections.apply(change);
        this.#fleet.sendToOthers(from, { kind: 'collections', changes: message.changes });
        break;
      case 'audit':
        void this.#audit.write(message.text).then(() => this.#fleet.send(from, { kind: 'audit-taken' }));
        break;
      case 'likeness':
        this.#likeness.add(message.service, message.answers);
        break;
      default:
    }
  }

  async #commit(from: number, ref: number, drafts: readonly Draft[]): Promise<void> {
    let ok = false;
    try {
      // The policy of the disk is in force a moment before the link is there.
      const link = await this.#linked.promise;
      await link.publish(drafts.map((draft) => this.#envelope(draft)));
      ok = true;
    } catch (error) {
      this.#publishFailed += 1;
      this.#options.log('error', 'findings could not be committed', { error: String(error) });
    }
    this.#fleet.send(from, { kind: 'committed', ref, ok });
  }

  #publish(bodies: readonly EnvelopeBody[]): void {
    this.#publishDrafts(bodies.map((body) => ({ ...body, id: newId(), timeMicros: nowMicros() })));
  }

  #publishLines(lines: readonly string[]): void {
    this.#link?.publishStatistics(
      lines.map((line) => {
        this.#sequence += 1;
        return `{"schema":${SCHEMA_VERSION},"node":${this.#nodeText},"sequence":${this.#sequence},${line}}`;
      }),
    );
  }

  #publishDrafts(drafts: readonly Draft[]): void {
    const link = this.#link;
    if (link === undefined || drafts.length === 0) return;
    link.publish(drafts.map((draft) => this.#envelope(draft))).catch((error: unknown) => {
      this.#publishFailed += 1;
      this.#options.log('warn', 'statistics could not be published', { error: String(error) });
    });
  }

  #envelope(draft: Draft): Envelope {
    this.#sequence += 1;
    return { ...draft, schema: SCHEMA_VERSION, node: this.#options.node, sequence: this.#sequence };
  }

  #sweep(): void {
    this.#budgets.sweep(Date.now());
    this.#collections.sweep();
  }
}

const NO_SERVER = { socketPath: undefined, token: new Redacted('') };

function serverOf({ socket, tokenFile }: Extract<Arguments['lead'], { kind: 'server' }>) {
  return { socketPath: socket, token: new Redacted(readFileSync(tokenFile, 'utf8').trim()) };
}

/** Sessions are hashed with it, so that a stolen store does not give sessions away. Made once for a data folder. */
function keyOfDataFolder(folder: string): Uint8Array {
  const path = join(folder, 'source.key');
  try {
    writeFileSync(path, randomBytes(32), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // errors of node:fs carry a code
  }
  return readFileSync(path);
}
