import type { Clause } from './requirements.ts';

// One thing that must occur: a set of folded texts, with the chance that one of them begins at a place of ordinary text.

export interface Candidate {
  /** Folded, none empty. */
  readonly texts: readonly string[];
  readonly chance: number;
  /** What candidates are ordered by. */
  readonly price: number;
}

const MAX_LITERALS = 200;
const MAX_LITERAL_LENGTH = 16;
/** What a further literal costs the automaton of all of them, as a factor on the chance. */
const LITERAL_PRICE = 1.03;

/** Bytes of ordinary values (prose, addresses, parameters), a thousandth each; capitals count as small letters. */
const FREQUENCIES = new Float64Array(256).fill(0.0008);
for (const [characters, share] of [
  [' ', 0.11],
  ['e', 0.09],
  ['taoin', 0.06],
  ['srhl', 0.045],
  ['dcumpg', 0.025],
  ['fywbv', 0.015],
  ['kxjqz', 0.006],
  ['0123456789', 0.012],
  ['./-_=', 0.012],
  [',%&:', 0.008],
  ['?;+()"\'', 0.003],
  ['\n\r', 0.003],
] as const) {
  for (const character of characters) FREQUENCIES[character.charCodeAt(0)] = share;
}

function chanceOf(text: string): number {
  let chance = 1;
  for (let at = 0; at < text.length; at++) chance *= FREQUENCIES[text.charCodeAt(at)] ?? 0;
  return chance;
}

/** Undefined when a text is empty: the empty text occurs everywhere. */
export function clauseOf(texts: readonly string[]): Candidate | undefined {
  let chance = 0;
  let single = true;
  for (const text of texts) {
    if (text === '') return undefined;
    if (text.length > 1) single = false;
    chance += chanceOf(text);
  }
  return { texts, chance, price: single ? chance : chance * LITERAL_PRICE ** texts.length };
}

/** Candidates carried upwards. */
const KEPT = 4;

/** Keeps the few cheapest, cheapest first. */
export function offer(list: Candidate[], candidate: Candidate | undefined): void {
  if (candidate === undefined) return;
  let at = list.length;
  while (at > 0 && (list[at - 1]?.price ?? 0) > candidate.price) at--;
  if (at === KEPT) return;
  if (list.length === KEPT) list.pop();
  list.splice(at, 0, candidate);
}

export function cheaper(a: Candidate | undefined, b: Candidate | undefined): Candidate | undefined {
  return a === undefined || (b !== undefined && b.price < a.price) ? b : a;
}

/** Scratch of `either`: which single bytes the selection holds. */
const singles = new Uint8Array(256);

/** One of the selected clauses holds. */
export function either(selection: readonly Candidate[]): Candidate | undefined {
  singles.fill(0);
  let texts: string[] = [];
  let bytes = '';
  for (const candidate of selection) {
    for (const text of candidate.texts) {
      if (text.length > 1) texts.push(text);
      else if (singles[text.charCodeAt(0)] === 0) {
        singles[text.charCodeAt(0)] = 1;
        bytes += text;
      }
    }
  }
  // What contains a single byte of the selection says nothing more.
  if (bytes !== '') texts = texts.filter((text) => !holdsSingle(text));
  texts = shorten(texts);
  for (const byte of bytes) texts.push(byte);
  return clauseOf(texts);
}

function holdsSingle(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (singles[text.charCodeAt(at)] === 1) return true;
  return false;
}

/** Cuts texts until few are different. */
function shorten(texts: string[]): string[] {
  let kept = texts;
  for (const length of [24, 8, 5, 4, 3, 2, 1]) {
    if (kept.length <= MAX_LITERALS) break;
    kept = [...new Set(kept.map((text) => text.slice(0, length)))];
  }
  return kept;
}

/** Whether `b` holds wherever `a` does. */
export function impliesClause(a: Candidate, b: Candidate): boolean {
  return a.texts.every((text) => b.texts.some((part) => text.includes(part)));
}

export function toClause({ texts }: Candidate): Clause {
  if (texts.every((text) => text.length === 1)) {
    const bytes = new Uint8Array(256);
    for (const text of texts) {
      const byte = text.charCodeAt(0);
      bytes[byte] = 1;
      if (byte >= 0x61 && byte <= 0x7a) bytes[byte - 32] = 1;
    }
    return { kind: 'bytes', bytes };
  }
  const cut = new Set(texts.map((text) => text.slice(0, MAX_LITERAL_LENGTH)));
  const shortest = [...cut].toSorted((a, b) => a.length - b.length);
  const literals: string[] = [];
  for (const text of shortest) if (!literals.some((part) => text.includes(part))) literals.push(text);
  return { kind: 'literals', literals };
}
