import type { WorkMeter } from '../operators/operator.ts';
import type { Pattern, PatternMatch } from './pattern.ts';
import type { Printed } from './print-javascript.ts';
import { requirementsOf, type Requirements } from './requirements.ts';
import type { Node } from './syntax.ts';
import { isSpent } from './work.ts';

// Patterns with lookaround, back-references and the like run on V8, which backtracks: its time can grow with a power of the
// length. So a linear automaton first asks whether the value could match at all (regular-cover.ts), and V8 never sees more than WINDOW bytes at once; a longer value is looked at in windows that overlap, which
// costs linear time in all. Above the limit an attacker gains this: a match longer than OVERLAP bytes can be cut in two
// and missed by these patterns (rule sets hold a handful), and an assertion can see a window's edge as the value's.

export const WINDOW = 4096;
export const OVERLAP = 1024;
/** Backtracking looks at a byte more than once; the budget is charged as if so many times. */
const COST = 8;

/** `test` is linear and says no only when the pattern cannot match. */
interface Cover {
  readonly test: (value: string) => boolean;
  readonly root: Node;
}

export function irregularPattern(printed: Printed, why: string, cover: Cover): Pattern {
  let requires: Requirements | undefined;
  const expression = new RegExp(printed.source, 'g');
  const find = (value: string, from: number, work: WorkMeter | undefined): PatternMatch | null => {
    for (let start = 0; ; start += WINDOW - OVERLAP) {
      const end = Math.min(value.length, start + WINDOW);
      if (end >= from) {
        work?.spend((end - start) * COST);
        if (work?.exhausted === true) return null;
        const window = start === 0 && end === value.length ? value : value.slice(start, end);
        expression.lastIndex = Math.max(0, from - start);
        const found = expression.exec(window);
        if (found !== null) return toMatch(found, start, printed.groupNumbers);
      }
      if (end >= value.length) return null;
    }
  };
  return {
    how: 'v8',
    why,
    get requires() {
      return (requires ??= requirementsOf(cover.root));
    },
    test: (value, work) => !isSpent(value.length, work) && cover.test(value) && find(value, 0, work) !== null,
    exec: (value, work) => (!isSpent(value.length, work) && cover.test(value) ? find(value, 0, work) : null),
    execFrom: (value, from, work) => (from > value.length ? null : find(value, from, work)),
  };
}

function toMatch(found: RegExpExecArray, offset: number, groupNumbers: readonly number[]): PatternMatch {
  const start = offset + found.index;
  return { span: [start, start + found[0].length], captures: groupNumbers.map((number) => found[number]) };
}
