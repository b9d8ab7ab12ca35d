import type { PipelineNode } from '../compile/pipeline.ts';
import { lowercase } from '../transformations/lowercase.ts';

/** One value of a collection. It remembers what each pipeline prefix made of it, so that no rule transforms it again. */
export class Item {
  readonly key: string;
  readonly value: string;
  private lower: string | undefined;
  private named: Item | undefined;
  private cells: (string | undefined)[] | undefined;

  constructor(key: string, value: string) {
    this.key = key;
    this.value = value;
  }

  get lowerKey(): string {
    this.lower ??= lowerCase(this.key);
    return this.lower;
  }

  /** The key as a value: what the `…_NAMES` collections hold. */
  get nameItem(): Item {
    this.named ??= new Item(this.key, this.key);
    return this.named;
  }

  /** The value after the transformations up to and including `node`. */
  after(node: PipelineNode, work: { spend(units: number): void }): string {
    this.cells ??= [];
    let value = this.cells[node.id];
    if (value === undefined) {
      const before = node.parent === undefined ? this.value : this.after(node.parent, work);
      work.spend(before.length);
      value = node.transform(before);
      this.cells[node.id] = value;
    }
    return value;
  }
}

export const NO_ITEMS: readonly Item[] = [];

/** ASCII only: names are bytes, and folding of bytes above 127 would change them. */
export function lowerCase(text: string): string {
  return lowercase(text);
}
