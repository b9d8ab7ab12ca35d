import type { CompiledLink, CompiledRule, CompiledTarget, Phase, TargetRemoval } from '../compile/program.ts';
import { stepsOf, type PipelineNode } from '../compile/pipeline.ts';
import type { OperatorHit } from '../operators/operator.ts';
import { selects } from '../compile/selectors.ts';
import { Item } from './item.ts';
import { concludeMatch } from './conclude.ts';
import { REMOVALS, type SkipReason } from './observer.ts';
import { MatchedValue, type Run } from './run.ts';

/** Kept as evidence of one match; a value that matches a thousand times proves no more. */
const MAX_HITS = 32;

/**
 * Runs the rules of a phase one by one from position `from`, until one disrupts, allows, or the work budget is used up. Rules at
 * positions that `cannotMatch` names are passed over.
 */
export function runRules(run: Run, phase: Phase, from = 0, cannotMatch?: (position: number) => boolean): void {
  run.observer?.phase?.(phase, run.engine);
  const rules = run.program.phases[phase] ?? [];
  if (isOver(run, phase)) {
    tellSkipped(run, phase, 0, rules.length, whyOver(run));
    return;
  }
  let index = from;
  while (index < rules.length) {
    const rule = rules[index];
    index++;
    if (rule === undefined || cannotMatch?.(index - 1) === true) continue;
    const removal = run.removedRules?.[rule.index] ?? 0;
    if (removal !== 0) {
      run.observer?.skipped(rule, REMOVALS[removal] ?? 'removedById');
      continue;
    }
    const matched = tryRule(run, rule);
    if (run.exhausted) {
      // After a disruption the decision stands: the request is refused anyway.
      if (run.decision.kind === 'continue') run.decision = { kind: 'overBudget' };
      tellSkipped(run, phase, index, rules.length, 'overBudget');
      return;
    }
    if (!matched) continue;
    if (isOver(run, phase)) {
      tellSkipped(run, phase, index, rules.length, whyOver(run));
      return;
    }
    if (rule.skipTo !== undefined) {
      tellSkipped(run, phase, index, rule.skipTo, rule.skipsByCount ? 'skip' : 'skipAfter');
      index = rule.skipTo;
    }
  }
}

/** No rule of the phase is to run any more. */
export function isOver(run: Run, phase: Phase): boolean {
  if (run.engine === 'off') return true;
  return phase !== 5 && (run.decision.kind !== 'continue' || run.allowedThrough >= phase);
}

function whyOver(run: Run): SkipReason {
  if (run.engine === 'off') return 'engineOff';
  return run.decision.kind === 'continue' ? 'allow' : 'disrupted';
}

function tellSkipped(run: Run, phase: Phase, from: number, to: number, why: SkipReason): void {
  const { observer } = run;
  if (observer === undefined) return;
  for (const rule of run.program.phases[phase]?.slice(from, to) ?? []) observer.skipped(rule, why);
}

/** A rule that fails is reported and counts as not matched; the others go on. */
export function tryRule(run: Run, rule: CompiledRule): boolean {
  try {
    return runRule(run, rule);
  } catch (error) {
    run.failures.push({ ruleId: rule.id, text: error instanceof Error ? error.message : String(error) });
    return false;
  }
}

export function runRule(run: Run, rule: CompiledRule): boolean {
  run.rule = rule;
  run.observer?.rule(rule);
  run.message = '';
  run.logdata = '';
  run.scoreAdded = 0;
  run.hits.length = 0;
  run.matchedVars.length = 0;
  const removals = run.removedTargets?.get(rule);
  let complete = true;
  for (let index = 0; index < rule.links.length; index++) {
    const link = rule.links[index];
    if (link === undefined) continue;
    run.observer?.link?.(rule, link, link.argument?.evaluate(run));
    const matched = runLink(run, rule, link, removals);
    run.observer?.returned?.(link, matched);
    if (!matched) {
      complete = false;
      break;
    }
  }
  // Points given by the first links of a chain count even when the chain breaks, and so they must show in the ladder.
  if ((complete && rule.recorded) || run.scoreAdded !== 0) {
    describe(run, rule);
    concludeMatch(run, rule, complete);
  } else if (complete) {
    concludeMatch(run, rule, complete);
  }
  run.observer?.matched(rule, complete);
  return complete;
}

/** At the end of the chain, because texts may name what its last link captured. */
function describe(run: Run, rule: CompiledRule): void {
  let { message, logdata } = rule;
  for (const link of rule.links) {
    message = link.message ?? message;
    logdata = link.logdata ?? logdata;
  }
  if (message !== undefined) run.message = message.evaluate(run);
  if (logdata !== undefined) run.logdata = logdata.evaluate(run);
  if (message !== undefined) run.observer?.effect('message', run.message);
}

function runLink(
  run: Run,
  rule: CompiledRule,
  link: CompiledLink,
  removals: readonly TargetRemoval[] | undefined,
): boolean {
  if (link.operator === undefined) {
    for (const effect of link.effects) effect(run);
    return true;
  }
  let matched = false;
  for (const target of link.targets) {
    if (run.exhausted) return false;
    if (runTarget(run, rule, link, target, removals)) matched = true;
  }
  return matched;
}

function runTarget(
  run: Run,
  rule: CompiledRule,
  link: CompiledLink,
  target: CompiledTarget,
  removals: readonly TargetRemoval[] | undefined,
): boolean {
  const { selector, variable } = target;
  if (target.count) return testItem(run, rule, link, target, new Item('', String(countOf(run, target))));
  if (selector.kind === 'key' && variable.readOne !== undefined) {
    const item = variable.readOne(run, selector.lowerKey);
    return item !== undefined && !isExcluded(target, item, removals) && testItem(run, rule, link, target, item);
  }
  let matched = false;
  for (const item of itemsOf(run, target)) {
    if ((target.exclusions.length > 0 || removals !== undefined) && isExcluded(target, item, removals)) continue;
    if (testItem(run, rule, link, target, item)) matched = true;
    if (run.exhausted) return false;
  }
  return matched;
}

/** How many values a target has. */
export function countOf(run: Run, target: CompiledTarget): number {
  const { selector, variable } = target;
  if (selector.kind === 'key' && variable.readOne !== undefined) {
    return variable.readOne(run, selector.lowerKey) === undefined ? 0 : 1;
  }
  return itemsOf(run, target).length;
}

/** The members that the target selects; exclusions are still to be asked. */
function itemsOf(run: Run, { selector, variable }: CompiledTarget): readonly Item[] {
  if (selector.kind === 'all') return run.read(variable);
  if (variable.readMatching !== undefined) return variable.readMatching(run, selector);
  return run.read(variable).filter((item) => selects(selector, item));
}

function isExcluded(target: CompiledTarget, item: Item, removals: readonly TargetRemoval[] | undefined): boolean {
  for (const exclusion of target.exclusions) if (selects(exclusion, item)) return true;
  if (removals === undefined) return false;
  for (const removal of removals) {
    if (removal.variable === target.variable && selects(removal.selector, item)) return true;
  }
  return false;
}

function testItem(run: Run, rule: CompiledRule, link: CompiledLink, target: CompiledTarget, item: Item): boolean {
  const { pipeline, multiMatch } = link;
  if (multiMatch === undefined) {
    return testValue(
      run,
      rule,
      link,
      target,
      item,
      pipeline,
      pipeline === undefined ? item.value : item.after(pipeline, run),
    );
  }
  let before = item.value;
  let matched = testValue(run, rule, link, target, item, undefined, before);
  for (const node of multiMatch) {
    const value = item.after(node, run);
    if (value !== before && testValue(run, rule, link, target, item, node, value)) matched = true;
    before = value;
  }
  return matched;
}

// oxlint-disable-next-line max-params -- an object for these would be made for each value of each rule.
function testValue(
  run: Run,
  rule: CompiledRule,
  link: CompiledLink,
  target: CompiledTarget,
  item: Item,
  node: PipelineNode | undefined,
  value: string,
): boolean {
  if (link.operator === undefined) return false;
  run.workUsed++;
  const found = link.operator.evaluate(value, run, link.capture);
  if (run.observer !== undefined) tellTested(run, link, target, item, node, value, found);
  // An operator that stopped for want of budget has not said no.
  if ((found === null) !== link.negated || run.exhausted) return false;
  run.lastMatched = matchedValue(target, item, value);
  run.matchedVars.push(run.lastMatched);
  if (rule.recorded && run.hits.length < MAX_HITS) {
    run.hits.push({ link, name: run.lastMatched.name, item, node, value, found });
  }
  if (link.capture && found?.captures !== undefined) {
    run.tx.capture(found.captures);
    if (run.observer !== undefined) tellCaptures(run, found.captures);
  }
  for (const effect of link.effects) effect(run);
  return true;
}

/** The steps are told again from the value as it came: the item remembers what each made of it. */
// oxlint-disable-next-line max-params -- as testValue
function tellTested(
  run: Run,
  link: CompiledLink,
  target: CompiledTarget,
  item: Item,
  node: PipelineNode | undefined,
  value: string,
  found: OperatorHit | null,
): void {
  const { name } = matchedValue(target, item, value);
  let before = item.value;
  for (const step of stepsOf(node)) {
    const after = item.after(step, run);
    run.observer?.value(link, target, item, name, step, before, after);
    before = after;
  }
  run.observer?.tested(link, target, item, name, value, found, link.negated);
}

function tellCaptures(run: Run, captures: readonly (string | undefined)[]): void {
  for (const [index, text] of captures.slice(0, 10).entries()) {
    if (text !== undefined) run.observer?.effect('capture', `TX.${index}: ${text}`);
  }
}

function matchedValue({ count, name, selector }: CompiledTarget, item: Item, value: string): MatchedValue {
  if (!count) return new MatchedValue(name, item.key, value);
  return new MatchedValue(`&${name}`, selector.kind === 'key' ? selector.lowerKey : '', value);
}
