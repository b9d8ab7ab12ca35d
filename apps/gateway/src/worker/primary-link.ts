import type { AnswerLikeness } from '@seawall/contract';
import type { Limits } from '../limits.ts';
import type { Budget, Draft, FromWorker, SharedChange, ToWorker } from '../messages.ts';
import type { Counters } from './counters.ts';

// The worker's end of the channel to the primary. Invariants:
// 1. Nothing here waits on the path of a request, except `commit` (a block page leaves only after its finding) and `take` (limit orders).
// 2. Statistics are bounded: at most MAX_UNDER_WAY batches are not yet taken by the primary, at most `maxQueuedEvents` wait; the rest is shed and counted.
// 3. Every wait ends: by answer, by time, or with `false`.

/** A message to the primary and a batch of its spool cost more than the events in them. */
const FLUSH_MS = 100;
const BATCH = 500;
const MAX_UNDER_WAY = 4;
/** A primary that is too busy to lend a token is asked no longer: the source is limited anyway. */
const TAKE_TIMEOUT_MS = 500;

interface Wait<T> {
  settle(value: T): void;
}

export class PrimaryLink {
  readonly #counters: Counters;
  #limits: Limits;
  #queue: string[] = [];
  #underWay = 0;
  #changes: SharedChange[] = [];
  #ref = 0;
  readonly #commits = new Map<number, Wait<boolean>>();
  readonly #takes = new Map<number, Wait<Taken>>();
  readonly #flush: NodeJS.Timeout;

  constructor(counters: Counters, limits: Limits) {
    this.#counters = counters;
    this.#limits = limits;
    this.#flush = setInterval(() => this.flush(), FLUSH_MS);
  }

  setLimits(limits: Limits): void {
    this.#limits = limits;
  }

  /** Statistics, as exchange-envelope.ts makes them: returns at once. */
  record(envelope: string): void {
    if (this.#queue.length >= this.#limits.maxQueuedEvents) {
      this.#counters.count('statistics_shed');
      return;
    }
    this.#queue.push(envelope);
    if (this.#queue.length === BATCH) this.flush();
  }

  /** Resolves to true when the findings are on disk; to false when that failed or took too long. */
  commit(drafts: readonly Draft[]): Promise<boolean> {
    if (this.#commits.size >= this.#limits.maxPendingCommits) {
      this.#counters.count('commits_shed');
      return Promise.resolve(false);
    }
    return this.#ask(this.#commits, this.#limits.commitTimeoutMs, false, (ref) => ({ kind: 'commit', ref, drafts }));
  }

  take(key: string, budget: Budget): Promise<Taken> {
    const refused = { tokens: 0, retryAfterMs: 1000 };
    return this.#ask(this.#takes, TAKE_TIMEOUT_MS, refused, (ref) => ({ kind: 'take', ref, key, budget }));
  }

  share(changes: readonly SharedChange[]): void {
    this.#changes.push(...changes);
  }

  likeness(service: string, answers: readonly AnswerLikeness[]): void {
    this.#send({ kind: 'likeness', service, answers });
  }

  hear(message: ToWorker): void {
    if (message.kind === 'events-taken') this.#underWay -= 1;
    else if (message.kind === 'committed') this.#commits.get(message.ref)?.settle(message.ok);
    else if (message.kind === 'taken') {
      this.#takes.get(message.ref)?.settle({ tokens: message.tokens, retryAfterMs: message.retryAfterMs });
    }
  }

  flush(): void {
    if (this.#changes.length > 0) {
      this.#send({ kind: 'collections', changes: this.#changes });
      this.#changes = [];
    }
    while (this.#queue.length > 0 && this.#underWay < MAX_UNDER_WAY) {
      this.#underWay += 1;
      // One text is cloned faster than many.
      this.#send({ kind: 'events', lines: this.#queue.splice(0, BATCH).join('\n') });
    }
  }

  close(): void {
    clearInterval(this.#flush);
    this.flush();
  }

  #ask<T>(waits: Map<number, Wait<T>>, timeoutMs: number, otherwise: T, make: (ref: number) => FromWorker): Promise<T> {
    this.#ref += 1;
    const ref = this.#ref;
    return new Promise((resolve) => {
      const settle = (value: T): void => {
        clearTimeout(timer);
        waits.delete(ref);
        resolve(value);
      };
      const timer = setTimeout(() => settle(otherwise), timeoutMs);
      waits.set(ref, { settle });
      // Without a primary this process ends at once: no page may leave in that moment for a finding that nobody holds.
      this.#send(make(ref));
    });
  }

  #send(message: FromWorker): void {
    if (process.send === undefined || !process.connected) return;
    process.send(message, undefined, undefined, (error) => {
      if (error !== null) this.#counters.count('primary_unreachable');
    });
  }
}

export interface Taken {
  readonly tokens: number;
  readonly retryAfterMs: number;
}
