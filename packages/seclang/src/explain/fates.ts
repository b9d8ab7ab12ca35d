import type { CompiledRule, Program, TargetRemoval } from '../compile/program.ts';
import type { Rehearsal } from './rehearse.ts';
import type { Exclusion, RuleFate, RuleState } from './explanation.ts';
import type { RuleWatch, Watched } from './watch-rules.ts';

/** What became of every rule of the set, in the order of the files. */
export function fatesOf(
  program: Program,
  watch: RuleWatch,
  { run, outcome }: Rehearsal,
  exclusions: readonly Exclusion[],
): RuleFate[] {
  const failed = new Set(outcome.failures.map(({ ruleId }) => ruleId));
  const levels = levelsOf(program);
  return program.rules.map((rule) => {
    const watched = watch.watched[rule.index];
    const state = stateOf(rule, watched, failed);
    const level = levels.get(rule.index);
    const removals = run.removedTargets?.get(rule) ?? [];
    return {
      ruleId: rule.id,
      phase: rule.phase,
      file: rule.file,
      line: rule.line,
      message: (rule.message?.text ?? '').slice(0, 200),
      state,
      values: watched?.values ?? 0,
      brokenAt: watched?.broken === true ? watched.link : 0,
      ...reasonOf(rule, watched, state, exclusions, outcome.decision.kind !== 'continue'),
      ...(level === undefined ? {} : { paranoiaLevel: level }),
      ...(state === 'prefilter' && watched?.need !== undefined ? { needs: watched.need } : {}),
      ...(removals.length === 0 ? {} : { withoutTargets: removals.map(targetText) }),
    };
  });
}

function stateOf(rule: CompiledRule, watched: Watched | undefined, failed: ReadonlySet<number>): RuleState {
  if (watched === undefined || (!watched.looked && watched.skipped === undefined)) return 'notReached';
  if (watched.looked) {
    if (watched.complete) return 'matched';
    if (failed.has(rule.id)) return 'failed';
    if (watched.linkValues === 0) return 'noValue';
    return watched.lacking === watched.linkValues ? 'prefilter' : 'noMatch';
  }
  const { skipped } = watched;
  const ended = skipped === 'disrupted' || skipped === 'overBudget' || skipped === 'engineOff';
  return ended ? 'notReached' : 'skipped';
}

function reasonOf(
  rule: CompiledRule,
  watched: Watched | undefined,
  state: RuleState,
  exclusions: readonly Exclusion[],
  stopped: boolean,
): Pick<RuleFate, 'reason' | 'byRule'> {
  if (state !== 'skipped' && state !== 'notReached') return {};
  if (watched?.skipped === undefined) return { reason: stopped ? 'disrupted' : 'noAnswer' };
  const { byRule, skipped } = watched;
  if (skipped.startsWith('removed') && byRule === undefined) {
    const given = exclusions.some(({ ruleId, target }) => ruleId === rule.id && target === undefined);
    return { reason: given ? 'excluded' : skipped };
  }
  if (skipped === 'engineOff' || skipped === 'overBudget' || byRule === undefined) return { reason: skipped };
  if (skipped === 'skipAfter' && levelAskedBy(byRule) !== undefined) return { reason: 'paranoia', byRule: byRule.id };
  return { reason: skipped, byRule: byRule.id };
}

/** CRS's gates: `SecRule TX:DETECTION_PARANOIA_LEVEL "@lt 2" "…,skipAfter:END-…"`; the level from which on rules behind it run. */
function levelAskedBy({ links, skipTo }: CompiledRule): number | undefined {
  const [link] = links;
  const target = link?.targets[0];
  if (link === undefined || skipTo === undefined || links.length > 1 || target?.name !== 'TX') return undefined;
  if (target.selector.kind !== 'key' || !target.selector.lowerKey.endsWith('paranoia_level')) return undefined;
  const level = /^@lt ([1-4])$/.exec(link.operatorText.trim())?.[1];
  return level === undefined ? undefined : Number(level);
}

/** By place in the program: the level of the innermost gate around each rule. */
function levelsOf({ phases }: Program): ReadonlyMap<number, number> {
  const levels = new Map<number, number>();
  for (const rules of phases) {
    for (const [at, gate] of rules.entries()) {
      const level = levelAskedBy(gate);
      if (level === undefined) continue;
      for (const rule of rules.slice(at + 1, gate.skipTo)) {
        levels.set(rule.index, Math.max(level, levels.get(rule.index) ?? 0));
      }
    }
  }
  return levels;
}

function targetText({ variable, selector }: TargetRemoval): string {
  if (selector.kind === 'all') return variable.name;
  return selector.kind === 'key' ? `${variable.name}:${selector.lowerKey}` : `${variable.name}:/…/`;
}
