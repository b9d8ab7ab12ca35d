import { ASSERT, ASSERTIONS, BYTES, MATCH, SAVE, SPLIT, type Program } from './program.ts';
import type { Assertion } from './syntax.ts';

// Follows everything that needs no byte. The scratch arrays belong to all automata, because matching is synchronous and no
// automaton runs within another: a walk's result is valid until the next walk.

export type Verdict = 'pass' | 'keep' | 'drop';

let seen = new Uint32Array(0);
let stack = new Uint16Array(0);
let waiting = new Uint16Array(0);
let round = 0;

/** Bits of the patterns that a walk matched; 32 would not fit. */
export const MAX_TOGETHER = 30;

export interface Walk {
  readonly waiting: Uint16Array;
  /** Patterns whose match was reached, besides those already known. */
  readonly mask: number;
  readonly asks: boolean;
  /** Instructions looked at. */
  readonly visited: number;
}

export interface WalkOptions {
  /** `mask` notes matches, and leaves out the patterns that have one; `first` keeps them in their place and cuts what follows; `all` keeps them. */
  readonly matches: 'mask' | 'first' | 'all';
  readonly judge: (assertion: Assertion) => Verdict;
  readonly mask: number;
}

export function walk(program: Program, from: Uint16Array | readonly number[], options: WalkOptions): Walk {
  const { ops, x, y, owners } = program;
  prepare(ops.length);
  let { mask } = options;
  let count = 0;
  let asks = false;
  let visited = 0;
  for (let index = 0; index < from.length; index++) {
    let depth = 0;
    stack[depth++] = from[index] ?? 0;
    while (depth > 0) {
      const at = stack[--depth] ?? 0;
      if (seen[at] === round) continue;
      seen[at] = round;
      visited++;
      if (owners !== undefined && mask !== 0 && (mask & (1 << (owners[at] ?? 31))) !== 0) continue;
      const op = ops[at];
      if (op === BYTES) waiting[count++] = at;
      else if (op === SPLIT) {
        stack[depth++] = y[at] ?? 0;
        stack[depth++] = x[at] ?? 0;
      } else if (op === SAVE) stack[depth++] = y[at] ?? 0;
      else if (op === MATCH) {
        if (options.matches === 'mask') mask |= 1 << (x[at] ?? 0);
        else {
          waiting[count++] = at;
          if (options.matches === 'first') return { waiting: waiting.subarray(0, count), mask, asks, visited };
        }
      } else if (op === ASSERT) {
        const verdict = options.judge(ASSERTIONS[x[at] ?? 0] ?? 'textStart');
        if (verdict === 'pass') stack[depth++] = y[at] ?? 0;
        else if (verdict === 'keep') {
          asks = true;
          waiting[count++] = at;
        }
      }
    }
  }
  return { waiting: waiting.subarray(0, count), mask, asks, visited };
}

function prepare(size: number): void {
  if (size > seen.length) {
    const room = Math.max(1024, size, seen.length * 2);
    seen = new Uint32Array(room);
    waiting = new Uint16Array(room);
    // Each split is followed once and pushes two.
    stack = new Uint16Array(room * 2 + 2);
    round = 0;
  }
  if (round === 0xffff_ffff) {
    seen.fill(0);
    round = 0;
  }
  round++;
}
