import type { ByteSet } from './byte-set.ts';
import { childrenOf, type Assertion, type Node, type Syntax } from './syntax.ts';

// A pattern as an automaton (Thompson). Instruction 0 is the match; entries are made from the end to the beginning, so
// that each knows its successor. `first` of a split has priority over `second`.

export type Instruction =
  | { readonly op: 'match' }
  | { readonly op: 'bytes'; readonly set: number; readonly next: number }
  | { op: 'split'; first: number; second: number }
  | { readonly op: 'assert'; readonly assertion: Assertion; readonly next: number }
  | { readonly op: 'save'; readonly slot: number; readonly next: number };

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly sets: readonly ByteSet[];
  readonly start: number;
  readonly assertions: ReadonlySet<Assertion>;
}

/** Groups whose places are kept: rules see TX.0 to TX.9 only. */
export const KEPT_GROUPS = 9;

/** Unrolled size above which a pattern is left to V8: one state of the lazy automaton may hold this many entries. */
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

export function compileProgram(syntax: Syntax): Program {
  const builder = new Builder();
  const end = builder.emit({ op: 'save', slot: 1, next: 0 });
  const body = builder.compile(syntax.root, end);
  const start = builder.emit({ op: 'save', slot: 0, next: body });
  return { instructions: builder.instructions, sets: builder.sets, start, assertions: builder.assertions };
}

class Builder {
  readonly instructions: Instruction[] = [{ op: 'match' }];
  readonly sets: ByteSet[] = [];
  readonly assertions = new Set<Assertion>();
  readonly #setIds = new Map<string, number>();
  readonly #known = new Map<ByteSet, number>();

  emit(instruction: Instruction): number {
    this.instructions.push(instruction);
    return this.instructions.length - 1;
  }

  /** The entry of `node` when `next` follows it. */
  compile(node: Node, next: number): number {
    switch (node.kind) {
      case 'empty':
        return next;
      case 'set':
        return this.emit({ op: 'bytes', set: this.#setId(node.set), next });
      case 'sequence':
        return node.items.reduceRight((after, item) => this.compile(item, after), next);
      case 'choice': {
        const entries = node.branches.map((branch) => this.compile(branch, next));
        return entries.reduceRight((second, first) => this.emit({ op: 'split', first, second }));
      }
      case 'group': {
        if (node.index > KEPT_GROUPS) return this.compile(node.body, next);
        const close = this.emit({ op: 'save', slot: node.index * 2 + 1, next });
        return this.emit({ op: 'save', slot: node.index * 2, next: this.compile(node.body, close) });
      }
      case 'assert':
        this.assertions.add(node.assertion);
        return this.emit({ op: 'assert', assertion: node.assertion, next });
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
      const split: Instruction = { op: 'split', first: next, second: next };
      const at = this.emit(split);
      const inner = this.compile(body, at);
      if (lazy) split.second = inner;
      else split.first = inner;
      entry = min === 0 ? at : inner;
      copies = Math.max(0, min - 1);
    } else {
      for (let optional = min; optional < max; optional++) {
        const inner = this.compile(body, entry);
        entry = this.emit(
          lazy ? { op: 'split', first: next, second: inner } : { op: 'split', first: inner, second: next },
        );
      }
    }
    for (; copies > 0; copies--) entry = this.compile(body, entry);
    return entry;
  }

  #setId(set: ByteSet): number {
    const known = this.#known.get(set);
    if (known !== undefined) return known;
    const key = set.join('');
    const id = this.#setIds.get(key) ?? this.sets.push(set) - 1;
    this.#setIds.set(key, id);
    this.#known.set(set, id);
    return id;
  }
}
