import { Worker } from 'node:worker_threads';
import type { PolicyParts } from '@seawall/contract';
import type { ConnectionFacts, ExplainedExchange, Explanation } from '@seawall/seclang';
import { fault } from '../fault-table.ts';

// One thread that has the rules which are in force, made when somebody asks and ended when nobody has for a while. Invariants:
// 1. One job at a time; a job that does not end in its time ends with the thread, and the next one gets a new thread.
// 2. Answers are kept by finding and by rules: new rules empty the cache and end the thread that has the old ones.

export interface ExplainJob {
  readonly ruleSet: string;
  readonly facts: ConnectionFacts;
  readonly nowMicros: number;
  readonly uniqueId: string;
  readonly exchange: ExplainedExchange;
}

export type ExplainAnswer =
  | {
      readonly kind: 'explained';
      readonly explanation: Explanation;
      readonly ruleSet: { readonly name: string; readonly rules: number; readonly version: string };
    }
  | { readonly kind: 'failed'; readonly reason: string };

export type Explained = Extract<ExplainAnswer, { kind: 'explained' }>;

export interface Explainer {
  /** `key` names the job for the cache. Rejects with `server.explanation-failed` or `server.too-busy`. */
  explain(rules: PolicyParts['rules'], key: string, job: ExplainJob): Promise<Explained>;
  close(): Promise<void>;
}

export interface ExplainerLimits {
  /** From the start of the job, the loading of the rules included: a reader waits no longer. */
  readonly jobMs: number;
  /** Who asks for more at a time makes all others wait. */
  readonly maxWaiting: number;
  readonly idleMs: number;
  /** Each is some hundred kilobytes. */
  readonly maxKept: number;
}

const LIMITS: ExplainerLimits = { jobMs: 12_000, maxWaiting: 8, idleMs: 120_000, maxKept: 16 };
/** The rules, their automata, and one message; a thread that wants more is ended. */
const MAX_HEAP_MB = 512;

export function makeExplainer(limits: ExplainerLimits = LIMITS): Explainer {
  const kept = new Map<string, Explained>();
  let rulesHeld: PolicyParts['rules'] | undefined;
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const end = async (): Promise<void> => {
    clearTimeout(idle);
    const ending = worker;
    worker = undefined;
    await ending?.terminate();
  };

  const hold = async (rules: PolicyParts['rules']): Promise<void> => {
    if (rulesHeld === rules) return;
    rulesHeld = rules;
    kept.clear();
    await end();
  };

  const start = (rules: PolicyParts['rules']): Worker => {
    const made = new Worker(new URL('./explain-worker.ts', import.meta.url), {
      workerData: rules,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    // A thread that dies between jobs is not asked again; who waits for one hears of it in `ask`.
    made
      .on('error', () => undefined)
      .once('exit', () => {
        if (worker === made) worker = undefined;
      });
    made.unref();
    return made;
  };

  const run = async (rules: PolicyParts['rules'], job: ExplainJob): Promise<Explained> => {
    clearTimeout(idle);
    worker ??= start(rules);
    const answer = await ask(worker, job, limits.jobMs);
    if (answer.kind === 'failed') {
      await end();
      throw fault('server.explanation-failed', { reason: answer.reason.slice(0, 500) });
    }
    idle = setTimeout(() => void end(), limits.idleMs);
    idle.unref();
    return answer;
  };

  const keep = (key: string, explained: Explained): void => {
    kept.set(key, explained);
    for (const oldest of kept.keys()) {
      if (kept.size <= limits.maxKept) return;
      kept.delete(oldest);
    }
  };

  return {
    async explain(rules, key, job) {
      if (waiting >= limits.maxWaiting) throw fault('server.too-busy');
      waiting++;
      const mine = turn.then(async () => {
        await hold(rules);
        const known = kept.get(key);
        if (known !== undefined) return known;
        const explained = await run(rules, job);
        keep(key, explained);
        return explained;
      });
      // The next one runs whatever became of this one, which its asker is told.
      turn = mine.catch(() => undefined);
      try {
        return await mine;
      } finally {
        waiting--;
      }
    },
    close: end,
  };
}

/** Never rejects: whatever happens to the thread is an answer. */
function ask(worker: Worker, job: ExplainJob, ms: number): Promise<ExplainAnswer> {
  const { promise, resolve } = Promise.withResolvers<ExplainAnswer>();
  const failed = (reason: string) => resolve({ kind: 'failed', reason });
  const onMessage = (answer: ExplainAnswer) => resolve(answer);
  const onError = (error: Error) => failed(error.message);
  const onExit = () => failed('its thread ended');
  const timer = setTimeout(() => failed(`it took longer than ${ms / 1000} s`), ms);
  worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  worker.postMessage(job);
  return promise.finally(() => {
    clearTimeout(timer);
    worker.off('message', onMessage).off('error', onError).off('exit', onExit);
  });
}
