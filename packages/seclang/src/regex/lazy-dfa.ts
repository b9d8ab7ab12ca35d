import type { WorkMeter } from '../operators/operator.ts';
import { byteClasses } from './byte-classes.ts';
import type { Program } from './program.ts';
import type { Assertion } from './syntax.ts';
import { EDGE, FINAL_NEWLINE, holds, mayHold, sideOf, type Side } from './surroundings.ts';

// Says whether a program matches anywhere in a value, one table look-up a byte. Invariants:
// 1. A state is the set of `bytes` and `assert` instructions that wait for the next byte, and what stands before, as far
//    as one of the assertions asks for it. Everything that needs no byte was followed when the state was made.
// 2. The search is unanchored: each step adds the program's start again. A state without instructions is dead only when the
//    start can come to nothing behind the value's first byte (`\A`); with `^` a later line may still match.
// 3. Columns are classes of bytes that no set and no assertion tells apart, then "a line feed that ends the value" and
//    "the end". So assertions look one byte ahead without looking.
// 4. Tables are bounded by MAX_STATES and MAX_HELD; when full they are forgotten and built anew from the current state.
//    A value that thrashes them costs at most the program's size for each byte: still linear in the value.

const UNKNOWN = 0;
const DEAD = 1;
const MATCH = 2;

const MAX_STATES = 2000;
/** Instruction numbers held by all states together: 2 MB. */
const MAX_HELD = 500_000;
/** Bytes between two looks at the work meter. */
const BLOCK = 4096;

interface State {
  readonly waiting: readonly number[];
  readonly before: Side;
  readonly asks: boolean;
}

function isSpent(work: WorkMeter | undefined): boolean {
  return work !== undefined && work.exhausted;
}

export class LazyDfa {
  readonly #program: Program;
  readonly #classes: Uint8Array;
  readonly #samples: readonly number[];
  readonly #width: number;
  readonly #finalNewline: number;
  readonly #end: number;
  readonly #seen: Uint32Array;
  readonly #restarts: boolean;
  #round = 0;
  #table: Uint16Array = new Uint16Array(0);
  #states: State[] = [];
  #ids = new Map<string, number>();
  #held = 0;
  #first = UNKNOWN;
  /** Times the tables were forgotten; for tests and diagnostics. */
  flushes = 0;

  constructor(program: Program) {
    this.#program = program;
    const { classes, samples } = byteClasses(program);
    this.#classes = classes;
    this.#samples = samples;
    this.#finalNewline = samples.length;
    this.#end = samples.length + 1;
    this.#width = samples.length + 2;
    this.#seen = new Uint32Array(program.instructions.length);
    const later = this.#follow([program.start], (assertion) => (assertion === 'textStart' ? 'drop' : 'keep'));
    this.#restarts = later === MATCH || later.length > 0;
    this.#forget();
  }

  get stateCount(): number {
    return this.#states.length - MATCH - 1;
  }

  matches(value: string, work?: WorkMeter): boolean {
    if (this.#first === UNKNOWN) this.#first = this.#enter([this.#program.start], EDGE);
    let state = this.#first;
    const last = this.#program.assertions.has('textEndOrFinalNewline') ? value.length - 1 : -1;
    for (let from = 0; from < value.length && state > MATCH; from += BLOCK) {
      const to = Math.min(value.length, from + BLOCK);
      work?.spend(to - from);
      if (isSpent(work)) return false;
      for (let at = from; at < to && state > MATCH; at++) {
        const byte = value.charCodeAt(at);
        const column = at === last && byte === 10 ? this.#finalNewline : (this.#classes[byte] ?? 0);
        const next = this.#table[state * this.#width + column] ?? UNKNOWN;
        if (next === UNKNOWN) {
          state = this.#step(state, column, work);
          if (isSpent(work)) return false;
        } else {
          state = next;
        }
      }
    }
    if (state > MATCH && this.#states[state]?.asks === true) {
      const next = this.#table[state * this.#width + this.#end] ?? UNKNOWN;
      state = next === UNKNOWN ? this.#step(state, this.#end, work) : next;
    }
    return state === MATCH;
  }

  #forget(): void {
    const none: State = { waiting: [], before: EDGE, asks: false };
    this.#states = [none, none, none];
    this.#ids = new Map();
    this.#held = 0;
    this.#first = UNKNOWN;
    this.#table = new Uint16Array(16 * this.#width);
  }

  /** Makes the transition and remembers it, unless the tables were forgotten meanwhile. */
  #step(from: number, column: number, work: WorkMeter | undefined): number {
    const state = this.#states[from];
    if (state === undefined) return DEAD;
    work?.spend(state.waiting.length);
    const flushes = this.flushes;
    const to = this.#successor(state, column);
    if (flushes === this.flushes) this.#table[from * this.#width + column] = to;
    return to;
  }

  #successor(state: State, column: number): number {
    const { instructions, sets, start } = this.#program;
    const waiting = state.asks ? this.#decide(state, this.#sideAt(column)) : state.waiting;
    if (waiting === MATCH) return MATCH;
    if (column === this.#end) return DEAD;
    const byte = column === this.#finalNewline ? 10 : (this.#samples[column] ?? 0);
    const reached: number[] = [];
    for (const index of waiting) {
      const instruction = instructions[index];
      if (instruction?.op === 'bytes' && sets[instruction.set]?.[byte] === 1) reached.push(instruction.next);
    }
    reached.push(start);
    return this.#enter(reached, sideOf(byte));
  }

  #sideAt(column: number): Side {
    if (column === this.#end) return EDGE;
    return column === this.#finalNewline ? FINAL_NEWLINE : sideOf(this.#samples[column] ?? 0);
  }

  /** Both sides are known: follows the assertions that hold. */
  #decide(state: State, after: Side): readonly number[] | typeof MATCH {
    return this.#follow(state.waiting, (assertion) => (holds(assertion, state.before, after) ? 'pass' : 'drop'));
  }

  /** The state of the instructions reached when `before` is known and the next byte is not. */
  #enter(reached: readonly number[], before: Side): number {
    const waiting = this.#follow(reached, (assertion) => (mayHold(assertion, before) ? 'keep' : 'drop'));
    if (waiting === MATCH) return MATCH;
    if (waiting.length === 0 && !this.#restarts) return DEAD;
    waiting.sort((a, b) => a - b);
    const asks = waiting.some((index) => this.#program.instructions[index]?.op === 'assert');
    const context = asks ? `${+before.edge}${+before.newline}${+before.word}` : '';
    let key = context;
    // Instruction numbers stay below 65,536 (MAX_INSTRUCTIONS).
    for (const index of waiting) key += String.fromCharCode(index);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    if (this.#states.length >= MAX_STATES || this.#held + waiting.length > MAX_HELD) {
      this.#forget();
      this.flushes++;
    }
    const id = this.#states.push({ waiting, before, asks }) - 1;
    this.#ids.set(key, id);
    this.#held += waiting.length;
    if ((id + 1) * this.#width > this.#table.length) {
      const larger = new Uint16Array(this.#table.length * 2);
      larger.set(this.#table);
      this.#table = larger;
    }
    return id;
  }

  #follow(from: readonly number[], judge: (assertion: Assertion) => 'pass' | 'keep' | 'drop'): number[] | typeof MATCH {
    const { instructions } = this.#program;
    const round = ++this.#round;
    const waiting: number[] = [];
    const stack = [...from];
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      if (this.#seen[index] === round) continue;
      this.#seen[index] = round;
      const instruction = instructions[index];
      if (instruction === undefined) continue;
      if (instruction.op === 'match') return MATCH;
      if (instruction.op === 'bytes') waiting.push(index);
      else if (instruction.op === 'save') stack.push(instruction.next);
      else if (instruction.op === 'split') stack.push(instruction.first, instruction.second);
      else {
        const verdict = judge(instruction.assertion);
        if (verdict === 'pass') stack.push(instruction.next);
        else if (verdict === 'keep') waiting.push(index);
      }
    }
    return waiting;
  }
}
