import type { PolicyParts } from '@seawall/contract';
import { formatProblem } from '@seawall/faults';
import { loadRules, type RuleSet } from '@seawall/seclang';

export interface CompiledRules {
  readonly ruleSets: ReadonlyMap<string, RuleSet>;
  /** Set when any rule set does not load; then none may be used. */
  readonly problem: string | undefined;
}

const MAX_PROBLEMS = 5;
/** To measure what remembering verdicts is worth (bench/waf.ts). */
const valueCache = process.env['SEAWALL_VALUE_CACHE'] !== 'off';

export function compileRules(rules: PolicyParts['rules']): CompiledRules {
  const files = new Map(Object.entries(rules.files));
  const ruleSets = new Map<string, RuleSet>();
  for (const { name, entry } of rules.sets) {
    const loaded = loadRules({ files, entry }, { valueCache });
    if (!loaded.ok) {
      const shown = loaded.problems.slice(0, MAX_PROBLEMS).map(formatProblem).join('\n');
      return { ruleSets, problem: `rule set ${name} has ${loaded.problems.length} problems:\n${shown}` };
    }
    ruleSets.set(name, loaded.ruleSet);
  }
  return { ruleSets, problem: undefined };
}
