import type { CompiledLink, CompiledRule, CompiledTarget } from '../compile/program.ts';
import type { PipelineNode } from '../compile/pipeline.ts';
import type { OperatorHit } from '../operators/operator.ts';
import type { Item } from './item.ts';

/** Why a rule of a phase that ran was not looked at, or why a phase ended before its last rule. */
export type SkipReason =
  | 'removedById'
  | 'removedByTag'
  | 'removedByMessage'
  | 'skip'
  | 'skipAfter'
  | 'allow'
  | 'engineOff'
  | 'disrupted'
  | 'overBudget'
  | 'prefilter';

/** What `Run.removedRules` says of a rule: 0 = nothing. */
export const REMOVALS: readonly (SkipReason | undefined)[] = [
  undefined,
  'removedById',
  'removedByTag',
  'removedByMessage',
];

/** What a rule did besides matching; `text` of `RuleObserver.effect` says it in the language's own words. */
export type EffectKind =
  | 'setvar'
  | 'expirevar'
  | 'initcol'
  | 'capture'
  | 'ctl'
  | 'setenv'
  | 'action'
  | 'message'
  | 'tag'
  | 'body';

/**
 * Somebody who watches one transaction: `seawall explain`, and the debug log of the conformance runner. Given with the environment; a
 * transaction without one does not pay for it. All calls come in the order of evaluation. An observer only reads.
 */
export interface RuleObserver {
  /** A phase begins; `engine` as it is now. */
  phase?(phase: 1 | 2 | 3 | 4 | 5, engine: 'on' | 'detect' | 'off'): void;
  /** The rule is looked at now. */
  rule(rule: CompiledRule): void;
  /** A link of the rule begins: the first is the rule itself. `argument`: the operator's, when it holds macros, expanded. */
  link?(rule: CompiledRule, link: CompiledLink, argument: string | undefined): void;
  /** One transformation of one value, whether it changed the value or not. */
  // oxlint-disable-next-line max-params -- an object for these would be made for each step of each value.
  value(
    link: CompiledLink,
    target: CompiledTarget,
    item: Item,
    name: string,
    node: PipelineNode,
    before: string,
    after: string,
  ): void;
  /** The operator answered for one value; the link matches when (`found` !== null) !== `negated`. */
  // oxlint-disable-next-line max-params
  tested(
    link: CompiledLink,
    target: CompiledTarget,
    item: Item,
    name: string,
    value: string,
    found: OperatorHit | null,
    negated: boolean,
  ): void;
  /** The link is decided. */
  returned?(link: CompiledLink, matched: boolean): void;
  /** The rule is decided; `complete`: all links of the chain matched. */
  matched(rule: CompiledRule, complete: boolean): void;
  effect(kind: EffectKind, text: string): void;
  skipped(rule: CompiledRule, why: SkipReason): void;
}
