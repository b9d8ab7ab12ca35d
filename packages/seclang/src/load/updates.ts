import { updateActions } from '../compile/rule-actions.ts';
import { rulesById, rulesByMessage, rulesByTag, type RuleQuery } from '../compile/rule-query.ts';
import { Fault } from '@seawall/faults';
import type { DirectiveNode, Position, TargetNode, WordNode } from '../language/ast.ts';
import type { Complaints } from '../language/complaints.ts';
import { parseActions } from '../language/parse-actions.ts';
import { parseTargets } from '../language/parse-targets.ts';
import { namesOf, type RuleDraft } from './draft.ts';
import type { ReadRules } from './read-files.ts';

type Update = (drafts: readonly RuleDraft[], node: DirectiveNode, complaints: Complaints) => void;
type MakeQuery = (text: string) => RuleQuery | undefined;

export const UPDATE_NAMES = [
  'SecRuleRemoveById',
  'SecRuleRemoveByTag',
  'SecRuleRemoveByMsg',
  'SecRuleUpdateTargetById',
  'SecRuleUpdateTargetByTag',
  'SecRuleUpdateTargetByMsg',
  'SecRuleUpdateActionById',
];

const MAKERS: Readonly<Record<string, MakeQuery>> = { id: rulesById, tag: rulesByTag, msg: rulesByMessage };

/** By lower-case name. */
export const UPDATE_DIRECTIVES: ReadonlyMap<string, Update> = new Map<string, Update>([
  ['secruleremovebyid', (drafts, node, complaints) => remove(drafts, node, complaints, 'id')],
  ['secruleremovebytag', (drafts, node, complaints) => remove(drafts, node, complaints, 'tag')],
  ['secruleremovebymsg', (drafts, node, complaints) => remove(drafts, node, complaints, 'msg')],
  ['secruleupdatetargetbyid', (drafts, node, complaints) => updateTargets(drafts, node, complaints, 'id')],
  ['secruleupdatetargetbytag', (drafts, node, complaints) => updateTargets(drafts, node, complaints, 'tag')],
  ['secruleupdatetargetbymsg', (drafts, node, complaints) => updateTargets(drafts, node, complaints, 'msg')],
  ['secruleupdateactionbyid', updateAction],
]);

/** Changes to rules, in the order of the files. */
export function applyUpdates(read: ReadRules, complaints: Complaints): void {
  for (const node of read.updates) UPDATE_DIRECTIVES.get(node.name.toLowerCase())?.(read.drafts, node, complaints);
}

function found(
  drafts: readonly RuleDraft[],
  node: DirectiveNode,
  words: readonly WordNode[],
  complaints: Complaints,
  by: string,
): RuleDraft[] {
  const text = words.map((word) => word.text).join(' ');
  const at = words[0]?.at ?? node.at;
  const query = text === '' ? undefined : attempt(() => MAKERS[by]?.(text), at, complaints);
  if (query === undefined) {
    complaints.error({
      code: 'bad-rule-list',
      at,
      text: `${node.name} needs ${by === 'id' ? 'rule ids or ranges' : 'a pattern'}`,
    });
    return [];
  }
  const matching = drafts.filter((draft) => query(namesOf(draft)));
  if (matching.length === 0) {
    complaints.warn({
      code: 'no-such-rule',
      at,
      text: `${node.name} ${text.slice(0, 80)} concerns no rule that is loaded`,
    });
  }
  return matching;
}

function attempt<T>(make: () => T, at: Position, complaints: Complaints): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    complaints.error({ code: error.code.replace(/^seclang\./, ''), at, text: error.row.text });
    return undefined;
  }
}

function remove(drafts: readonly RuleDraft[], node: DirectiveNode, complaints: Complaints, by: string): void {
  for (const draft of found(drafts, node, node.words, complaints, by)) draft.removed ??= node.name;
}

/** `ID "!ARGS:x|REQUEST_URI" [replaced targets]`. */
function updateTargets(drafts: readonly RuleDraft[], node: DirectiveNode, complaints: Complaints, by: string): void {
  const [rules, targets, replaced] = node.words;
  if (rules === undefined || targets === undefined) {
    complaints.error({ code: 'wrong-form', at: node.at, text: `the form is: ${node.name} RULES "VARIABLES"` });
    return;
  }
  const nodes = parseTargets(
    targets.text,
    (index) => ({ ...targets.at, column: targets.at.column + index }),
    complaints,
  );
  const gone = new Set(
    replaced === undefined
      ? []
      : parseTargets(replaced.text, () => replaced.at, complaints).map((target) => target.text),
  );
  // Who excludes an argument means its name too, as in ModSecurity.
  const names = nodes.flatMap((target): TargetNode[] =>
    target.exclude && target.selector.kind !== 'all' && /^ARGS(?:_GET|_POST)?$/.test(target.name)
      ? [{ ...target, name: `${target.name}_NAMES` }]
      : [],
  );
  for (const draft of found(drafts, node, [rules], complaints, by)) {
    const head = draft.links[0];
    if (head !== undefined && gone.size > 0) head.targets = head.targets.filter((target) => !gone.has(target.text));
    for (const target of [...nodes, ...names]) {
      if (target.exclude) draft.excludedTargets.push(target);
      else draft.addedTargets.push(target);
    }
  }
}

function updateAction(drafts: readonly RuleDraft[], node: DirectiveNode, complaints: Complaints): void {
  const [rule, actions] = node.words;
  const [id, offset] = (rule?.text ?? '').split(':');
  if (rule === undefined || actions === undefined || id === undefined) {
    complaints.error({ code: 'wrong-form', at: node.at, text: `the form is: ${node.name} ID "ACTIONS"` });
    return;
  }
  const nodes = parseActions(
    actions.text,
    (index) => ({ ...actions.at, column: actions.at.column + index }),
    complaints,
  );
  for (const draft of found(drafts, node, [{ at: rule.at, text: id }], complaints, 'id')) {
    const link = draft.links[Number(offset ?? 0)];
    if (link === undefined)
      complaints.error({ code: 'bad-rule-list', at: rule.at, text: `the chain has no link ${offset}` });
    else updateActions(link.actions, nodes, complaints);
  }
}
