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
      return { kind: 'pattern', pattern: compileNames(node.pattern) };
    default:
      return node satisfies never;
  }
}

/** Most patterns of names are how the name begins; the others are tried only on names that hold what they need. */
function compileNames(text: string): { test(name: string): boolean } {
  const pattern = compilePattern(text, { ignoreCase: true });
  const start = /^\^([\w-]+)$/.exec(text)?.[1];
  if (start !== undefined) {
    const lower = lowerCase(start);
    return { test: (name) => lowerCase(name).startsWith(lower) };
  }
  const needed = pattern.requires.clauses.find((clause) => clause.kind === 'literals')?.literals;
  const only = needed?.length === 1 ? needed[0] : undefined;
  if (only === undefined) return pattern;
  return { test: (name) => lowerCase(name).includes(only) && pattern.test(name) };
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
