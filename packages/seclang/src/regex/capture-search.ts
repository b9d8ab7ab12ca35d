import type { WorkMeter } from '../operators/operator.ts';
import type { PatternMatch } from './pattern.ts';
import { KEPT_GROUPS, type Program } from './program.ts';
import { EDGE, FINAL_NEWLINE, holds, sideOf, type Side } from './surroundings.ts';

// Finds the leftmost match by Perl's priorities, with its groups, by running all threads in step (Pike). Linear: no more
// threads than instructions at each byte. Threads stand in order of priority; when one matches, those behind it are cut.

/** Places of groups, two a group; never changed once a thread holds it. */
type Places = readonly number[];

interface Threads {
  readonly at: number[];
  readonly places: Places[];
}

export class CaptureSearch {
  readonly #program: Program;
  readonly #groups: number;
  readonly #seen: Uint32Array;
  readonly #first: Uint8Array | undefined;
  #round = 0;

  constructor(program: Program, groups: number) {
    this.#program = program;
    this.#groups = Math.min(groups, KEPT_GROUPS);
    this.#seen = new Uint32Array(program.instructions.length);
    this.#first = firstBytes(program);
  }

  find(value: string, from: number, work?: WorkMeter): PatternMatch | null {
    const none: Places = Array.from({ length: (this.#groups + 1) * 2 }, () => -1);
    let current: Threads = { at: [], places: [] };
    let found: Places | undefined;
    for (let at = from; ; at++) {
      if (current.at.length === 0) {
        if (found !== undefined) break;
        at = this.#skip(value, at, work);
      }
      const next: Threads = { at: [], places: [] };
      let cost = 1;
      const mark = this.#begin();
      // Threads of earlier starts come first; a later start may only be added while nothing was found.
      const ready: Threads = { at: [], places: [] };
      for (let index = 0; index < current.at.length; index++) {
        cost += this.#add(ready, current.at[index] ?? 0, current.places[index] ?? none, value, at, mark);
      }
      if (found === undefined) cost += this.#add(ready, this.#program.start, none, value, at, mark);
      const matched = this.#advance(ready, next, value.charCodeAt(at), at < value.length);
      found = matched ?? found;
      work?.spend(cost);
      if (work?.exhausted === true) return null;
      if (at >= value.length) break;
      current = next;
    }
    return found === undefined ? null : toMatch(value, found);
  }

  #begin(): number {
    return ++this.#round;
  }

  /** Steps over bytes that cannot begin a match. */
  #skip(value: string, from: number, work: WorkMeter | undefined): number {
    const first = this.#first;
    if (first === undefined) return from;
    let at = from;
    while (at < value.length && first[value.charCodeAt(at)] !== 1) at++;
    work?.spend(at - from);
    return at;
  }

  /** Moves each thread over the byte; answers the places of the first that matched and cuts those behind it. */
  #advance(ready: Threads, next: Threads, byte: number, more: boolean): Places | undefined {
    const { instructions, sets } = this.#program;
    for (let index = 0; index < ready.at.length; index++) {
      const instruction = instructions[ready.at[index] ?? 0];
      const places = ready.places[index];
      if (instruction?.op === 'match') return places;
      if (more && instruction?.op === 'bytes' && sets[instruction.set]?.[byte] === 1 && places !== undefined) {
        next.at.push(instruction.next);
        next.places.push(places);
      }
    }
    return undefined;
  }

  /** Follows everything that needs no byte, in order of priority; answers the number of instructions looked at. */
  #add(ready: Threads, start: number, places: Places, value: string, at: number, mark: number): number {
    const { instructions } = this.#program;
    const stack: { index: number; places: Places }[] = [{ index: start, places }];
    let cost = 0;
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      if (this.#seen[top.index] === mark) continue;
      this.#seen[top.index] = mark;
      cost++;
      const instruction = instructions[top.index];
      if (instruction === undefined) continue;
      switch (instruction.op) {
        case 'split':
          stack.push(
            { index: instruction.second, places: top.places },
            { index: instruction.first, places: top.places },
          );
          break;
        case 'save':
          stack.push({ index: instruction.next, places: top.places.with(instruction.slot, at) });
          break;
        case 'assert':
          if (holds(instruction.assertion, before(value, at), after(value, at))) {
            stack.push({ index: instruction.next, places: top.places });
          }
          break;
        default:
          ready.at.push(top.index);
          ready.places.push(top.places);
      }
    }
    return cost;
  }
}

function before(value: string, at: number): Side {
  return at === 0 ? EDGE : sideOf(value.charCodeAt(at - 1));
}

function after(value: string, at: number): Side {
  if (at >= value.length) return EDGE;
  const byte = value.charCodeAt(at);
  return byte === 10 && at === value.length - 1 ? FINAL_NEWLINE : sideOf(byte);
}

function toMatch(value: string, places: Places): PatternMatch {
  const captures: (string | undefined)[] = [];
  for (let slot = 0; slot < places.length; slot += 2) {
    const [from = -1, to = -1] = places.slice(slot, slot + 2);
    captures.push(from < 0 || to < 0 ? undefined : value.slice(from, to));
  }
  return { span: [places[0] ?? 0, places[1] ?? 0], captures };
}

/** Bytes a match can begin with; undefined when it can be empty. */
function firstBytes(program: Program): Uint8Array | undefined {
  const first = new Uint8Array(256);
  const seen = new Set<number>();
  const stack = [program.start];
  for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
    if (seen.has(index)) continue;
    seen.add(index);
    const instruction = program.instructions[index];
    if (instruction === undefined || instruction.op === 'match') return undefined;
    if (instruction.op === 'split') stack.push(instruction.first, instruction.second);
    else if (instruction.op === 'bytes') {
      const set = program.sets[instruction.set];
      for (let byte = 0; byte < 256; byte++) if (set?.[byte] === 1) first[byte] = 1;
    } else stack.push(instruction.next);
  }
  return first;
}
