import type { Decision, Outcome } from '../api.ts';
import { programOf } from '../transaction/rule-set.ts';
import type { RuleObserver } from '../transaction/observer.ts';
import type { Run } from '../transaction/run.ts';
import { RuleTransaction } from '../transaction/transaction.ts';
import { applyExclusions } from './exclusion.ts';
import type { ExplainInput, Exclusion, Verdict } from './explanation.ts';

export interface Rehearsal {
  readonly run: Run;
  readonly outcome: Outcome;
}

export interface RehearsalOptions {
  readonly engine: 'on' | 'detect' | 'off';
  readonly exclusions: readonly Exclusion[];
  readonly workBudget: number;
  /** The run, so that an observer can read what rules changed. */
  readonly observe?: (run: () => Run) => RuleObserver;
}

/** Watching makes a run take the plain path, which decides as the fast one does. */
const UNWATCHED: RuleObserver = {
  rule() {},
  value() {},
  tested() {},
  matched() {},
  effect() {},
  skipped() {},
};

/** Plays the exchange through the rules in the gateway's order: nothing but the log follows a refusal. */
export function rehearse(input: ExplainInput, options: RehearsalOptions): Rehearsal {
  const { facts, environment, exchange } = input;
  const held: { run?: Run } = {};
  const current = (): Run => {
    if (held.run === undefined) throw new Error('rules ran before their transaction was made');
    return held.run;
  };
  const observer = options.observe?.(current) ?? UNWATCHED;
  const transaction = input.ruleSet.begin(
    { ...facts, engine: options.engine },
    { ...environment, workBudget: options.workBudget, observer },
  );
  if (!(transaction instanceof RuleTransaction)) throw new Error('the rule set was not made by loadRules');
  const run = transaction.run;
  held.run = run;
  applyExclusions(run, programOf(input.ruleSet), options.exclusions);
  for (const step of stepsOf(exchange, transaction)) if (step().kind !== 'continue') break;
  return { run, outcome: transaction.log() };
}

function stepsOf(
  { request, response, message }: ExplainInput['exchange'],
  transaction: RuleTransaction,
): readonly (() => Decision)[] {
  const steps = [() => transaction.requestHead(request.head)];
  if (message !== undefined) return [...steps, () => transaction.message(message.text, message.direction)];
  steps.push(() => transaction.requestBody(request.body, request.complete));
  if (response === undefined) return steps;
  return [
    ...steps,
    () => transaction.responseHead(response.head),
    () => transaction.responseBody(response.body, response.complete),
  ];
}

export function verdictOf({ decision }: Outcome): Verdict {
  const { kind } = decision;
  if (kind === 'continue' || kind === 'overBudget') return { kind };
  const { ruleId, phase, message } = decision.rule;
  return {
    kind,
    ruleId,
    phase,
    message,
    ...(decision.kind === 'drop' ? {} : { status: decision.status }),
    ...(decision.kind === 'redirect' ? { location: decision.location.slice(0, 400) } : {}),
  };
}
