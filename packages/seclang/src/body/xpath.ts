// The part of XPath 1.0 that rules use: absolute paths of child, descendant and attribute steps with simple predicates.
// Names are compared without their prefix: a document chooses its prefixes freely.

export interface XPath {
  readonly text: string;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly axis: 'child' | 'descendant';
  readonly test: NodeTest;
  readonly predicates: readonly Predicate[];
}

export type NodeTest =
  /** Undefined = any name. */
  { readonly kind: 'element' | 'attribute'; readonly name: string | undefined } | { readonly kind: 'text' };

export type Predicate =
  | { readonly kind: 'position'; readonly at: number | 'last' }
  /** Whether one of the operand's values passes; without a literal, whether there is one. */
  | {
      readonly kind: 'value';
      readonly operand: Operand;
      readonly compare: Compare | undefined;
      readonly negated: boolean;
    };

export interface Compare {
  readonly how: '=' | '!=' | 'contains' | 'starts-with';
  readonly literal: string;
}

export type Operand = NodeTest | { readonly kind: 'self' } | { readonly kind: 'localName' };

const WORD = String.raw`[A-Z_a-z\x80-\xff][-.\w\x80-\xff]*`;
const NAME = String.raw`(?:${WORD}:)?(${WORD}|\*)`;
const STEP = new RegExp(String.raw`(\/\/?)(?:(text\(\))|(?:child::)?(@|attribute::)?${NAME})`, 'y');
const OPERAND = String.raw`(\.|text\(\)|(?:local-)?name\(\)|@?(?:${WORD}:)?${WORD}|@?\*)`;
const LITERAL = String.raw`(?:"([^"]*)"|'([^']*)')`;
const POSITION = /^\s*(?:position\(\)\s*=\s*)?(?:(\d{1,9})|last\(\))\s*$/;
const COMPARED = new RegExp(String.raw`^\s*${OPERAND}\s*(?:(!?=)\s*${LITERAL}\s*)?$`);
const SEARCHED = new RegExp(String.raw`^\s*(contains|starts-with)\(\s*${OPERAND}\s*,\s*${LITERAL}\s*\)\s*$`);
const NEGATION = /^\s*not\(([^]*)\)\s*$/;

const MAX_STEPS = 32;

/** Undefined when the text is no XPath, or one that is not available here. */
export function parseXPath(text: string): XPath | undefined {
  const steps: Step[] = [];
  let at = 0;
  while (at < text.length) {
    const last = steps.at(-1);
    STEP.lastIndex = at;
    const found = STEP.exec(text);
    if (found === null || steps.length >= MAX_STEPS || (last !== undefined && last.test.kind !== 'element'))
      return undefined;
    const [, slashes, isText, isAttribute, name] = found;
    at = STEP.lastIndex;
    const predicates: Predicate[] = [];
    while (text[at] === '[') {
      const end = predicateEnd(text, at);
      const predicate = end < 0 ? undefined : parsePredicate(text.slice(at + 1, end), false);
      if (predicate === undefined) return undefined;
      predicates.push(predicate);
      at = end + 1;
    }
    const test: NodeTest =
      isText !== undefined
        ? { kind: 'text' }
        : { kind: isAttribute === undefined ? 'element' : 'attribute', name: name === '*' ? undefined : name };
    steps.push({ axis: slashes === '//' ? 'descendant' : 'child', test, predicates });
  }
  return steps.length === 0 ? undefined : { text, steps };
}

/** The bracket that closes the one at `start`; brackets in literals do not count. */
function predicateEnd(text: string, start: number): number {
  let quote = '';
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === ']') return at;
    else if (character === '[') return -1;
  }
  return -1;
}

function parsePredicate(text: string, negated: boolean): Predicate | undefined {
  const position = POSITION.exec(text);
  if (position !== null && !negated) {
    return { kind: 'position', at: position[1] === undefined ? 'last' : Number(position[1]) };
  }
  const inner = negated ? undefined : NEGATION.exec(text)?.[1];
  if (inner !== undefined) return parsePredicate(inner, true);
  const searched = SEARCHED.exec(text);
  if (searched !== null) {
    const how = searched[1] === 'contains' ? 'contains' : 'starts-with';
    const compare = { how, literal: searched[3] ?? searched[4] ?? '' } as const;
    return { kind: 'value', operand: operandOf(searched[2] ?? ''), compare, negated };
  }
  const compared = COMPARED.exec(text);
  if (compared === null) return undefined;
  const how = compared[2] === '!=' ? '!=' : '=';
  const compare = compared[2] === undefined ? undefined : ({ how, literal: compared[3] ?? compared[4] ?? '' } as const);
  return { kind: 'value', operand: operandOf(compared[1] ?? ''), compare, negated };
}

function operandOf(text: string): Operand {
  if (text === '.') return { kind: 'self' };
  if (text === 'text()') return { kind: 'text' };
  if (text.endsWith('name()')) return { kind: 'localName' };
  const isAttribute = text.startsWith('@');
  const name = localName(isAttribute ? text.slice(1) : text);
  return { kind: isAttribute ? 'attribute' : 'element', name: name === '*' ? undefined : name };
}

export function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(colon + 1);
}
