import { ALL_BYTES, union, type ByteSet } from './byte-set.ts';
import { childrenOf, type Node } from './syntax.ts';

// Turns atomic groups and possessive repetitions into plain ones where giving back could never help, so that the automaton
// takes the pattern. What follows is described by the bytes it can begin with. Giving back cannot help when
// 1. the pattern ends right after (nothing is left that could fail), or
// 2. the body repeats one set and nothing that follows begins with a member of it.
// An assertion behind the group that can end the pattern makes it unsafe.

interface Follow {
  readonly bytes: ByteSet;
  /** The pattern can end here. */
  readonly end: boolean;
  /** An assertion stands on the way. */
  readonly asserted: boolean;
}

const NOTHING: ByteSet = new Uint8Array(256);
const PATTERN_END: Follow = { bytes: NOTHING, end: true, asserted: false };

export function relaxAtomics(root: Node): Node {
  return holdsAtomic(root) ? relax(root, PATTERN_END) : root;
}

function holdsAtomic(node: Node): boolean {
  if (node.kind === 'atomic' || (node.kind === 'repeat' && node.mode === 'possessive')) return true;
  return childrenOf(node).some(holdsAtomic);
}

function relax(node: Node, follow: Follow): Node {
  switch (node.kind) {
    case 'sequence': {
      const items: Node[] = [];
      let after = follow;
      for (const item of node.items.toReversed()) {
        items.push(relax(item, after));
        after = before(item, after);
      }
      return { kind: 'sequence', items: items.toReversed() };
    }
    case 'choice':
      return { kind: 'choice', branches: node.branches.map((branch) => relax(branch, follow)) };
    case 'group':
      return { ...node, body: relax(node.body, follow) };
    case 'atomic':
      return safe(node.body, follow) ? relax(node.body, follow) : node;
    case 'repeat': {
      if (node.mode === 'possessive') return safe(node, follow) ? { ...node, mode: 'greedy' } : node;
      const again = node.max > 1 ? either(before(node.body, follow), follow) : follow;
      return { ...node, body: relax(node.body, again) };
    }
    default:
      return node;
  }
}

function safe(body: Node, follow: Follow): boolean {
  if (follow.end && follow.asserted) return false;
  const inner = body.kind === 'repeat' ? body.body : undefined;
  if (body.kind === 'repeat' && body.mode !== 'lazy' && inner?.kind === 'set') return disjoint(inner.set, follow.bytes);
  // A single byte or a text has nothing to give back.
  if (body.kind === 'set') return true;
  return follow.end && disjoint(ALL_BYTES, follow.bytes) && plain(body);
}

function plain(node: Node): boolean {
  if (node.kind === 'sequence') return node.items.every(plain);
  if (node.kind === 'choice') return node.branches.every(plain);
  return node.kind === 'set' || node.kind === 'empty' || (node.kind === 'repeat' && plain(node.body));
}

function disjoint(a: ByteSet, b: ByteSet): boolean {
  return !a.some((bit, byte) => bit === 1 && b[byte] === 1);
}

function either(a: Follow, b: Follow): Follow {
  return { bytes: union(a.bytes, b.bytes), end: a.end || b.end, asserted: a.asserted || b.asserted };
}

/** What stands before `node` sees this: the bytes `node` begins with, and what follows when it can be empty. */
function before(node: Node, follow: Follow): Follow {
  switch (node.kind) {
    case 'empty':
      return follow;
    case 'set':
      return { bytes: node.set, end: false, asserted: false };
    case 'sequence':
      return node.items.reduceRight((after, item) => before(item, after), follow);
    case 'choice':
      return node.branches.map((branch) => before(branch, follow)).reduce(either);
    case 'group':
    case 'atomic':
      return before(node.body, follow);
    case 'repeat': {
      const once = before(node.body, follow);
      return node.min === 0 ? either(once, follow) : once;
    }
    case 'assert':
    case 'look':
      return { ...follow, asserted: true };
    case 'backreference':
      return { bytes: ALL_BYTES, end: true, asserted: true };
    default:
      return node satisfies never;
  }
}
