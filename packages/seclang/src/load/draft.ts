import type { RuleNode, TargetNode } from '../language/ast.ts';
import type { RuleActions } from '../compile/rule-actions.ts';
import type { RuleNames } from '../compile/rule-query.ts';

/** A rule with its chain as the files have it, before updates are applied and it is compiled. */
export interface RuleDraft {
  readonly links: DraftLink[];
  /** `SecDefaultAction` of each phase as it was when the rule was read. */
  readonly defaults: ReadonlyMap<number, RuleActions>;
  /** Place among rules and markers. */
  readonly order: number;
  /** The directive that took it away. */
  removed: string | undefined;
  /** From `SecRuleUpdateTarget…`: exclusions count for the whole chain, additions for its first link. */
  readonly addedTargets: TargetNode[];
  readonly excludedTargets: TargetNode[];
}

export interface DraftLink {
  readonly node: RuleNode;
  readonly actions: RuleActions;
  /** Replaces the node's targets when an update said so. */
  targets: readonly TargetNode[];
}

export function namesOf(draft: RuleDraft): RuleNames {
  const head = draft.links[0];
  return {
    id: head?.actions.id ?? 0,
    tags: head?.actions.tags.map((tag) => ({ text: tag.value ?? '' })) ?? [],
    message: head?.actions.msg === undefined ? undefined : { text: head.actions.msg.value ?? '' },
  };
}
