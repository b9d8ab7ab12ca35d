import type { Transformation } from '../transformations/transformation.ts';

/** One step of a pipeline. Rules that begin with the same steps share the nodes, and with them the transformed values. */
export interface PipelineNode {
  readonly id: number;
  readonly name: string;
  readonly parent: PipelineNode | undefined;
  readonly transform: Transformation;
}

/** All pipelines of a rule set, as a tree of shared prefixes. */
export class Pipelines {
  private readonly nodes = new Map<string, PipelineNode>();

  /** The node after `parent` for the transformation `name`. */
  step(parent: PipelineNode | undefined, name: string, transform: Transformation): PipelineNode {
    const key = `${parent?.id ?? -1}:${name}`;
    let node = this.nodes.get(key);
    if (node === undefined) {
      node = { id: this.nodes.size, name, parent, transform };
      this.nodes.set(key, node);
    }
    return node;
  }
}

/** The nodes from the first step to `node`. */
export function stepsOf(node: PipelineNode | undefined): PipelineNode[] {
  const steps: PipelineNode[] = [];
  for (let at = node; at !== undefined; at = at.parent) steps.unshift(at);
  return steps;
}
