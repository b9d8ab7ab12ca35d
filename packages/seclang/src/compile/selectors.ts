import type { SelectorNode } from '../language/ast.ts';
import { compilePattern } from '../regex/index.ts';
import type { Item } from '../transaction/item.ts';
import { lowerCase } from '../transaction/item.ts';
import type { Selector } from './program.ts';

const ALL: Selector = { kind: 'all' };

/** Keys and patterns ignore the case of names, as in ModSecurity. Throws a Fault when the pattern is wrong. */
export function compileSelector(node: SelectorNode): Selector {
  switch (node.kind) {
    case 'all':
      return ALL;
    case 'key':
      return { kind: 'key', lowerKey: lowerCase(node.key) };
    case 'pattern':
      return { kind: 'pattern', pattern: compilePattern(node.pattern, { ignoreCase: true }) };
    default:
      return node satisfies never;
  }
}

export function selects(selector: Selector, item: Item): boolean {
  switch (selector.kind) {
    case 'all':
      return true;
    case 'key':
      return item.lowerKey === selector.lowerKey;
    case 'pattern':
      return selector.pattern.test(item.key);
    default:
      return selector satisfies never;
  }
}
