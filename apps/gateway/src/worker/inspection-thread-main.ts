import { parentPort, workerData } from 'node:worker_threads';
import type { PolicyParts } from '@seawall/contract';
import type { RuleSet, Transaction } from '@seawall/seclang';
import { compileRules } from './compile-rules.ts';
import { applyStep, collectionKey, type Beginning, type Step } from './inspect.ts';
import type { ThreadAnswer, ThreadJob } from './inspection-thread.ts';

// Runs in the inspection thread: the same rule sets, the same steps, no connection to anything else.

const { ruleSets } = compileRules(workerData as PolicyParts['rules']); // given by InspectionThread
const open = new Map<number, Transaction>();

function begin(ruleSet: RuleSet, beginning: Beginning): Transaction {
  const { facts, nowMicros, uniqueId, workBudget, collections } = beginning;
  const source = {
    read: (collection: string, key: string) =>
      collections.get(collectionKey(collection, key)) ?? new Map<string, string>(),
  };
  return ruleSet.begin(facts, { nowMicros, uniqueId, workBudget, collections: source });
}

function say(answer: ThreadAnswer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
  parentPort?.postMessage(answer);
}

function decided(transaction: Transaction, step: Step): ThreadAnswer {
  const decision = applyStep(transaction, step);
  return { kind: 'decision', decision, failures: transaction.failures };
}

function work(job: ThreadJob): ThreadAnswer {
  switch (job.kind) {
    case 'begin': {
      const ruleSet = ruleSets.get(job.beginning.ruleSet);
      if (ruleSet === undefined) return { kind: 'error', text: 'the rule set is not there' };
      const transaction = begin(ruleSet, job.beginning);
      open.set(job.id, transaction);
      for (const step of job.steps.slice(0, -1)) applyStep(transaction, step);
      const last = job.steps.at(-1);
      if (last === undefined) return { kind: 'decision', decision: { kind: 'continue' }, failures: [] };
      return decided(transaction, last);
    }
    case 'drop':
      open.delete(job.id);
      return { kind: 'dropped' };
    case 'step':
    case 'log': {
      const transaction = open.get(job.id);
      if (transaction === undefined) return { kind: 'error', text: 'the transaction is not there' };
      if (job.kind === 'step') return decided(transaction, job.step);
      open.delete(job.id);
      return { kind: 'outcome', outcome: transaction.log() };
    }
    default:
      return job satisfies never;
  }
}

parentPort?.on('message', (job: ThreadJob) => {
  let answer: ThreadAnswer;
  try {
    answer = work(job);
  } catch (error) {
    open.delete(job.id);
    answer = { kind: 'error', text: error instanceof Error ? error.message : String(error) };
  }
  say(answer);
});
say({ kind: 'ready' });
