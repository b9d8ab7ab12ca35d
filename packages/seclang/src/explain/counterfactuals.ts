import type { Match } from '../api.ts';
import type { Counterfactual, Exclusion } from './explanation.ts';
import { isWritable, linesEverywhere, linesHere } from './exclusion.ts';
import { verdictOf, type Rehearsal } from './rehearse.ts';

/** Rules that gave points or refused by themselves, the loudest first, each with what it matched. */
interface Cause {
  readonly ruleId: number;
  readonly points: number;
  readonly targets: readonly string[];
}

/** Values that rules made themselves; to exclude them is to change the rules' arithmetic. */
const MADE_BY_RULES =
  /^&?(?:TX|IP|GLOBAL|SESSION|USER|RESOURCE|MATCHED_VARS?|MATCHED_VARS?_NAMES?|RULE|ENV|DURATION)(?::|$)/;

/** A rule that spoke about more targets than these is seldom silenced by one of them. */
const MAX_SINGLES = 4;
/** Exclusions of more parts are no small ones. */
const MAX_PARTS = 12;

export interface CounterfactualRun {
  /** Plays the exchange again without these; undefined when the budget is spent. */
  readonly again: (exclusions: readonly Exclusion[]) => Rehearsal | undefined;
  readonly filename: string;
}

/** Tries the small exclusions one by one, and larger ones where no smaller one is enough. */
export function tryExclusions(
  matches: readonly Match[],
  { again, filename }: CounterfactualRun,
): { readonly tried: readonly Counterfactual[]; readonly untried: number } {
  const tried: Counterfactual[] = [];
  let untried = 0;
  for (const exclusions of candidatesOf(causesOf(matches))) {
    if (exclusions.length > 1 && tried.some((one) => one.passes && covers(exclusions, one.exclusions))) continue;
    const rehearsal = again(exclusions);
    if (rehearsal === undefined) {
      untried++;
      continue;
    }
    const { outcome } = rehearsal;
    tried.push({
      exclusions,
      passes: outcome.decision.kind === 'continue',
      verdict: verdictOf(outcome),
      inbound: outcome.inboundScore,
      outbound: outcome.outboundScore,
      everywhere: linesEverywhere(exclusions),
      here: linesHere(exclusions, filename),
    });
  }
  return { tried: tried.toSorted((a, b) => Number(b.passes) - Number(a.passes) || sizeOf(a) - sizeOf(b)), untried };
}

/** A whole rule weighs more than any of its targets. */
function sizeOf({ exclusions }: Counterfactual): number {
  return exclusions.reduce((sum, { target }) => sum + (target === undefined ? 1.5 : 1), 0);
}

/** Whether `larger` excludes all that `smaller` does. */
function covers(larger: readonly Exclusion[], smaller: readonly Exclusion[]): boolean {
  return smaller.every(({ ruleId, target }) =>
    larger.some((one) => one.ruleId === ruleId && (one.target === undefined || one.target === target)),
  );
}

function causesOf(matches: readonly Match[]): Cause[] {
  return matches
    .map((match) => ({
      ruleId: match.ruleId,
      points: match.score,
      disruptive: match.disruptive,
      targets: [...new Set(match.places.map(({ target }) => target))].filter((target) => !MADE_BY_RULES.test(target)),
    }))
    .filter(({ points, disruptive, targets }) => points > 0 || (disruptive && targets.length > 0))
    .toSorted((a, b) => b.points - a.points);
}

/**
 * The smallest first: one target of one rule, all its targets one by one, the collection they are of, the rule; then one target of all
 * rules; then several rules.
 */
function candidatesOf(causes: readonly Cause[]): Exclusion[][] {
  const targeted = causes.map(({ ruleId, targets }) => targets.map((target) => ({ ruleId, target })));
  const targets = [...new Set(causes.flatMap((cause) => cause.targets))];
  const candidates: Exclusion[][] = [
    ...targeted.flatMap((list) => (list.length > MAX_SINGLES ? [] : list.map((one) => [one]))),
    ...targeted,
    ...causes.flatMap(({ ruleId, targets: seen }) => collectionsOf(seen).map((target) => [{ ruleId, target }])),
    ...causes.map(({ ruleId }) => [{ ruleId }]),
    ...(targets.length > MAX_PARTS
      ? []
      : targets.map((target) => targeted.flat().filter((one) => one.target === target))),
    ...causes.map((_, index) => causes.slice(0, index + 1).flatMap(fewTargets)),
    ...causes.map((_, index) => causes.slice(0, index + 1).map(({ ruleId }) => ({ ruleId }))),
  ];
  const seen = new Set<string>();
  return candidates.filter((exclusions) => {
    const key = exclusions
      .map(({ ruleId, target }) => `${ruleId};${target ?? ''}`)
      .toSorted()
      .join('\n');
    if (exclusions.length === 0 || exclusions.length > MAX_PARTS || seen.has(key)) return false;
    seen.add(key);
    return exclusions.every(isWritable);
  });
}

/** Its targets, or the collections that hold them when they are many. */
function fewTargets({ ruleId, targets }: Cause): Exclusion[] {
  const few = targets.length > MAX_SINGLES ? new Set(targets.map((target) => target.replace(/:[^]*$/, ''))) : targets;
  return [...few].map((target) => ({ ruleId, target }));
}

/** Collections of which several members were seen. */
function collectionsOf(targets: readonly string[]): string[] {
  const names = targets.flatMap((target) => /^[A-Z_]+(?=:)/.exec(target) ?? []);
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
