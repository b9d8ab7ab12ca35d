import type { WorkMeter } from '../operators/operator.ts';
import { ASSERT, ASSERTIONS, BYTES, KEPT_GROUPS, MATCH, SAVE, SPLIT, type Program } from './program.ts';
import { holds, sideAfter, sideBefore } from './surroundings.ts';

// Finds the groups of a match whose place is known, by Perl's priorities, by running all threads in step (Pike). Linear: no
// more threads than instructions at each byte. Threads stand in order of priority; when one matches, those behind are cut.

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
  #round = 0;

  /** The program was made with notes of groups. */
  constructor(program: Program, groups: number) {
    this.#program = program;
    this.#groups = Math.min(groups, KEPT_GROUPS);
    this.#seen = new Uint32Array(program.ops.length);
  }

  /** The texts of the groups of the match that begins at `from`; undefined when there is none or the work was used up. */
  groupsAt(value: string, from: number, work?: WorkMeter): (string | undefined)[] | undefined {
    const none: Places = Array.from({ length: (this.#groups + 1) * 2 }, () => -1);
    let current: Threads = { at: [this.#program.start], places: [none] };
    let found: Places | undefined;
    for (let at = from; current.at.length > 0; at++) {
      const ready: Threads = { at: [], places: [] };
      let cost = 1;
      this.#round++;
      for (let index = 0; index < current.at.length; index++) {
        cost += this.#add(ready, current.at[index] ?? 0, current.places[index] ?? none, value, at);
      }
      work?.spend(cost);
      if (work?.exhausted === true) return undefined;
      const next: Threads = { at: [], places: [] };
      found = this.#advance(ready, next, value.charCodeAt(at), at < value.length) ?? found;
      current = next;
    }
    return found === undefined ? undefined : textsOf(value, found);
  }

  /** Moves each thread over the byte; answers the places of the first that matched and cuts those behind it. */
  #advance(ready: Threads, next: Threads, byte: number, more: boolean): Places | undefined {
    const { ops, x, y, sets } = this.#program;
    for (let index = 0; index < ready.at.length; index++) {
      const at = ready.at[index] ?? 0;
      const places = ready.places[index];
      if (ops[at] === MATCH) return places;
      if (more && sets[x[at] ?? 0]?.[byte] === 1 && places !== undefined) {
        next.at.push(y[at] ?? 0);
        next.places.push(places);
      }
    }
    return undefined;
  }

  /** Follows everything that needs no byte, in order of priority; answers the number of instructions looked at. */
  #add(ready: Threads, start: number, places: Places, value: string, at: number): number {
    const { ops, x, y } = this.#program;
    const stack: { index: number; places: Places }[] = [{ index: start, places }];
    let cost = 0;
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const { index } = top;
      if (this.#seen[index] === this.#round) continue;
      this.#seen[index] = this.#round;
      cost++;
      const op = ops[index];
      if (op === SPLIT) {
        stack.push({ index: y[index] ?? 0, places: top.places }, { index: x[index] ?? 0, places: top.places });
      } else if (op === SAVE) {
        stack.push({ index: y[index] ?? 0, places: top.places.with(x[index] ?? 0, at) });
      } else if (op === ASSERT) {
        const assertion = ASSERTIONS[x[index] ?? 0] ?? 'textStart';
        if (holds(assertion, sideBefore(value, at), sideAfter(value, at))) {
          stack.push({ index: y[index] ?? 0, places: top.places });
        }
      } else if (op === BYTES || op === MATCH) {
        ready.at.push(index);
        ready.places.push(top.places);
      }
    }
    return cost;
  }
}

function textsOf(value: string, places: Places): (string | undefined)[] {
  const texts: (string | undefined)[] = [];
  for (let slot = 0; slot < places.length; slot += 2) {
    const [from = -1, to = -1] = places.slice(slot, slot + 2);
    texts.push(from < 0 || to < 0 ? undefined : value.slice(from, to));
  }
  return texts;
}
