import { ALL_BYTES, type ByteSet } from './byte-set.ts';
import { childrenOf, type Assertion, type Node, type Syntax } from './syntax.ts';

// A pattern as an automaton (Thompson), in typed arrays: a long pattern has ten thousand instructions. Entries are made from
// the end to the beginning, so that each knows its successor. `x` of a split has priority over `y`.

/** `x` = number of the pattern that matched. */
export const MATCH = 0;
/** Takes a byte of set `x`, goes on at `y`. */
export const BYTES = 1;
export const SPLIT = 2;
/** `x` = index into ASSERTIONS, goes on at `y`. */
export const ASSERT = 3;
/** Notes the place in slot `x`, goes on at `y`. */
export const SAVE = 4;

export const ASSERTIONS: readonly Assertion[] = [
  'lineStart',
  'lineEnd',
  'textStart',
  'textEnd',
  'textEndOrFinalNewline',
  'wordBoundary',
  'notWordBoundary',
];

export interface Program {
  readonly ops: Uint8Array;
  readonly x: Uint16Array;
  readonly y: Uint16Array;
  readonly sets: readonly ByteSet[];
  /** Entry for a match that begins here. */
  readonly start: number;
  /** Entry for a match that begins here or, with less priority, later. */
  readonly search: number;
  readonly assertions: ReadonlySet<Assertion>;
  readonly patterns: number;
  /** Of several patterns: which one an instruction belongs to, or NO_OWNER. */
  readonly owners: Uint8Array | undefined;
}

const NO_OWNER = 31;

/** Groups whose places are kept: rules see TX.0 to TX.9 only. */
export const KEPT_GROUPS = 9;

/** Unrolled size above which a pattern is left to V8; instruction numbers fit 16 bits. */
export const MAX_INSTRUCTIONS = 60_000;

/** What keeps the pattern from being matched by an automaton, in words for `rules check`; undefined when nothing does. */
export function irregularity(syntax: Syntax): string | undefined {
  if (syntax.large && sizeOf(syntax.root) > MAX_INSTRUCTIONS) {
    return `counted repetitions unroll to more than ${MAX_INSTRUCTIONS} states`;
  }
  return syntax.irregular ? irregularNode(syntax.root) : undefined;
}

function irregularNode(node: Node): string | undefined {
  if (node.kind === 'look') return node.behind ? 'lookbehind' : 'lookahead';
  if (node.kind === 'backreference') return 'back-reference';
  if (node.kind === 'atomic') return 'atomic group';
  if (node.kind === 'repeat' && node.mode === 'possessive') return 'possessive repetition';
  for (const child of childrenOf(node)) {
    const reason = irregularNode(child);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function sizeOf(node: Node): number {
  let below = 0;
  for (const child of childrenOf(node)) below += sizeOf(child) + 1;
  if (node.kind !== 'repeat') return below + 2;
  const copies = node.max === Infinity ? Math.max(1, node.min) : node.max;
  return copies * (below + 1) + 2;
}

/** `plain` takes no notes of groups; `reverse` reads values from the end to the beginning, without notes too. */
export type ProgramKind = 'groups' | 'plain' | 'reverse';

export function compileProgram(syntax: Syntax, kind: ProgramKind): Program {
  const builder = new Builder(kind);
  const end = builder.emit(MATCH, 0, 0);
  if (kind !== 'groups') return builder.finish(builder.compile(syntax.root, end), 1);
  const body = builder.compile(syntax.root, builder.emit(SAVE, 1, end));
  return builder.finish(builder.emit(SAVE, 0, body), 1);
}

/** One automaton of several patterns; undefined when they are too big together. */
export function compileTogether(roots: readonly Node[]): Program | undefined {
  if (roots.reduce((sum, root) => sum + sizeOf(root) + 2, 0) > MAX_INSTRUCTIONS) return undefined;
  const builder = new Builder('plain');
  const ends: number[] = [];
  const entries = roots.map((root, number) => {
    const end = builder.emit(MATCH, number, 0);
    ends.push(end);
    return builder.compile(root, end);
  });
  ends.push(builder.size);
  const start = entries.reduceRight((second, first) => builder.emit(SPLIT, first, second));
  const program = builder.finish(start, roots.length);
  return { ...program, owners: builder.owners(ends) };
}

class Builder {
  readonly #kind: ProgramKind;
  #ops = new Uint8Array(256);
  #x = new Uint16Array(256);
  #y = new Uint16Array(256);
  #count = 0;
  readonly #sets: ByteSet[] = [];
  readonly #assertions = new Set<Assertion>();
  readonly #contents = new Map<string, number>();
  readonly #known = new Map<ByteSet, number>();

  constructor(kind: ProgramKind) {
    this.#kind = kind;
  }

  emit(op: number, x: number, y: number): number {
    if (this.#count === this.#ops.length) this.#grow();
    const at = this.#count++;
    this.#ops[at] = op;
    this.#x[at] = x;
    this.#y[at] = y;
    return at;
  }

  get size(): number {
    return this.#count;
  }

  /** Pattern `n` owns the instructions from `begins[n]` up to `begins[n + 1]`. */
  owners(begins: readonly number[]): Uint8Array {
    const owners = new Uint8Array(this.#count).fill(NO_OWNER);
    for (let number = 0; number + 1 < begins.length; number++) owners.fill(number, begins[number], begins[number + 1]);
    return owners;
  }

  finish(start: number, patterns: number): Program {
    const any = this.emit(BYTES, this.#setId(ALL_BYTES), 0);
    const search = this.emit(SPLIT, start, any);
    this.#y[any] = search;
    return {
      ops: this.#ops.slice(0, this.#count),
      x: this.#x.slice(0, this.#count),
      y: this.#y.slice(0, this.#count),
      sets: this.#sets,
      start,
      search,
      assertions: this.#assertions,
      patterns,
      owners: undefined,
    };
  }

  /** The entry of `node` when `next` follows it. */
  compile(node: Node, next: number): number {
    switch (node.kind) {
      case 'empty':
        return next;
      case 'set':
        return this.emit(BYTES, this.#setId(node.set), next);
      case 'sequence':
        return this.#kind === 'reverse'
          ? node.items.reduce((after, item) => this.compile(item, after), next)
          : node.items.reduceRight((after, item) => this.compile(item, after), next);
      case 'choice': {
        const entries = node.branches.map((branch) => this.compile(branch, next));
        return entries.reduceRight((second, first) => this.emit(SPLIT, first, second));
      }
      case 'group': {
        if (this.#kind !== 'groups' || node.index > KEPT_GROUPS) return this.compile(node.body, next);
        const close = this.emit(SAVE, node.index * 2 + 1, next);
        return this.emit(SAVE, node.index * 2, this.compile(node.body, close));
      }
      case 'assert':
        this.#assertions.add(node.assertion);
        return this.emit(ASSERT, ASSERTIONS.indexOf(node.assertion), next);
      case 'repeat':
        return this.#repeat(node.body, node.min, node.max, node.mode === 'lazy', next);
      default:
        throw new Error(`not regular: ${node.kind}`);
    }
  }

  #repeat(body: Node, min: number, max: number, lazy: boolean, next: number): number {
    let entry = next;
    let copies = min;
    if (max === Infinity) {
      const at = this.emit(SPLIT, next, next);
      const inner = this.compile(body, at);
      if (lazy) this.#y[at] = inner;
      else this.#x[at] = inner;
      entry = min === 0 ? at : inner;
      copies = Math.max(0, min - 1);
    } else {
      for (let optional = min; optional < max; optional++) {
        const inner = this.compile(body, entry);
        entry = lazy ? this.emit(SPLIT, next, inner) : this.emit(SPLIT, inner, next);
      }
    }
    for (; copies > 0; copies--) entry = this.compile(body, entry);
    return entry;
  }

  #setId(set: ByteSet): number {
    const known = this.#known.get(set);
    if (known !== undefined) return known;
    const content = String.fromCharCode(...set);
    const id = this.#contents.get(content) ?? this.#sets.push(set) - 1;
    this.#contents.set(content, id);
    this.#known.set(set, id);
    return id;
  }

  #grow(): void {
    const [ops, x, y] = [this.#ops, this.#x, this.#y];
    this.#ops = new Uint8Array(ops.length * 2);
    this.#x = new Uint16Array(x.length * 2);
    this.#y = new Uint16Array(y.length * 2);
    this.#ops.set(ops);
    this.#x.set(x);
    this.#y.set(y);
  }
}
