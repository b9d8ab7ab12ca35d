import type { ByteSet } from './byte-set.ts';
import { cheaper, clauseOf, either, impliesClause, offer, toClause, type Candidate } from './requirement-clause.ts';
import { SHARED_NODES, type Node } from './syntax.ts';

// What every matching value must contain, read off the syntax. Soundness: for each node three facts hold of every text t that
// the node can match, all after A-Z were folded to a-z. 1. `exact`: t is one of these. 2. else t begins with one of
// `prefix` and ends with one of `suffix` ('' says nothing). 3. each candidate of `required` occurs in t. Assertions match ''
// and only forbid; lookaround, back-references and atomic groups are read as their regular cover, which matches more.
// Bytes fold by ASCII only: long s and Kelvin sign are several bytes here and match no letter.

/** What every value that matches contains. All clauses must hold. Never loses a match; folded: A-Z are a-z in the value first. */
export interface Requirements {
  readonly clauses: readonly Clause[];
  readonly minLength: number;
}

export type Clause =
  /** Lower-case (ASCII) byte strings, at least one of which occurs in the folded value. */
  | { readonly kind: 'literals'; readonly literals: readonly string[] }
  /** 256 cells, closed under ASCII case; at least one byte of the value has a 1. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array };

const MAX_CLAUSES = 3;
/** Texts carried while joining neighbours. */
const MAX_TEXTS = 120;
/** A class with more members is not spelt out. */
const MAX_SPELT = 16;
const MAX_TEXT_LENGTH = 24;
/** Texts kept at the open ends of a node. */
const MAX_END_TEXTS = 40;
/** Chance that a clause holds at a place of ordinary text, above which it does not pay. */
const WORTHLESS = 0.2;

interface Facts {
  readonly exact: readonly string[] | undefined;
  readonly prefix: readonly string[];
  readonly suffix: readonly string[];
  /** Cheapest first. */
  readonly required: readonly Candidate[];
}

const EMPTY_TEXT: readonly string[] = [''];
const NOTHING_KNOWN: Facts = { exact: undefined, prefix: EMPTY_TEXT, suffix: EMPTY_TEXT, required: [] };

export function requirementsOf(root: Node): Requirements {
  const facts = factsOf(root);
  const chosen: Candidate[] = [];
  for (const candidate of offersOf(facts)) {
    if (chosen.length === MAX_CLAUSES || candidate.chance > WORTHLESS) break;
    if (!chosen.some((other) => impliesClause(other, candidate))) chosen.push(candidate);
  }
  return { clauses: chosen.map(toClause), minLength: minLengthOf(root) };
}

const NO_TEXT: Facts = { exact: EMPTY_TEXT, prefix: EMPTY_TEXT, suffix: EMPTY_TEXT, required: [] };

function exactly(texts: readonly string[]): Facts {
  return { exact: texts, prefix: texts, suffix: texts, required: [] };
}

/** Groups that stand in several places are worked out once. */
const KNOWN = new WeakMap<Node, Facts>();

function factsOf(node: Node): Facts {
  const isShared = (node.kind === 'sequence' || node.kind === 'choice') && SHARED_NODES.has(node);
  const known = isShared ? KNOWN.get(node) : undefined;
  if (known !== undefined) return known;
  const facts = freshFacts(node);
  if (isShared) KNOWN.set(node, facts);
  return facts;
}

function freshFacts(node: Node): Facts {
  switch (node.kind) {
    case 'sequence':
      return sequenceFacts(node.items.map(factsOf));
    case 'choice':
      return choiceFacts(node.branches.map(factsOf));
    case 'set':
      return setFacts(node.set);
    case 'group':
    case 'atomic':
      return factsOf(node.body);
    case 'repeat':
      if (node.min === 0 && node.max > 1) return NOTHING_KNOWN;
      return repeatFacts(factsOf(node.body), node.min, node.max);
    case 'empty':
    case 'assert':
    case 'look':
      return NO_TEXT;
    case 'backreference':
      return NOTHING_KNOWN;
    default:
      return node satisfies never;
  }
}

const SPELT = new WeakMap<ByteSet, Facts>();

function setFacts(set: ByteSet): Facts {
  const known = SPELT.get(set);
  if (known !== undefined) return known;
  const bytes = new Set<number>();
  for (let byte = 0; byte < 256; byte++) if (set[byte] === 1) bytes.add(foldByte(byte));
  const facts: Facts =
    bytes.size <= MAX_SPELT
      ? exactly([...bytes].map((byte) => String.fromCharCode(byte)))
      : { ...NOTHING_KNOWN, required: offersOf(exactly([...bytes].map((byte) => String.fromCharCode(byte)))) };
  SPELT.set(set, facts);
  return facts;
}

function foldByte(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte;
}

/** Joins neighbours as long as the texts stay few; where they do not, what was joined so far becomes a candidate. */
function sequenceFacts(parts: readonly Facts[]): Facts {
  const required: Candidate[] = [];
  let run: readonly string[] = EMPTY_TEXT;
  let prefix: readonly string[] | undefined;
  let best: Candidate | undefined;
  for (const part of parts) {
    const joined = join(run, part.exact ?? part.prefix);
    if (joined !== undefined) {
      // A class widens the texts without making them much rarer, so the shorter ones stay in the race.
      if (joined.length > run.length) best = cheaper(best, clauseOf(run));
      run = joined;
      if (part.exact !== undefined) continue;
    }
    prefix ??= run;
    offer(required, cheaper(best, clauseOf(run)));
    best = undefined;
    for (const candidate of part.required) offer(required, candidate);
    run = part.exact ?? part.suffix;
  }
  const last = cheaper(best, clauseOf(run));
  if (prefix === undefined) return { ...exactly(run), required: last === undefined ? [] : [last] };
  offer(required, last);
  return { exact: undefined, prefix: ends(prefix, 'first'), suffix: ends(run, 'last'), required: required };
}

function join(left: readonly string[], right: readonly string[]): readonly string[] | undefined {
  if (left === EMPTY_TEXT) return right;
  if (right === EMPTY_TEXT) return left;
  if (left.length * right.length > MAX_TEXTS) return undefined;
  const texts: string[] = [];
  for (const a of left) {
    for (const b of right) {
      if (a.length + b.length > MAX_TEXT_LENGTH) return undefined;
      texts.push(a + b);
    }
  }
  return texts;
}

function choiceFacts(branches: readonly Facts[]): Facts {
  const exact = exactTexts(branches);
  if (exact !== undefined) return exactly(exact);
  const required: Candidate[] = [];
  const offers = branches.map(offersOf);
  // Any selection of one clause a branch is a clause of the choice: the best of each, then the second best.
  const rounds = Math.min(MAX_CLAUSES, Math.max(...offers.map((offer) => offer.length)));
  for (let round = 0; round < rounds; round++) {
    const selection = offers.flatMap((offer) => offer[Math.min(round, offer.length - 1)] ?? []);
    if (selection.length < branches.length) break;
    offer(required, either(selection));
  }
  return {
    exact: undefined,
    prefix: ends(
      branches.flatMap((branch) => branch.exact ?? branch.prefix),
      'first',
    ),
    suffix: ends(
      branches.flatMap((branch) => branch.exact ?? branch.suffix),
      'last',
    ),
    required: required,
  };
}

function exactTexts(branches: readonly Facts[]): readonly string[] | undefined {
  const texts: string[] = [];
  for (const { exact } of branches) {
    if (exact === undefined || texts.length + exact.length > MAX_TEXTS) return undefined;
    for (const text of exact) texts.push(text);
  }
  return texts;
}

/** What the node asks for, cheapest first. */
function offersOf({ exact, required }: Facts): readonly Candidate[] {
  const whole = exact === undefined ? undefined : clauseOf(exact);
  if (whole === undefined) return required;
  if (required.length === 0) return [whole];
  const offers = [...required];
  offer(offers, whole);
  return offers;
}

function repeatFacts(body: Facts, min: number, max: number): Facts {
  if (max === 0) return NO_TEXT;
  if (min === 0) return body.exact === undefined ? NOTHING_KNOWN : exactly([...body.exact, '']);
  if (min === 1 && max === 1) return body;
  const copies = Math.min(min, 8);
  const parts: Facts[] = Array.from({ length: copies }, () => body);
  if (copies < max) parts.push(NOTHING_KNOWN);
  const facts = sequenceFacts(parts);
  // The last round is one of the body's texts, whatever stands before it.
  return copies < max ? { ...facts, suffix: body.exact ?? body.suffix } : facts;
}

/** Few texts at one end: cut until they fit; '' says nothing and ends the others' use. */
function ends(texts: readonly string[], which: 'first' | 'last'): readonly string[] {
  if (texts.includes('')) return EMPTY_TEXT;
  let kept = texts;
  for (let length = 6; kept.length > MAX_END_TEXTS && length > 0; length -= 2) {
    const cut = length;
    kept = [...new Set(kept.map((text) => (which === 'first' ? text.slice(0, cut) : text.slice(-cut))))];
  }
  return kept.length > MAX_END_TEXTS ? EMPTY_TEXT : kept;
}

export function minLengthOf(node: Node): number {
  switch (node.kind) {
    case 'set':
      return 1;
    case 'sequence':
      return node.items.reduce((sum, item) => sum + minLengthOf(item), 0);
    case 'choice':
      return Math.min(...node.branches.map(minLengthOf));
    case 'group':
    case 'atomic':
      return minLengthOf(node.body);
    case 'repeat':
      return node.min === 0 ? 0 : node.min * minLengthOf(node.body);
    default:
      return 0;
  }
}
