import type { Problem } from '@seawall/faults';
import type { CompiledRule, Program, TargetRemoval } from '../compile/program.ts';
import { CompileContext } from '../compile/context.ts';
import { targetRemovals } from '../compile/ctl.ts';
import { Complaints } from '../language/complaints.ts';
import type { Run } from '../transaction/run.ts';
import type { Exclusion } from './explanation.ts';

const NOWHERE = { file: 'exclusion', line: 1, column: 1 };

/** `942100` or `942100;ARGS:q`. A text that is neither, or names no known variable, comes back as problems. */
export function parseExclusion(text: string): Exclusion | readonly Problem[] {
  const [, id = '', target] = /^\s*(\d{1,9})\s*(?:;([^]*))?$/.exec(text) ?? [];
  const complaints = new Complaints(new Map([['exclusion', text]]));
  if (id === '') {
    complaints.error({
      code: 'bad-exclusion',
      at: NOWHERE,
      text: `"${text.slice(0, 60)}" is no exclusion`,
      hint: 'write RULE or RULE;TARGET, as in 942100;ARGS:q',
    });
  } else if (target !== undefined) removalsOf(target, complaints);
  if (complaints.problems.length > 0) return complaints.problems;
  return target === undefined ? { ruleId: Number(id) } : { ruleId: Number(id), target: target.trim() };
}

function removalsOf(target: string, complaints: Complaints): readonly TargetRemoval[] {
  return targetRemovals(target, { at: NOWHERE }, new CompileContext(complaints, new Map()));
}

/** Takes rules and targets out of one run before it begins. */
export function applyExclusions(run: Run, program: Program, exclusions: readonly Exclusion[]): void {
  for (const { ruleId, target } of exclusions) {
    for (const rule of program.rules) {
      if (rule.id !== ruleId) continue;
      if (target === undefined) removeRule(run, program, rule);
      else removeTarget(run, rule, removalsOf(target, new Complaints(new Map())));
    }
  }
}

function removeRule(run: Run, program: Program, rule: CompiledRule): void {
  run.removedRules ??= new Uint8Array(program.rules.length);
  run.removedRules[rule.index] = 1;
}

function removeTarget(run: Run, rule: CompiledRule, removals: readonly TargetRemoval[]): void {
  const before = run.removedTargets ?? new Map<CompiledRule, readonly TargetRemoval[]>();
  run.removedTargets = new Map([...before, [rule, [...(before.get(rule) ?? []), ...removals]]]);
}

/** A target whose name cannot end a string, begin a macro or add an action. */
const WRITABLE_TARGET = /^[A-Z_]+(?::[\w.\-$[\]]{1,100}|:\/\*|:\/\/@\*)?$/;
const WRITABLE_PATH = /^\/[\w\-./~:@!$&()*+=]{0,300}$/;

/** Names come from what an attacker sent: what needs quoting is not written, and the exclusion is none then. */
export function isWritable({ target }: Exclusion): boolean {
  return target === undefined || WRITABLE_TARGET.test(target);
}

/** Directives that stand behind the rules they change. */
export function linesEverywhere(exclusions: readonly Exclusion[]): string[] {
  return exclusions.map(({ ruleId, target }) =>
    target === undefined ? `SecRuleRemoveById ${ruleId}` : `SecRuleUpdateTargetById ${ruleId} "!${target}"`,
  );
}

/** One rule that stands before those it changes. `id` is in the range for rules of one's own. */
export function linesHere(exclusions: readonly Exclusion[], filename: string): string[] {
  if (!WRITABLE_PATH.test(filename)) return [];
  const removals = exclusions.map(({ ruleId, target }) =>
    target === undefined ? `ctl:ruleRemoveById=${ruleId}` : `ctl:ruleRemoveTargetById=${ruleId};${target}`,
  );
  const id = 9_600_000 + (hashOf(`${filename} ${removals.join()}`) % 300_000);
  return [`SecRule REQUEST_FILENAME "@streq ${filename}" "id:${id},phase:1,pass,nolog,t:none,${removals.join(',')}"`];
}

/** FNV-1a: the same exclusion gets the same id, another one most likely another. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
