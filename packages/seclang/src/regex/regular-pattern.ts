import type { WorkMeter } from '../operators/operator.ts';
import { CaptureSearch } from './capture-search.ts';
import { LazyDfa } from './lazy-dfa.ts';
import type { Pattern, PatternMatch } from './pattern.ts';
import { compileProgram, type Program } from './program.ts';
import { requirementsOf, type Requirements } from './requirements.ts';
import type { Syntax } from './syntax.ts';
import { isSpent } from './work.ts';

/**
 * A pattern that automata match. Each is made at its first use, because most rules of a set are never reached: one that says
 * whether, two that say where (its end, then its beginning), and the thread search when the groups are asked for. The syntax is
 * held only until the requirements are known; what comes later reads the text again.
 */
export class RegularPattern implements Pattern {
  readonly how = 'dfa';
  readonly why = 'regular';
  readonly #read: () => Syntax;
  readonly #groupCount: number;
  #syntax: Syntax | undefined;
  #requires: Requirements | undefined;
  #forward: Program | undefined;
  #whether: LazyDfa | undefined;
  #end: LazyDfa | undefined;
  #begin: LazyDfa | undefined;
  #groups: CaptureSearch | undefined;

  constructor(syntax: Syntax, read: () => Syntax) {
    this.#syntax = syntax;
    this.#read = read;
    this.#groupCount = syntax.groups;
  }

  get requires(): Requirements {
    if (this.#requires === undefined) {
      this.#requires = requirementsOf((this.#syntax ?? this.#read()).root);
      this.#syntax = undefined;
    }
    return this.#requires;
  }

  test(value: string, work?: WorkMeter): boolean {
    if (isSpent(value.length, work)) return false;
    this.#whether ??= new LazyDfa(this.#plain(), 'any');
    return this.#whether.matchedBy(value) !== 0;
  }

  exec(value: string, work?: WorkMeter): PatternMatch | null {
    return this.test(value, work) ? this.execFrom(value, 0, work) : null;
  }

  execFrom(value: string, from: number, work?: WorkMeter): PatternMatch | null {
    if (from > value.length || isSpent(0, work)) return null;
    this.#end ??= new LazyDfa(this.#plain(), 'first');
    const end = this.#end.endFrom(value, from);
    if (isSpent(this.#end.looked, work) || end < 0) return null;
    this.#begin ??= new LazyDfa(compileProgram(this.#read(), 'reverse'), 'longest');
    const begin = this.#begin.beginBefore(value, end, from);
    if (isSpent(this.#begin.looked, work)) return null;
    if (begin < 0) throw new Error('the two searches of a pattern disagree');
    return new FoundMatch([begin, end], value, () => this.#groupsAt(value, begin, work));
  }

  #groupsAt(value: string, begin: number, work?: WorkMeter): (string | undefined)[] | undefined {
    if (this.#groupCount === 0) return undefined;
    this.#groups ??= new CaptureSearch(compileProgram(this.#read(), 'groups'), this.#groupCount);
    return this.#groups.groupsAt(value, begin, work);
  }

  #plain(): Program {
    this.#forward ??= compileProgram(this.#syntax ?? this.#read(), 'plain');
    return this.#forward;
  }
}

/** The groups cost more than all before, and most callers do not ask. A class: a getter in a literal would be a new shape each time. */
class FoundMatch implements PatternMatch {
  readonly span: readonly [number, number];
  readonly #value: string;
  readonly #groups: () => (string | undefined)[] | undefined;
  #captures: (string | undefined)[] | undefined;

  constructor(span: readonly [number, number], value: string, groups: () => (string | undefined)[] | undefined) {
    this.span = span;
    this.#value = value;
    this.#groups = groups;
  }

  get captures(): (string | undefined)[] {
    return (this.#captures ??= this.#groups() ?? [this.#value.slice(...this.span)]);
  }
}
