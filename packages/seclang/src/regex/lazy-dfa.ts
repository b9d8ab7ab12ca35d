import { byteClasses } from './byte-classes.ts';
import { walk, type Verdict, type Walk } from './instruction-walk.ts';
import { BYTES, MATCH, type Program } from './program.ts';
import { DEAD, MATCHED, StateTables, UNKNOWN } from './state-tables.ts';
import {
  EDGE,
  FINAL_NEWLINE,
  FINAL_SIDE,
  holds,
  mayHoldAfter,
  mayHoldBefore,
  sideAfter,
  sideBefore,
  sideOf,
  sidesAsked,
} from './surroundings.ts';
import type { Assertion } from './syntax.ts';

// Matches by a table that is filled as values need it: one look-up a byte. Invariants:
// 1. A state is the list of instructions that wait for the next byte, what stands before as far as one of its assertions asks
//    for it, and the patterns that matched so far. Everything that needs no byte was followed when the state was made.
// 2. `any` asks which patterns match anywhere: lists are sorted, matched patterns leave, and all matched ends the run.
//    `first` finds the end of the leftmost match by Perl's priorities: lists stand in order of priority, and a match cuts what
//    stands behind it, the search for later beginnings included. `longest` runs backwards from a match's end, anchored,
//    and the last match it sees is the leftmost beginning; leftmost is what `first` found, so both are ends of one match.
// 3. Columns are classes of bytes that no set and no assertion tells apart, then "a line feed that ends the value" and
//    "the end". So assertions look one byte ahead without looking; a match is known one byte late in `first` and `longest`.
// 4. Tables are bounded (state-tables.ts). A value that thrashes them costs at most the program's size for each byte: still
//    linear in the value.

export type Mode = 'any' | 'first' | 'longest';

const NOTE = 0x8000;
const ID = 0x7fff;

export class LazyDfa {
  readonly #program: Program;
  readonly #mode: Mode;
  readonly #classes: Uint8Array;
  readonly #samples: Uint8Array;
  readonly #finalNewline: number;
  readonly #end: number;
  readonly #sides: number;
  readonly #all: number;
  readonly #tables: StateTables;
  /** Beginnings by what stands before. */
  readonly #begins = new Map<number, number>();
  #beginsFlush = 0;
  /** Instructions looked at for transitions so far: what values cost beyond one look-up a byte. */
  effort = 0;
  /** Bytes that the last `endFrom` or `beginBefore` looked at; a property of the value, not of the tables. */
  looked = 0;

  constructor(program: Program, mode: Mode) {
    this.#program = program;
    this.#mode = mode;
    const { classes, samples } = byteClasses(program);
    this.#classes = classes;
    this.#samples = samples;
    this.#finalNewline = samples.length;
    this.#end = samples.length + 1;
    const asked = sidesAsked(program.assertions);
    this.#sides = mode === 'longest' ? asked : asked & ~FINAL_SIDE;
    this.#all = 2 ** program.patterns - 1;
    this.#tables = new StateTables(samples.length + 2);
  }

  get stateCount(): number {
    return this.#tables.count;
  }

  get flushes(): number {
    return this.#tables.flushes;
  }

  get bytes(): number {
    return this.#tables.bytes;
  }

  /** For `any`: the bits of the patterns that match somewhere. */
  matchedBy(value: string): number {
    const { length } = value;
    let state = this.#begin(EDGE);
    // The byte before the end has a column of its own when it is a line feed.
    const stop = this.#program.assertions.has('textEndOrFinalNewline') && value.endsWith('\n') ? length - 1 : length;
    const classes = this.#classes;
    const { width } = this.#tables;
    for (let at = 0; at < stop;) {
      const { table } = this.#tables;
      for (; at < stop; at++) {
        const next = table[state * width + (classes[value.charCodeAt(at)] ?? 0)] ?? UNKNOWN;
        if (next <= MATCHED) break;
        state = next;
      }
      if (at === stop) break;
      state = this.#move(state, classes[value.charCodeAt(at++)] ?? 0);
      if (state === MATCHED) return this.#all;
      if (state === DEAD) return 0;
    }
    if (stop < length) state = this.#move(state, this.#finalNewline);
    if (state > MATCHED) state = this.#move(state, this.#end);
    return state === MATCHED ? this.#all : this.#tables.mask(state);
  }

  /** For `first`: where the leftmost match that begins at `from` or later ends; -1 when there is none. */
  endFrom(value: string, from: number): number {
    let end = -1;
    let state = this.#begin(sideBefore(value, from));
    for (let at = from; ; at++) {
      const next = this.#move(state, this.#column(value, at));
      if ((next & NOTE) !== 0) end = at;
      state = next & ID;
      if (state === DEAD || at >= value.length) {
        this.looked = at - from + 1;
        return end;
      }
    }
  }

  /** For `longest`: the leftmost place, not before `from`, where a match that ends at `end` begins. */
  beginBefore(value: string, end: number, from: number): number {
    let begin = -1;
    let state = this.#begin(sideAfter(value, end));
    for (let at = end; ; at--) {
      const next = this.#move(state, at === 0 ? this.#end : this.#column(value, at - 1));
      if ((next & NOTE) !== 0) begin = at;
      state = next & ID;
      if (state === DEAD || at <= from) {
        this.looked = end - at + 1;
        return begin;
      }
    }
  }

  #column(value: string, at: number): number {
    if (at >= value.length) return this.#end;
    const byte = value.charCodeAt(at);
    return byte === 10 && at === value.length - 1 ? this.#finalNewline : (this.#classes[byte] ?? 0);
  }

  #begin(side: number): number {
    if (this.#tables.renew() || this.#beginsFlush !== this.#tables.flushes) this.#begins.clear();
    const seen = side & this.#sides;
    let state = this.#begins.get(seen);
    if (state === undefined) {
      state = this.#enter([this.#mode === 'longest' ? this.#program.start : this.#program.search], seen, 0);
      if (this.#beginsFlush !== this.#tables.flushes) this.#begins.clear();
      this.#begins.set(seen, state);
    }
    this.#beginsFlush = this.#tables.flushes;
    return state;
  }

  /** The next state, with the note of `first` and `longest`; worked out and remembered when it is new. */
  #move(state: number, column: number): number {
    const tables = this.#tables;
    const known = tables.table[state * tables.width + column] ?? UNKNOWN;
    if (known !== UNKNOWN || state <= MATCHED) return known === UNKNOWN ? state : known;
    const { flushes } = tables;
    const next = this.#successor(state, column);
    if (flushes === tables.flushes) tables.table[state * tables.width + column] = next;
    return next;
  }

  #successor(state: number, column: number): number {
    const { ops, x, y, sets } = this.#program;
    const context = this.#tables.context(state);
    let waiting = this.#tables.waiting(state);
    let mask = this.#tables.mask(state);
    if (context !== 0) ({ waiting, mask } = this.#decide(waiting, context - 1, mask, this.#sideAt(column)));
    if (this.#mode === 'any' && mask === this.#all) return MATCHED;
    this.effort += waiting.length;
    const byte = column >= this.#finalNewline ? 10 : (this.#samples[column] ?? 0);
    const reached: number[] = [];
    let note = 0;
    for (let index = 0; index < waiting.length; index++) {
      const at = waiting[index] ?? 0;
      const op = ops[at];
      if (op === BYTES) {
        if (column !== this.#end && sets[x[at] ?? 0]?.[byte] === 1) reached.push(y[at] ?? 0);
      } else if (op === MATCH) {
        note = NOTE;
        if (this.#mode === 'first') break;
      }
    }
    return this.#enter(reached, this.#sideAt(column) & this.#sides, mask) | note;
  }

  #sideAt(column: number): number {
    if (column === this.#end) return EDGE;
    return column === this.#finalNewline ? FINAL_NEWLINE : sideOf(this.#samples[column] ?? 0);
  }

  /** Both sides are known: follows the assertions that hold. */
  #decide(waiting: Uint16Array, behind: number, mask: number, ahead: number): Walk {
    const backwards = this.#mode === 'longest';
    const judge = (assertion: Assertion): Verdict =>
      holds(assertion, backwards ? ahead : behind, backwards ? behind : ahead) ? 'pass' : 'drop';
    return walk(this.#program, waiting, { matches: this.#matches, judge, mask });
  }

  get #matches(): 'mask' | 'first' | 'all' {
    return this.#mode === 'any' ? 'mask' : this.#mode === 'first' ? 'first' : 'all';
  }

  /** The state of the instructions reached when what was read last is known and what comes is not. */
  #enter(reached: readonly number[], side: number, before: number): number {
    const mayHold = this.#mode === 'longest' ? mayHoldBefore : mayHoldAfter;
    const judge = (assertion: Assertion): Verdict => (mayHold(assertion, side) ? 'keep' : 'drop');
    const { waiting, mask, asks, visited } = walk(this.#program, reached, {
      matches: this.#matches,
      judge,
      mask: before,
    });
    this.effort += visited;
    if (this.#mode === 'any' && mask === this.#all) return MATCHED;
    if (waiting.length === 0 && mask === 0) return DEAD;
    if (this.#mode === 'any') waiting.sort();
    return this.#tables.intern(waiting, asks ? side + 1 : 0, mask);
  }
}
