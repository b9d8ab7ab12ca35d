import { performance } from 'node:perf_hooks';
import type {
  CollectionSource,
  ConnectionFacts,
  Decision,
  Environment,
  Outcome,
  RequestHead,
  ResponseHead,
  RuleSet,
  Transaction,
} from '@seawall/seclang';
import type { InspectionThread, RemoteTransaction } from './inspection-thread.ts';

// One transaction of the rule engine. It starts on the event loop; when a value is larger than `maxInlineBytes` it moves to the inspection
// thread, where all steps so far are played again (a transaction is deterministic). From the first failure on nothing is inspected any more:
// the route's `onInspectionFailure` decides, once. It also decides when a rule could not be evaluated; the other rules go on then.

export type Step =
  | { readonly kind: 'requestHead'; readonly head: RequestHead }
  | { readonly kind: 'requestBody'; readonly body: string; readonly complete: boolean }
  | { readonly kind: 'responseHead'; readonly head: ResponseHead }
  | { readonly kind: 'responseBody'; readonly body: string; readonly complete: boolean }
  | { readonly kind: 'message'; readonly text: string; readonly direction: 'request' | 'response' };

/** `failed`: nothing is inspected any more. `ruleFailed`, once: a rule could not be evaluated, the others went on. */
export type Judgement = Decision | { readonly kind: 'failed' | 'ruleFailed'; readonly reason: string };

/** What a thread needs to begin the same transaction; collections as they were read. */
export interface Beginning {
  readonly ruleSet: string;
  readonly facts: ConnectionFacts;
  readonly nowMicros: number;
  readonly uniqueId: string;
  readonly workBudget: number;
  readonly collections: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export interface InspectionOptions {
  readonly ruleSet: RuleSet;
  readonly ruleSetName: string;
  readonly facts: ConnectionFacts;
  readonly nowMicros: number;
  readonly uniqueId: string;
  readonly workBudget: number;
  readonly maxInlineBytes: number;
  readonly collections: CollectionSource;
  readonly thread: InspectionThread;
}

const CONTINUE: Decision = { kind: 'continue' };

export class Inspection implements CollectionSource {
  readonly #options: InspectionOptions;
  /** Collections as they were read, for the thread; made when the first is read. */
  #read: Map<string, ReadonlyMap<string, string>> | undefined;
  readonly #steps: Step[] = [];
  #local: Transaction | undefined;
  #remote: RemoteTransaction | undefined;
  failure: string | undefined;
  /** The first rule that could not be evaluated, and why. */
  ruleFailure: string | undefined;
  micros = 0;

  constructor(options: InspectionOptions) {
    this.#options = options;
  }

  get ruleSet(): RuleSet {
    return this.#options.ruleSet;
  }

  /** At once while the transaction is on this event loop. */
  step(step: Step): Judgement | Promise<Judgement> {
    if (this.failure !== undefined) return CONTINUE;
    this.#steps.push(step);
    const started = performance.now();
    try {
      const judged = this.#judge(step);
      if (judged instanceof Promise) return this.#settleLater(judged, started);
      return this.#settle(judged);
    } catch (error) {
      return this.#failed(reasonOf(error));
    } finally {
      this.#spent(started);
    }
  }

  async #settleLater(judged: Promise<Decision>, started: number): Promise<Judgement> {
    const before = this.micros;
    try {
      return this.#settle(await judged);
    } catch (error) {
      return this.#failed(reasonOf(error));
    } finally {
      this.micros = before;
      this.#spent(started);
    }
  }

  #settle(judged: Decision): Judgement {
    if (judged.kind === 'overBudget') return this.#failed('inspection exceeded its work budget');
    const failed = this.#noteRuleFailure((this.#remote ?? this.#local)?.failures);
    // What another rule stopped is stopped anyway.
    return failed !== undefined && judged.kind === 'continue' ? { kind: 'ruleFailed', reason: failed } : judged;
  }

  /** Phase 5. Undefined when inspection failed before. */
  log(): Outcome | undefined | Promise<Outcome | undefined> {
    if (this.#remote !== undefined) return this.#logLater(this.#remote);
    const started = performance.now();
    try {
      return this.#local?.log();
    } catch (error) {
      this.#failed(reasonOf(error));
      return undefined;
    } finally {
      this.#spent(started);
    }
  }

  async #logLater(remote: RemoteTransaction): Promise<Outcome | undefined> {
    const started = performance.now();
    try {
      return await remote.log();
    } catch (error) {
      this.#failed(reasonOf(error));
      return undefined;
    } finally {
      this.#spent(started);
    }
  }

  #spent(started: number): void {
    this.micros += Math.round((performance.now() - started) * 1000);
  }

  /** For the transaction: what the collections hold. */
  read(collection: string, key: string): ReadonlyMap<string, string> {
    const values = this.#options.collections.read(collection, key);
    this.#read ??= new Map();
    this.#read.set(collectionKey(collection, key), values);
    return values;
  }

  /** The text, when it is the first failure. */
  #noteRuleFailure(failures: Outcome['failures'] | undefined): string | undefined {
    const first = failures?.[0];
    if (first === undefined || this.ruleFailure !== undefined) return undefined;
    this.ruleFailure = `rule ${first.ruleId}: ${first.text}`;
    return this.ruleFailure;
  }

  /** The thread forgets the transaction when `log` is never asked for. */
  drop(): void {
    this.#remote?.drop();
  }

  #judge(step: Step): Decision | Promise<Decision> {
    if (this.#remote !== undefined) return this.#remote.step(step);
    if (sizeOf(step) <= this.#options.maxInlineBytes) {
      this.#local ??= this.#begin();
      return applyStep(this.#local, step);
    }
    // Collections are read when a transaction begins and in phase 1: let it happen here, where they are.
    this.#local ??= this.#begin();
    const { ruleSetName, facts, nowMicros, uniqueId, workBudget, thread } = this.#options;
    const beginning = {
      ruleSet: ruleSetName,
      facts,
      nowMicros,
      uniqueId,
      workBudget,
      collections: this.#read ?? new Map(),
    };
    this.#remote = thread.open(beginning);
    this.#local = undefined;
    return this.#remote.replay(this.#steps);
  }

  #begin(): Transaction {
    const { ruleSet, facts, nowMicros, uniqueId, workBudget } = this.#options;
    const environment: Environment = { nowMicros, uniqueId, workBudget, collections: this };
    return ruleSet.begin(facts, environment);
  }

  #failed(reason: string): Judgement {
    this.failure = reason;
    return { kind: 'failed', reason };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}

export function applyStep(transaction: Transaction, step: Step): Decision {
  switch (step.kind) {
    case 'requestHead':
      return transaction.requestHead(step.head);
    case 'requestBody':
      return transaction.requestBody(step.body, step.complete);
    case 'responseHead':
      return transaction.responseHead(step.head);
    case 'responseBody':
      return transaction.responseBody(step.body, step.complete);
    case 'message':
      return transaction.message(step.text, step.direction);
    default:
      return step satisfies never;
  }
}

export function collectionKey(collection: string, key: string): string {
  return `${collection}\0${key}`;
}

function sizeOf(step: Step): number {
  switch (step.kind) {
    case 'requestBody':
    case 'responseBody':
      return step.body.length;
    case 'message':
      return step.text.length;
    // Heads are bounded to a few ten kilobytes by the reader.
    case 'requestHead':
    case 'responseHead':
      return 0;
    default:
      return step satisfies never;
  }
}
