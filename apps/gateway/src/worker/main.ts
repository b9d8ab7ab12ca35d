import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { DEFAULT_LIMITS } from '../limits.ts';
import { nowMicros } from '../clock.ts';
import type { FromWorker, ToWorker } from '../messages.ts';
import { SharedCollections } from '../shared-collections.ts';
import { AuditQueue } from './audit/audit-queue.ts';
import { Balancer } from './balance.ts';
import { Counters } from './counters.ts';
import { InspectionThread } from './inspection-thread.ts';
import { LikenessSampler } from './likeness-sampler.ts';
import { Listeners } from './listen.ts';
import { type Built, buildView, type PolicyView } from './policy-view.ts';
import { PrimaryLink } from './primary-link.ts';
import { UpstreamPool } from './upstream.ts';
import type { Gateway } from './gateway.ts';
import { Senders } from './source.ts';
import { warmUp } from './warm-up.ts';

// One worker: told what to do by the primary, in the order start, prepare, apply …, stop.

const BEAT_MS = 500;
const CHECK_MS = 500;
/** How exactly the time for an answer is kept. */
const ANSWER_CHECK_MS = 100;
const LIKENESS_MS = 2000;
/** A disk that takes nothing must not keep a worker from ending. */
const AUDIT_DRAIN_MS = 2000;
const THREAD_LINGER_MS = 30_000;
/** Starting is busy enough. */
const WARM_AFTER_MS = 5000;

type Start = Extract<ToWorker, { kind: 'start' }>;
type Prepare = Extract<ToWorker, { kind: 'prepare' }>;

class GatewayWorker {
  readonly #gateway: Gateway & { view: PolicyView; thread: InspectionThread };
  readonly #listeners: Listeners;
  readonly #delay = monitorEventLoopDelay({ resolution: 10 });
  #view: PolicyView | undefined;
  #prepared: { readonly view: PolicyView; readonly ports: readonly number[] } | undefined;

  constructor(start: Start, counters: Counters, link: PrimaryLink) {
    const { limits, sourceKey } = start;
    link.setLimits(limits);
    const bounds = { maxRows: limits.maxCollectionRows, maxBytes: limits.maxCollectionBytes };
    const collections = new SharedCollections(bounds, nowMicros);
    collections.restore(start.collections);
    this.#gateway = {
      limits,
      counters,
      link,
      audit: new AuditQueue((text) => send({ kind: 'audit', text }), counters),
      pool: new UpstreamPool(limits, counters),
      balancer: new Balancer(),
      collections,
      sampler: new LikenessSampler(),
      senders: new Senders(sourceKey),
      moving: new Set(),
      // Set by `apply`, before any port is opened.
      view: undefined as unknown as PolicyView,
      thread: new InspectionThread({ sets: [], files: {} }, limits.inspectionDeadlineMs),
    };
    this.#listeners = new Listeners(this.#gateway);
    this.#delay.enable();
    setInterval(() => this.#beat(), BEAT_MS);
    setInterval(() => this.#check(), Math.min(CHECK_MS, limits.headTimeoutMs / 2, limits.bodyIdleMs / 2));
    setInterval(() => this.#sendLikeness(), LIKENESS_MS);
    setInterval(() => this.#gateway.pool.check(Date.now()), ANSWER_CHECK_MS);
  }

  async prepare(message: Prepare): Promise<void> {
    const compiles = message.parts.rules !== undefined;
    const aside = compiles && message.aside && this.#view !== undefined;
    if (aside) {
      this.#gateway.counters.count('stepped_aside');
      this.#listeners.stepAside();
      // What was accepted already is begun before the rules are compiled.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const started = performance.now();
    const built = this.#build(message);
    if (compiles && built.ok) warmUp(built.view.ruleSets.values());
    if (compiles) {
      this.#gateway.counters.count('rules_compiled');
      this.#gateway.counters.count('compile_millis', Math.round(performance.now() - started));
    }
    if (aside) await this.#listeners.stepBack();
    if (built.ok) this.#prepared = { view: built.view, ports: message.ports };
    send({ kind: 'prepared', version: message.version, problem: built.ok ? undefined : built.problem });
  }

  #build(message: Prepare): Built {
    try {
      return buildView(message.version, message.parts, this.#view);
    } catch (error) {
      // A policy that breaks the compiler must not break the worker that serves by the one before.
      return { ok: false, problem: `the policy could not be compiled: ${String(error)}` };
    }
  }

  async apply(version: number): Promise<void> {
    const prepared = this.#prepared;
    this.#prepared = undefined;
    if (prepared === undefined || prepared.view.version !== version) return;
    const { view, ports } = prepared;
    const gateway = this.#gateway;
    if (this.#view?.parts.rules !== view.parts.rules) {
      // Transactions that are under way still use the old thread.
      const old = gateway.thread;
      setTimeout(() => old.close(), THREAD_LINGER_MS).unref();
      const thread = new InspectionThread(view.parts.rules, gateway.limits.inspectionDeadlineMs);
      gateway.thread = thread;
      if (needsThread(view, gateway.limits.maxInlineBytes))
        setTimeout(() => warmIfCurrent(gateway, thread), WARM_AFTER_MS);
    }
    this.#view = view;
    gateway.view = view;
    for (const webSocket of gateway.moving) webSocket.policyChanged();
    const { listeners, problem } = await this.#listeners.set(view.parts.routes.listeners, ports);
    send({ kind: 'applied', version, listeners, problem });
  }

  discard(version: number): void {
    if (this.#prepared?.view.version === version) this.#prepared = undefined;
  }

  async stop(graceMs: number): Promise<void> {
    await this.#listeners.close(graceMs);
    this.#beat();
    this.#gateway.link.close();
    await this.#gateway.audit.drain(AUDIT_DRAIN_MS);
    // What was just handed to the channel leaves before the process does.
    setTimeout(() => process.exit(0), 100);
  }

  auditTaken(): void {
    this.#gateway.audit.taken();
  }

  share(message: Extract<ToWorker, { kind: 'collections' }>): void {
    for (const change of message.changes) this.#gateway.collections.apply(change);
  }

  #beat(): void {
    const { counters, balancer } = this.#gateway;
    const view = this.#view;
    const instances = view === undefined ? {} : balancer.states(view.services.values(), view.orders);
    const loopDelayMs = Number.isNaN(this.#delay.percentile(99)) ? 0 : this.#delay.percentile(99) / 1e6;
    this.#delay.reset();
    send({
      kind: 'beat',
      report: {
        counters: {
          ...counters.totals,
          ...cacheCounters(view),
          inspections_terminated: this.#gateway.thread.terminated,
        },
        instances,
        loopDelayMs,
        residentBytes: process.memoryUsage.rss(),
        connections: this.#listeners.connections,
      },
    });
  }

  #check(): void {
    const now = Date.now();
    this.#listeners.check(now);
    this.#gateway.pool.sweep(now);
    this.#gateway.collections.sweep();
    // Orders end by time, too.
    for (const webSocket of this.#gateway.moving) webSocket.policyChanged();
  }

  #sendLikeness(): void {
    for (const [service, answers] of this.#gateway.sampler.take()) this.#gateway.link.likeness(service, answers);
  }
}

/** Of the rules in force: they begin anew with other rules. */
function cacheCounters(view: PolicyView | undefined): Readonly<Record<string, number>> {
  const counts = [...(view?.ruleSets.values() ?? [])].map(({ cacheCounts }) => cacheCounts);
  return {
    value_cache_hits: counts.reduce((sum, { hits }) => sum + hits, 0),
    value_cache_misses: counts.reduce((sum, { misses }) => sum + misses, 0),
  };
}

/** Whether any route inspects bodies that are too large for the event loop. */
function needsThread(view: PolicyView, maxInlineBytes: number): boolean {
  return view.parts.routes.routes.some((route) => {
    const most = Math.max(route.maxInspectedBodyBytes, route.inspectResponse ? route.maxInspectedResponseBytes : 0);
    return route.mode !== 'off' && most > maxInlineBytes;
  });
}

function warmIfCurrent(gateway: Gateway, thread: InspectionThread): void {
  if (gateway.thread === thread) thread.warm();
}

function send(message: FromWorker): void {
  // The primary is gone: then this worker ends too, see below.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

const counters = new Counters();
const link = new PrimaryLink(counters, DEFAULT_LIMITS);
let worker: GatewayWorker | undefined;

process.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'start':
      worker = new GatewayWorker(message, counters, link);
      break;
    case 'prepare':
      void worker?.prepare(message);
      break;
    case 'apply':
      void worker?.apply(message.version);
      break;
    case 'discard':
      worker?.discard(message.version);
      break;
    case 'collections':
      worker?.share(message);
      break;
    case 'audit-taken':
      worker?.auditTaken();
      break;
    case 'stop':
      if (worker === undefined) process.exit(0);
      else void worker.stop(message.graceMs);
      break;
    case 'events-taken':
    case 'committed':
    case 'taken':
      link.hear(message);
      break;
    default:
      message satisfies never;
  }
});
// The primary asks the workers to stop; a terminal's Ctrl-C reaches all processes at once.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
// A terminal's hang-up reaches all processes; for the primary it means to open the audit log anew.
process.on('SIGHUP', () => undefined);
process.on('disconnect', () => process.exit(0));
send({ kind: 'hello' });
