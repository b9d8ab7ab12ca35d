import type { LoadOptions, LoadResult, RuleFiles } from '../api.ts';
import { compileRule } from '../compile/compile-rule.ts';
import { CompileContext } from '../compile/context.ts';
import type { CompiledRule, Program } from '../compile/program.ts';
import { Complaints } from '../language/complaints.ts';
import { ruleSetOf } from '../transaction/rule-set.ts';
import { readFiles, type ReadRules } from './read-files.ts';
import { urlDecodeWith } from './unicode-map.ts';
import { applyUpdates } from './updates.ts';

/** Reads, checks and compiles a rule set. All problems are reported at once; nothing of a faulty set is used. */
export function loadRules(input: RuleFiles, options: LoadOptions = {}): LoadResult {
  const complaints = new Complaints(input.files);
  const read = readFiles(input, complaints);
  applyUpdates(read, complaints);
  const context = new CompileContext(complaints, input.files);
  context.geo = read.settings.geo;
  const { unicodeMap } = read.settings;
  if (unicodeMap !== undefined) context.urlDecodeUni = urlDecodeWith(unicodeMap);
  const orders: number[] = [];
  for (const draft of read.drafts) {
    if (draft.removed !== undefined) continue;
    const rule = compileRule(draft, context);
    if (rule === undefined) continue;
    context.rules.push(rule);
    orders.push(draft.order);
  }
  const program = assemble(read, context.rules, orders, complaints);
  if (complaints.problems.length > 0) return { ok: false, problems: [...complaints.problems, ...complaints.warnings] };
  return { ok: true, ruleSet: ruleSetOf(program, options), warnings: complaints.warnings };
}

function assemble(
  read: ReadRules,
  rules: readonly CompiledRule[],
  orders: readonly number[],
  complaints: Complaints,
): Program {
  const phases: CompiledRule[][] = [[], [], [], [], [], []];
  const phaseOrders: number[][] = [[], [], [], [], [], []];
  for (const rule of rules) {
    phases[rule.phase]?.push(rule);
    phaseOrders[rule.phase]?.push(orders[rule.index] ?? 0);
  }
  const orderOf = new Map(rules.map((rule) => [rule.id, orders[rule.index] ?? 0]));
  const byOrder = new Map(rules.map((rule) => [orders[rule.index], rule]));
  for (const draft of read.drafts) {
    const rule = byOrder.get(draft.order);
    if (rule === undefined) continue;
    const places = phaseOrders[rule.phase] ?? [];
    const here = places.indexOf(draft.order);
    const after = draft.links.map((link) => link.actions.skipAfter).find((action) => action !== undefined);
    const skip = draft.links.map((link) => link.actions.skip).find((count) => count !== undefined);
    if (after !== undefined) {
      const label = after.value ?? '';
      const marker = read.markers.find(
        (candidate) => candidate.label === label && candidate.order > draft.order,
      )?.order;
      const target = marker ?? (/^\d+$/.test(label) ? orderOf.get(Number(label)) : undefined);
      if (target === undefined || target < draft.order) {
        complaints.warn({
          code: 'no-marker',
          at: after.at,
          text: `there is no SecMarker "${label.slice(0, 60)}" after this rule; a match skips the rest of the phase`,
        });
        rule.skipTo = places.length;
      } else {
        const next = places.findIndex((order) => order > target);
        rule.skipTo = next === -1 ? places.length : next;
      }
    } else if (skip !== undefined) {
      rule.skipTo = Math.min(here + 1 + skip, places.length);
    }
  }
  const removed = read.drafts.flatMap(({ links, removed: by }) =>
    by === undefined ? [] : [{ id: links[0]?.actions.id ?? 0, by }],
  );
  return { settings: read.settings, rules, phases, removed };
}
