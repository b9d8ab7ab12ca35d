import { Worker } from 'node:worker_threads';
import type { PolicyParts } from '@seawall/contract';
import type { Decision, Outcome } from '@seawall/seclang';
import { fault } from '../faults.ts';
import type { Beginning, Step } from './inspect.ts';

// Large values are inspected here, in a thread that can be terminated while it computes (DESIGN 3a.1). One job at a time; the deadline of a job
// counts from its start, not from its place in the queue. Termination fails the job and every transaction that lived in the thread.

export type ThreadJob =
  | { readonly kind: 'begin'; readonly id: number; readonly beginning: Beginning; readonly steps: readonly Step[] }
  | { readonly kind: 'step'; readonly id: number; readonly step: Step }
  | { readonly kind: 'log'; readonly id: number }
  | { readonly kind: 'drop'; readonly id: number };

export type ThreadAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'decision'; readonly decision: Decision; readonly failures: Outcome['failures'] }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'error'; readonly text: string };

export interface RemoteTransaction {
  /** Rules that failed in the steps so far. */
  readonly failures: Outcome['failures'];
  replay(steps: readonly Step[]): Promise<Decision>;
  step(step: Step): Promise<Decision>;
  log(): Promise<Outcome>;
  drop(): void;
}

interface Queued {
  readonly job: ThreadJob;
  resolve(answer: ThreadAnswer): void;
  reject(error: Error): void;
}

/** Each waiting job holds a large body. */
const MAX_QUEUED = 64;
/** Compiling the rules, on a busy machine. */
const START_TIMEOUT_MS = 30_000;

export class InspectionThread {
  readonly #rules: PolicyParts['rules'];
  readonly #deadlineMs: number;
  #worker: Worker | undefined;
  #ready = false;
  #current: Queued | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #queue: Queued[] = [];
  #lastId = 0;
  /** Transactions that live in the thread that runs now. */
  readonly #living = new Set<number>();
  /** Jobs that met their deadline. */
  terminated = 0;

  constructor(rules: PolicyParts['rules'], deadlineMs: number) {
    this.#rules = rules;
    this.#deadlineMs = deadlineMs;
  }

  open(beginning: Beginning): RemoteTransaction {
    this.#lastId += 1;
    const id = this.#lastId;
    const lives = (): void => {
      if (!this.#living.has(id)) throw fault('gateway.inspection-thread');
    };
    let failures: Outcome['failures'] = [];
    const decide = async (job: ThreadJob): Promise<Decision> => {
      const answer = await this.#run(job);
      if (answer.kind !== 'decision') throw fault('gateway.inspection-thread', { answer: answer.kind });
      ({ failures } = answer);
      return answer.decision;
    };
    return {
      get failures() {
        return failures;
      },
      replay: (steps) => decide({ kind: 'begin', id, beginning, steps }),
      step: async (step) => {
        lives();
        return decide({ kind: 'step', id, step });
      },
      log: async () => {
        lives();
        const answer = await this.#run({ kind: 'log', id });
        this.#living.delete(id);
        if (answer.kind !== 'outcome') throw fault('gateway.inspection-thread', { answer: answer.kind });
        return answer.outcome;
      },
      drop: () => {
        if (!this.#living.delete(id)) return;
        this.#run({ kind: 'drop', id }).catch(() => undefined); // the thread ended: then it is forgotten too
      },
    };
  }

  /** Compiles the rules before the first large body comes, which else would wait for it. */
  warm(): void {
    if (this.#worker === undefined) this.#start();
  }

  close(): void {
    this.#end(fault('gateway.inspection-thread'));
  }

  #run(job: ThreadJob): Promise<ThreadAnswer> {
    if (this.#queue.length >= MAX_QUEUED) return Promise.reject(fault('gateway.inspection-thread', { queue: 'full' }));
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#current !== undefined) return;
    const worker = this.#worker ?? this.#start();
    if (!this.#ready) return;
    const next = this.#queue.shift();
    if (next === undefined) return;
    this.#current = next;
    this.#timer = setTimeout(() => this.#overdue(), this.#deadlineMs);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(next.job);
  }

  #start(): Worker {
    const worker = new Worker(new URL('./inspection-thread-main.ts', import.meta.url), { workerData: this.#rules });
    this.#worker = worker;
    this.#ready = false;
    this.#timer = setTimeout(() => this.#end(fault('gateway.inspection-thread')), START_TIMEOUT_MS);
    worker.on('message', (answer: ThreadAnswer) => {
      if (worker === this.#worker) this.#answered(answer);
    });
    worker.on('error', (error) => {
      if (worker === this.#worker) this.#end(fault('gateway.inspection-thread', {}, error));
    });
    worker.unref();
    return worker;
  }

  #answered(answer: ThreadAnswer): void {
    clearTimeout(this.#timer);
    const current = this.#current;
    this.#current = undefined;
    if (current?.job.kind === 'begin' && answer.kind === 'decision') this.#living.add(current.job.id);
    if (answer.kind === 'ready') this.#ready = true;
    else if (answer.kind === 'error') current?.reject(new Error(answer.text));
    else current?.resolve(answer);
    if (this.#queue.length > 0) this.#next();
  }

  #overdue(): void {
    this.terminated += 1;
    const waiting = this.#queue.splice(0);
    this.#end(fault('gateway.inspection-deadline'));
    // Those that wait are not to blame: transactions that have not begun yet begin in a new thread.
    for (const queued of waiting) {
      if (queued.job.kind === 'begin') this.#queue.push(queued);
      else queued.reject(fault('gateway.inspection-thread'));
    }
    if (this.#queue.length > 0) this.#next();
  }

  #end(error: Error): void {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#worker = undefined;
    this.#ready = false;
    this.#living.clear();
    this.#current?.reject(error);
    this.#current = undefined;
    for (const queued of this.#queue.splice(0)) queued.reject(error);
    void worker?.terminate();
  }
}
