import type { WorkMeter } from '../operators/operator.ts';
import { MAX_TOGETHER } from './instruction-walk.ts';
import { LazyDfa } from './lazy-dfa.ts';
import { parsePattern } from './parse.ts';
import type { PatternFlags } from './pattern.ts';
import { compileTogether, irregularity } from './program.ts';
import { relaxAtomics } from './relax-atomics.ts';
import type { Syntax } from './syntax.ts';
import { isSpent } from './work.ts';

/** Several patterns that one pass over a value decides. */
export interface PatternSet {
  /** Bit n is set when pattern n matches somewhere. Charges the length once; 0 when the work was used up. */
  matchedBy(value: string, work?: WorkMeter): number;
  readonly size: number;
}

/**
 * One automaton of 1 to 30 patterns: worth it for a few that almost every value must be tested with. Its states multiply where
 * the patterns have little in common (86 patterns of a large rule set made 18,000). Undefined when a pattern is irregular or they
 * are too many or too big together. Throws a Fault for a wrong pattern.
 */
export function compileSet(patterns: readonly string[], flags: PatternFlags): PatternSet | undefined {
  if (patterns.length === 0 || patterns.length > MAX_TOGETHER) return undefined;
  const read = (text: string): Syntax => {
    const parsed = parsePattern(text, flags);
    return parsed.irregular ? { ...parsed, root: relaxAtomics(parsed.root) } : parsed;
  };
  if (patterns.some((text) => irregularity(read(text)) !== undefined)) return undefined;
  const program = compileTogether(patterns.map((text) => read(text).root));
  if (program === undefined) return undefined;
  const automaton = new LazyDfa(program, 'any');
  return {
    size: patterns.length,
    matchedBy: (value, work) => (isSpent(value.length, work) ? 0 : automaton.matchedBy(value)),
  };
}
