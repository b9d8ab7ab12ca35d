import { childrenOf, type Node } from './syntax.ts';

/** Texts that a pattern would match if assertions and lookaround did not ask; from a seed. */
export class Sampler {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 2_654_435_761 + 12_345) >>> 0;
  }

  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 4_294_967_296) * limit);
  }

  textOf(node: Node): string {
    switch (node.kind) {
      case 'set': {
        // Printable members first: other bytes would rarely be met.
        const members = [...node.set.keys()].filter((byte) => node.set[byte] === 1);
        const shown = members.filter((byte) => byte >= 32 && byte < 127);
        const from = shown.length > 0 && this.below(8) > 0 ? shown : members;
        return from.length === 0 ? '' : String.fromCharCode(from[this.below(from.length)] ?? 0);
      }
      case 'choice':
        return this.textOf(node.branches[this.below(node.branches.length)] ?? node);
      case 'repeat': {
        const most = Math.min(node.max, node.min + 2);
        const count = node.min + this.below(most - node.min + 1);
        return Array.from({ length: count }, () => this.textOf(node.body)).join('');
      }
      case 'look':
        return '';
      default:
        return childrenOf(node)
          .map((child) => this.textOf(child))
          .join('');
    }
  }
}
