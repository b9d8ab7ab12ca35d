import { programOf } from '../transaction/rule-set.ts';
import { tryExclusions } from './counterfactuals.ts';
import type { Exclusion, ExplainInput, Explanation, RuleFate, RuleState } from './explanation.ts';
import { explainMatch } from './explained-match.ts';
import { fatesOf } from './fates.ts';
import { explainedScores, ladderOf } from './ladder.ts';
import { rehearse, verdictOf, type Rehearsal, type RehearsalOptions } from './rehearse.ts';
import { RuleWatch } from './watch-rules.ts';

/** Above it one hostile request keeps whoever explains it busy for longer than a reader waits. */
const TOTAL_BUDGET = 1_000_000_000;
const RUN_BUDGET = 200_000_000;
const MAX_COUNTERFACTUALS = 24;
const MAX_VALUE_BYTES = 400;
/** Bytes transformed again to find where spans came from. */
const TRACE_BYTES = 40_000_000;
const MAX_MATCHES = 200;

/**
 * Plays one exchange through the rules and says what each of them did, how the score came about, and what would have become of it with the
 * smallest exclusions. Pure; takes the plain evaluation, which decides as the fast one does. Throws only on a rule set of another engine.
 */
export function explain(input: ExplainInput): Explanation {
  const { ruleSet, facts, exclusions = [], maxValueBytes = MAX_VALUE_BYTES } = input;
  const program = programOf(ruleSet);
  const purse = { left: input.totalBudget ?? TOTAL_BUDGET };
  const play = (options: Omit<RehearsalOptions, 'workBudget'>): Rehearsal => {
    const workBudget = Math.min(RUN_BUDGET, input.environment.workBudget ?? RUN_BUDGET, purse.left);
    const rehearsal = rehearse(input, { ...options, workBudget });
    purse.left -= rehearsal.outcome.workUsed;
    return rehearsal;
  };
  const held: { watch?: RuleWatch } = {};
  const observed = play({
    engine: facts.engine,
    exclusions,
    observe: (run) => (held.watch = new RuleWatch(program, run)),
  });
  const { watch } = held;
  if (watch === undefined) throw new Error('rules ran unwatched');
  const enforced = facts.engine === 'on' ? observed : play({ engine: 'on', exclusions });
  const { run, outcome } = observed;
  const rules = fatesOf(program, watch, observed, exclusions);
  const scores = explainedScores(run, outcome);
  const byId = new Map(program.rules.map((rule) => [rule.id, watch.watched[rule.index]]));
  const view = { maxValueBytes, trace: { left: TRACE_BYTES } };
  const { tried, untried } = whatIf(input, enforced, (all) =>
    purse.left > outcome.workUsed ? play({ engine: 'on', exclusions: all }) : undefined,
  );
  return {
    engine: facts.engine,
    verdict: verdictOf(outcome),
    enforced: verdictOf(enforced.outcome),
    scores,
    ladder: ladderOf(outcome, scores),
    matches: outcome.matches.slice(0, MAX_MATCHES).map((match) => explainMatch(match, byId.get(match.ruleId), view)),
    rules,
    removed: program.removed.map(({ id, by }) => ({ ruleId: id, directive: by })),
    counts: countsOf(rules),
    counterfactuals: tried,
    untried,
    failures: outcome.failures.slice(0, MAX_MATCHES),
    workUsed: outcome.workUsed,
  };
}

function whatIf(
  { exclusions = [], maxCounterfactuals = MAX_COUNTERFACTUALS }: ExplainInput,
  { run, outcome }: Rehearsal,
  again: (exclusions: readonly Exclusion[]) => Rehearsal | undefined,
): ReturnType<typeof tryExclusions> {
  const { kind } = outcome.decision;
  if (kind === 'continue' || kind === 'overBudget') return { tried: [], untried: 0 };
  let left = maxCounterfactuals;
  const rungs = ladderOf(outcome, explainedScores(run, outcome));
  const idle = new Set(rungs.filter(({ counts }) => !counts).map(({ ruleId }) => ruleId));
  const speaking = outcome.matches.filter(({ ruleId }) => !idle.has(ruleId));
  return tryExclusions(speaking, {
    filename: run.request.filename,
    again: (more) => (left-- > 0 ? again([...exclusions, ...more]) : undefined),
  });
}

function countsOf(rules: readonly RuleFate[]): Record<RuleState, number> {
  const counts: Record<RuleState, number> = {
    matched: 0,
    noMatch: 0,
    prefilter: 0,
    noValue: 0,
    skipped: 0,
    notReached: 0,
    failed: 0,
  };
  for (const { state } of rules) counts[state]++;
  return counts;
}
