import type { Clause } from './requirements.ts';

// One thing that must occur: a set of folded texts, with the chance that one of them begins at a place of ordinary text.

export interface Candidate {
  /** Folded, none empty. */
  readonly texts: readonly string[];
  readonly chance: number;
}

const MAX_LITERALS = 120;
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

/** None when a text is empty: the empty text occurs everywhere. */
export function clauseOf(texts: readonly string[]): readonly Candidate[] {
  let chance = 0;
  for (const text of texts) {
    if (text === '') return [];
    chance += chanceOf(text);
  }
  return [{ texts, chance }];
}

function price({ texts, chance }: Candidate): number {
  return chance * (texts.every((text) => text.length === 1) ? 1 : LITERAL_PRICE ** texts.length);
}

export function cheapest(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.length < 2 ? candidates : candidates.toSorted((a, b) => price(a) - price(b));
}

/** One of the selected clauses holds; none when a branch offers nothing. */
export function either(selection: readonly (Candidate | undefined)[]): readonly Candidate[] {
  const texts = new Set<string>();
  for (const candidate of selection) {
    if (candidate === undefined) return [];
    for (const text of candidate.texts) texts.add(text);
  }
  return clauseOf(shorten(minimal(texts)));
}

/** Leaves out what contains another. */
function minimal(texts: ReadonlySet<string>): readonly string[] {
  const kept: string[] = [];
  const singles = new Set<string>();
  for (const text of [...texts].toSorted((a, b) => a.length - b.length)) {
    if (text.length === 1) {
      singles.add(text);
      kept.push(text);
    } else if (![...text].some((byte) => singles.has(byte))) {
      kept.push(text);
    }
  }
  return kept;
}

/** Cuts texts until few are different. */
function shorten(texts: readonly string[]): readonly string[] {
  let kept = texts;
  for (let length = 8; kept.length > MAX_LITERALS && length > 0; length--) {
    const cut = length;
    kept = [...new Set(texts.map((text) => text.slice(0, cut)))];
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
