import { Item } from '../transaction/item.ts';
import type { XmlSink } from './xml.ts';
import { localName, type Compare, type Operand, type Predicate, type Step, type XPath } from './xpath.ts';

// A document as a list of nodes in document order. A step of a path is one walk over the list: who is selected follows from
// what its parent is, so a path costs nodes times steps, whatever the nesting.

interface Node {
  readonly kind: 'element' | 'text' | 'attribute';
  /** Without its prefix. */
  readonly name: string;
  /** Place of the parent, -1 for the root element. */
  readonly parent: number;
  /** Of an attribute; the other nodes have a range of the document's text. */
  readonly value: string | undefined;
  readonly start: number;
  end: number;
}

/** More would cost an attacker little and the tree a lot of memory. */
const MAX_NODES = 100_000;

export class XmlDocument implements XmlSink {
  private readonly nodes: Node[] = [];
  private readonly children = new Map<number, number[]>();
  private readonly path: number[] = [];
  private readonly pieces: string[] = [];
  private length = 0;
  private joined: string | undefined;
  private readonly answers = new Map<XPath, readonly Item[]>();

  open(name: string): void {
    this.path.push(this.add('element', localName(name), undefined));
  }

  attribute(name: string, value: string): void {
    this.add('attribute', localName(name), value);
  }

  text(text: string): void {
    const place = this.add('text', '', undefined);
    this.pieces.push(text);
    this.length += text.length;
    this.closeAt(place);
  }

  close(): void {
    const place = this.path.pop();
    if (place !== undefined) this.closeAt(place);
  }

  select(path: XPath): readonly Item[] {
    let items = this.answers.get(path);
    if (items === undefined) {
      items = this.walk(path).map((place) => new Item(path.text, this.valueOf(place)));
      this.answers.set(path, items);
    }
    return items;
  }

  private add(kind: Node['kind'], name: string, value: string | undefined): number {
    const place = this.nodes.length;
    if (place >= MAX_NODES) throw new Error(`the XML document has more than ${MAX_NODES} nodes: no XPath can be asked`);
    const parent = this.path.at(-1) ?? -1;
    this.nodes.push({ kind, name, parent, value, start: this.length, end: -1 });
    const siblings = this.children.get(parent);
    if (siblings === undefined) this.children.set(parent, [place]);
    else siblings.push(place);
    return place;
  }

  private closeAt(place: number): void {
    const node = this.nodes[place];
    if (node !== undefined) node.end = this.length;
  }

  /** The string value (XPath 1.0 section 5): of an element, all text in it. */
  private valueOf(place: number): string {
    const node = this.nodes[place];
    if (node === undefined) return '';
    if (node.value !== undefined) return node.value;
    this.joined ??= this.pieces.join('');
    return this.joined.slice(node.start, node.end === -1 ? undefined : node.end);
  }

  private walk({ steps }: XPath): number[] {
    let context: Uint8Array | undefined;
    let selected: number[] = [];
    for (const step of steps) {
      selected = this.step(step, context);
      context = new Uint8Array(this.nodes.length);
      for (const place of selected) context[place] = 1;
    }
    return selected;
  }

  /** Undefined = the context is the document itself. */
  private step({ axis, test, predicates }: Step, context: Uint8Array | undefined): number[] {
    const below = new Uint8Array(this.nodes.length);
    const byParent = new Map<number, number[]>();
    for (const [place, node] of this.nodes.entries()) {
      const { parent } = node;
      const isChild = context === undefined ? parent === -1 : context[parent] === 1;
      const isBelow = isChild || context === undefined || below[parent] === 1;
      if (isBelow) below[place] = 1;
      if (!(axis === 'child' ? isChild : isBelow) || !isTested(node, test)) continue;
      const siblings = byParent.get(parent);
      if (siblings === undefined) byParent.set(parent, [place]);
      else siblings.push(place);
    }
    // Positions count among the siblings that the step selects (section 2.4).
    const selected = [...byParent.values()].flatMap((siblings) => this.filtered(siblings, predicates));
    return selected.sort((one, other) => one - other);
  }

  private filtered(places: readonly number[], predicates: readonly Predicate[]): readonly number[] {
    let left = places;
    for (const predicate of predicates) {
      if (predicate.kind === 'position') {
        const place = predicate.at === 'last' ? left.at(-1) : left[predicate.at - 1];
        left = place === undefined ? [] : [place];
      } else {
        const { operand, compare, negated } = predicate;
        left = left.filter((place) => this.holds(place, operand, compare) !== negated);
      }
    }
    return left;
  }

  private holds(place: number, operand: Operand, compare: Compare | undefined): boolean {
    if (operand.kind === 'self') return passes(this.valueOf(place), compare);
    if (operand.kind === 'localName') return passes(this.nodes[place]?.name ?? '', compare);
    for (const child of this.children.get(place) ?? []) {
      const node = this.nodes[child];
      if (node !== undefined && isTested(node, operand) && passes(this.valueOf(child), compare)) return true;
    }
    return false;
  }
}

function isTested(node: Node, test: Step['test']): boolean {
  return node.kind === test.kind && (test.kind === 'text' || test.name === undefined || test.name === node.name);
}

function passes(value: string, compare: Compare | undefined): boolean {
  if (compare === undefined) return true;
  switch (compare.how) {
    case '=':
      return value === compare.literal;
    case '!=':
      return value !== compare.literal;
    case 'contains':
      return value.includes(compare.literal);
    case 'starts-with':
      return value.startsWith(compare.literal);
    default:
      return compare.how satisfies never;
  }
}
