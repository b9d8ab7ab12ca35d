import type { Clause } from '../regex/index.ts';

// One pass over a value answers many cheap questions at once: which clauses of which patterns hold, and which transformations could
// change the value. Literals stand in one Aho-Corasick automaton over bytes with ASCII letters folded; sets of bytes are told apart by
// classes of bytes that no set separates, one bit a class.
// Invariants:
// 1. State 0 is the root. A full row a state: one look-up a byte, whatever the value.
// 2. `offers[state]` is 0, or where the clauses that end in it begin in `ended`; a list is closed by -1.
// 3. A clause holds when its bit in `bits` is set, or a class of its set was seen.

/** A longer literal is known well enough by its beginning; the automaton stays small. */
const LITERAL_KEPT = 8;
/** Two words of class bits; sets of bytes that would need more classes are taken to hold always. */
const MAX_CLASSES = 62;

/**
 * Whether a clause holds, or a value has a byte of a set: numbers, because it is asked hundreds of times a request. It holds when
 * the literal's bit or one of the classes was seen.
 */
export interface Question {
  readonly word: number;
  readonly mask: number;
  readonly low: number;
  readonly high: number;
}

/** What one pass found. */
export interface Sighting {
  readonly bits: Int32Array;
  /** The numbers of the bits that are set: the first `found` of them. */
  readonly literals: Int32Array;
  found: number;
  low: number;
  high: number;
}

export function newSighting({ words }: Scanner): Sighting {
  return { bits: new Int32Array(words), literals: new Int32Array(words * 32), found: 0, low: 0, high: 0 };
}

export class ScannerBuilder {
  private readonly literalClauses = new Map<string, { bit: number; literals: readonly string[] }>();
  private readonly byteSets = new Map<string, Uint8Array>();
  private classes: Uint8Array | undefined;

  /** First all clauses and sets are named, then questions about them can be had. */
  name(clause: Clause): void {
    if (clause.kind === 'bytes') this.byteSets.set(keyOf(clause.bytes), clause.bytes);
    else {
      const literals = shorten(clause.literals);
      const key = literals.join('\n');
      if (!this.literalClauses.has(key)) this.literalClauses.set(key, { bit: this.literalClauses.size, literals });
    }
  }

  /** Undefined = the answer is always yes, as far as the scanner can tell. */
  question(clause: Clause): Question | undefined {
    if (clause.kind === 'literals') {
      const known = this.literalClauses.get(shorten(clause.literals).join('\n'));
      return known && { word: known.bit >> 5, mask: 1 << (known.bit & 31), low: 0, high: 0 };
    }
    this.classes ??= classify([...this.byteSets.values()]);
    let low = 0;
    let high = 0;
    for (let byte = 0; byte < 256; byte++) {
      if (clause.bytes[byte] !== 1) continue;
      const number = this.classes[byte] ?? 0;
      if (number === 0) return undefined;
      if (number < 32) low |= 1 << (number - 1);
      else high |= 1 << (number - 32);
    }
    return { word: 0, mask: 0, low, high };
  }

  build(): Scanner {
    this.classes ??= classify([...this.byteSets.values()]);
    return new Scanner([...this.literalClauses.values()], this.classes);
  }
}

function keyOf(bytes: Uint8Array): string {
  return bytes.join('');
}

function shorten(literals: readonly string[]): string[] {
  return [...new Set(literals.map((literal) => literal.slice(0, LITERAL_KEPT)))].sort();
}

/** Class numbers from 1; 0 = the byte shares no class, because there are too many. */
function classify(sets: readonly Uint8Array[]): Uint8Array {
  const classes = new Uint8Array(256);
  const numbers = new Map<string, number>();
  for (let byte = 0; byte < 256; byte++) {
    const key = sets.map((set) => set[byte]).join('');
    let number = numbers.get(key);
    if (number === undefined) {
      number = numbers.size < MAX_CLASSES ? numbers.size + 1 : 0;
      numbers.set(key, number);
    }
    classes[byte] = number;
  }
  return classes;
}

export class Scanner {
  readonly words: number;
  private readonly columns: Uint8Array;
  private readonly width: number;
  private readonly next: Uint16Array | Int32Array;
  private readonly offers: Int32Array;
  private readonly ended: Int32Array;
  private readonly lows: Int32Array;
  private readonly highs: Int32Array;

  constructor(clauses: readonly { readonly bit: number; readonly literals: readonly string[] }[], classes: Uint8Array) {
    this.words = Math.max(1, Math.ceil(clauses.length / 32));
    this.lows = new Int32Array(256);
    this.highs = new Int32Array(256);
    for (let byte = 0; byte < 256; byte++) {
      const number = classes[byte] ?? 0;
      if (number >= 1 && number < 32) this.lows[byte] = 1 << (number - 1);
      else if (number >= 32) this.highs[byte] = 1 << (number - 32);
    }
    const { columns, width } = columnsOf(clauses.flatMap((clause) => clause.literals));
    this.columns = columns;
    this.width = width;
    const trie = new Trie(columns, width);
    for (const { bit, literals } of clauses) for (const literal of literals) trie.add(literal, bit);
    const { next, offers, ended } = trie.link();
    this.next = next;
    this.offers = offers;
    this.ended = ended;
  }

  scan(value: string, into: Sighting): void {
    const { columns, width, next, offers, ended, lows, highs } = this;
    const { bits, literals } = into;
    for (let index = 0; index < into.found; index++) bits[(literals[index] as number) >> 5] = 0;
    let found = 0;
    let low = 0;
    let high = 0;
    let state = 0;
    for (let at = 0; at < value.length; at++) {
      const byte = value.charCodeAt(at) & 0xff;
      low |= lows[byte] as number;
      high |= highs[byte] as number;
      state = next[state * width + (columns[byte] as number)] as number;
      const offer = offers[state] as number;
      if (offer !== 0) {
        for (let index = offer; ; index++) {
          const bit = ended[index] as number;
          if (bit < 0) break;
          const word = bits[bit >> 5] as number;
          const mask = 1 << (bit & 31);
          if ((word & mask) !== 0) continue;
          bits[bit >> 5] = word | mask;
          literals[found++] = bit;
        }
      }
    }
    into.found = found;
    into.low = low;
    into.high = high;
  }
}

export function holds({ word, mask, low, high }: Question, seen: Sighting): boolean {
  return (((seen.bits[word] as number) & mask) | (seen.low & low) | (seen.high & high)) !== 0;
}

/** Bytes that stand in no literal share column 0, which keeps the rows short. */
function columnsOf(literals: readonly string[]): { columns: Uint8Array; width: number } {
  const columns = new Uint8Array(256);
  let width = 1;
  for (const literal of literals) {
    for (let at = 0; at < literal.length; at++) {
      const byte = literal.charCodeAt(at) & 0xff;
      if (columns[byte] === 0) columns[byte] = width++;
    }
  }
  for (let byte = 0x41; byte <= 0x5a; byte++) columns[byte] = columns[byte + 0x20] ?? 0;
  return { columns, width };
}

class Trie {
  private readonly columns: Uint8Array;
  private readonly width: number;
  private rows: Int32Array;
  private count = 1;
  private readonly clauses: (number[] | undefined)[] = [undefined];

  constructor(columns: Uint8Array, width: number) {
    this.columns = columns;
    this.width = width;
    this.rows = new Int32Array(1024 * width);
  }

  add(literal: string, clause: number): void {
    let state = 0;
    for (let at = 0; at < literal.length; at++) {
      const cell = state * this.width + (this.columns[literal.charCodeAt(at) & 0xff] ?? 0);
      if (this.rows[cell] === 0) {
        this.rows[cell] = this.count;
        this.count++;
        if (this.count * this.width > this.rows.length) {
          const grown = new Int32Array(this.rows.length * 2);
          grown.set(this.rows);
          this.rows = grown;
        }
      }
      state = this.rows[cell] ?? 0;
    }
    (this.clauses[state] ??= []).push(clause);
  }

  /** Fills the missing transitions from the failure states, in order of depth. */
  link(): { next: Uint16Array | Int32Array; offers: Int32Array; ended: Int32Array } {
    const { width, rows, count } = this;
    const failure = new Int32Array(count);
    const queue: number[] = [0];
    const ending: (readonly number[] | undefined)[] = Array.from({ length: count }, (_, state) => this.clauses[state]);
    for (let head = 0; head < queue.length; head++) {
      const state = queue[head] ?? 0;
      const fallback = failure[state] ?? 0;
      for (let column = 0; column < width; column++) {
        const cell = state * width + column;
        const child = rows[cell] ?? 0;
        const beyond = state === 0 ? 0 : (rows[fallback * width + column] ?? 0);
        if (child === 0) {
          rows[cell] = beyond;
          continue;
        }
        failure[child] = beyond;
        const inherited = ending[beyond];
        if (inherited !== undefined) ending[child] = [...new Set([...(ending[child] ?? []), ...inherited])];
        queue.push(child);
      }
    }
    const offers = new Int32Array(count);
    const ended = [-1];
    for (let state = 0; state < count; state++) {
      const clauses = ending[state];
      if (clauses === undefined) continue;
      offers[state] = ended.length;
      ended.push(...clauses, -1);
    }
    const used = rows.subarray(0, count * width);
    return { next: count <= 0xffff ? Uint16Array.from(used) : used.slice(), offers, ended: Int32Array.from(ended) };
  }
}
