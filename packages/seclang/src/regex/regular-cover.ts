import { ALL_BYTES } from './byte-set.ts';
import { EMPTY, type Node } from './syntax.ts';

/**
 * A regular pattern that matches wherever `node` does, and more: lookaround is taken as satisfied, a back-reference as any
 * text, atomic groups may give back. A value that the cover does not match needs no look by V8.
 */
export function regularCover(node: Node): Node {
  switch (node.kind) {
    case 'look':
      return EMPTY;
    case 'backreference':
      return { kind: 'repeat', body: { kind: 'set', set: ALL_BYTES }, min: 0, max: Infinity, mode: 'greedy' };
    case 'atomic':
      return regularCover(node.body);
    case 'sequence':
      return { kind: 'sequence', items: node.items.map(regularCover) };
    case 'choice':
      return { kind: 'choice', branches: node.branches.map(regularCover) };
    case 'group':
      return { ...node, body: regularCover(node.body) };
    case 'repeat':
      return { ...node, body: regularCover(node.body), mode: node.mode === 'lazy' ? 'lazy' : 'greedy' };
    default:
      return node;
  }
}
