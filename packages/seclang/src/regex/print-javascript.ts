import { ALL_BYTES, onlyByte, type ByteSet } from './byte-set.ts';
import type { Assertion, Node, Repeat, Syntax } from './syntax.ts';

// Prints a pattern for V8 without flags, on latin1 byte strings. Every set is written out, because JavaScript's `\s`, `.`,
// `^`, `$` and `i` mean something else above byte 127 or at other line ends. Two differences from PCRE stay:
// 1. a group that took no part matches the empty string in JavaScript, and fails in PCRE;
// 2. JavaScript forgets the groups inside a repetition with each round.

export interface Printed {
  readonly source: string;
  /** For each group of the pattern the number of the printed group: atomic groups need extra ones. */
  readonly groupNumbers: readonly number[];
}

export function printJavaScript(syntax: Syntax): Printed {
  const groupNumbers: number[] = [0];
  const atomicNumbers = new Map<Node, number>();
  let count = 0;
  const assign = (node: Node): void => {
    if (node.kind === 'group') groupNumbers[node.index] = ++count;
    if (isAtomic(node)) atomicNumbers.set(node, ++count);
    if (node.kind === 'sequence') for (const item of node.items) assign(item);
    if (node.kind === 'choice') for (const branch of node.branches) assign(branch);
    if ('body' in node) assign(node.body);
  };
  assign(syntax.root);
  const print = (node: Node): string => {
    switch (node.kind) {
      case 'empty':
        return '(?:)';
      case 'set':
        return printSet(node.set);
      case 'sequence':
        return node.items.map((item) => (item.kind === 'choice' ? `(?:${print(item)})` : print(item))).join('');
      case 'choice':
        return node.branches.map(print).join('|');
      case 'group':
        return `(${print(node.body)})`;
      case 'atomic':
        return once(print(node.body), atomicNumbers.get(node));
      case 'look':
        return `(?${node.behind ? '<' : ''}${node.negative ? '!' : '='}${print(node.body)})`;
      case 'assert':
        return ASSERTIONS[node.assertion];
      case 'backreference': {
        const number = groupNumbers[node.group] ?? 0;
        return node.ignoreCase ? `(?i:\\${number})` : `(?:\\${number})`;
      }
      case 'repeat': {
        const inner = node.body.kind === 'set' ? print(node.body) : `(?:${print(node.body)})`;
        const repeated = inner + printCount(node);
        return node.mode === 'possessive' ? once(repeated, atomicNumbers.get(node)) : repeated;
      }
      default:
        return node satisfies never;
    }
  };
  return { source: print(syntax.root), groupNumbers };
}

function isAtomic(node: Node): boolean {
  return node.kind === 'atomic' || (node.kind === 'repeat' && node.mode === 'possessive');
}

/** A lookahead is never entered again, so capturing in it and repeating the capture cannot give anything back. */
function once(source: string, number: number | undefined): string {
  return `(?:(?=(${source}))\\${number ?? 0}(?:))`;
}

const ASSERTIONS: Readonly<Record<Assertion, string>> = {
  lineStart: '(?:^|(?<=\\n)(?=[^]))',
  lineEnd: '(?![^\\n])',
  textStart: '(?:^)',
  textEnd: '(?:$)',
  textEndOrFinalNewline: '(?=\\n?$)',
  wordBoundary: '(?:\\b)',
  notWordBoundary: '(?:\\B)',
};

function printCount({ min, max, mode }: Repeat): string {
  const count = max === Infinity ? (min === 0 ? '*' : min === 1 ? '+' : `{${min},}`) : `{${min},${max}}`;
  return mode === 'lazy' ? `${count}?` : count;
}

function printSet(set: ByteSet): string {
  const only = onlyByte(set);
  if (only !== undefined) return printByte(only);
  if (set === ALL_BYTES) return '[^]';
  let ranges = '';
  for (let from = 0; from < 256; from++) {
    if (set[from] !== 1) continue;
    let to = from;
    while (to < 255 && set[to + 1] === 1) to++;
    ranges += from === to ? printByte(from) : `${printByte(from)}-${printByte(to)}`;
    from = to;
  }
  return `[${ranges}]`;
}

function printByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[0-9A-Za-z]/.test(character) ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
}
