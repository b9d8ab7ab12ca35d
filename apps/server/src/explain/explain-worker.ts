import { parentPort, workerData } from 'node:worker_threads';
import type { PolicyParts } from '@seawall/contract';
import { formatProblem } from '@seawall/faults';
import { explain, loadRules, type RuleSet } from '@seawall/seclang';
import type { ExplainAnswer, ExplainJob } from './explainer.ts';

// Plays messages through the rules: what an attacker made slow is slow here, and not where the server answers.

/** A reader waits for it: less than what the command line may spend. */
const BOUNDS = { maxCounterfactuals: 12, totalBudget: 200_000_000 };

const rules = workerData as PolicyParts['rules']; // given by Explainer
const loaded = new Map<string, RuleSet>();

function ruleSetOf(name: string): RuleSet {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const entry = rules.sets.find((set) => set.name === name)?.entry ?? [];
  const result = loadRules({ files: new Map(Object.entries(rules.files)), entry });
  if (!result.ok) throw new Error(result.problems.slice(0, 3).map(formatProblem).join('\n'));
  loaded.set(name, result.ruleSet);
  return result.ruleSet;
}

function work({ ruleSet: name, facts, nowMicros, uniqueId, exchange }: ExplainJob): ExplainAnswer {
  try {
    const ruleSet = ruleSetOf(name);
    const explanation = explain({ ruleSet, facts, environment: { nowMicros, uniqueId }, exchange, ...BOUNDS });
    return { kind: 'explained', explanation, ruleSet: { name, rules: ruleSet.rules, version: ruleSet.version } };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
parentPort?.on('message', (job: ExplainJob) => parentPort?.postMessage(work(job)));
