import type { ByteSet } from './byte-set.ts';

// A parsed pattern. Flags are already worked in: case into the sets, `s` into the dot, `m` into the assertions, `x` is gone.

export type Assertion =
  /** `^` with m: at the start, and after each line feed that does not end the value. */
  | 'lineStart'
  /** `$` with m: before each line feed, and at the end. */
  | 'lineEnd'
  /** `\A`, and `^` without m. */
  | 'textStart'
  /** `\z` */
  | 'textEnd'
  /** `\Z`, and `$` without m: at the end, or before a line feed that ends the value. */
  | 'textEndOrFinalNewline'
  | 'wordBoundary'
  | 'notWordBoundary';

export type RepeatMode = 'greedy' | 'lazy' | 'possessive';

export interface Repeat {
  readonly kind: 'repeat';
  readonly body: Node;
  readonly min: number;
  /** `Infinity` when unbounded. */
  readonly max: number;
  readonly mode: RepeatMode;
}

export interface Backreference {
  readonly kind: 'backreference';
  readonly group: number;
  readonly ignoreCase: boolean;
}

export type Node =
  | { readonly kind: 'empty' }
  | { readonly kind: 'set'; readonly set: ByteSet }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly branches: readonly Node[] }
  | Repeat
  | { readonly kind: 'group'; readonly index: number; readonly body: Node }
  | { readonly kind: 'atomic'; readonly body: Node }
  | { readonly kind: 'look'; readonly behind: boolean; readonly negative: boolean; readonly body: Node }
  | { readonly kind: 'assert'; readonly assertion: Assertion }
  | Backreference;

export interface Syntax {
  readonly root: Node;
  /** Capturing groups, not counting the whole match. */
  readonly groups: number;
  /** Something stands in it that an automaton does not take: lookaround, a back-reference, atomic or possessive parts. */
  readonly irregular: boolean;
  /** Could unroll to many instructions: counted repetitions, or a very long text. */
  readonly large: boolean;
}

/** Nodes that parsing hands out again for equal texts; bounded by the parser. */
export const SHARED_NODES = new WeakSet<Node>();

export const EMPTY: Node = { kind: 'empty' };

export function sequenceOf(items: readonly Node[]): Node {
  return items.length === 1 ? (items[0] ?? EMPTY) : items.length === 0 ? EMPTY : { kind: 'sequence', items };
}

/** Nodes directly below. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'sequence':
      return node.items;
    case 'choice':
      return node.branches;
    case 'repeat':
    case 'group':
    case 'atomic':
    case 'look':
      return [node.body];
    default:
      return [];
  }
}
