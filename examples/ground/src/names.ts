/**
 * Every path segment, parameter, field, cookie and header of the examples is a word of this list. A run may rename all of
 * them at random, so that a test can show that no rule knows the examples. A word that is missing here throws at first use.
 */
export const WORDS: readonly string[] = [
  // Path segments
  ...'api signup login logout me profile people friends groups join messages search'.split(' '),
  ...'attachments open thumbnail preview ws wall app.js style.css courses course lesson'.split(' '),
  ...'files exercise exam grades forum teacher export admin answer'.split(' '),
  // Parameters and fields
  ...'user password name about recovery role title group to text after with since'.split(' '),
  ...'file folder size url content note id author at type ref digest error ok'.split(' '),
  ...'results q members bytes summary student score remark what email city'.split(' '),
  // Cookies and headers
  ...'sid campus x-answer-digest'.split(' '),
];

const SYLLABLES = 'ba ce di fo gu ha je ki lo mu na pe ri so tu va we'.split(' ');

/** Maps every word to itself, or to a made-up one that is the same for the same seed. */
export function nameTable(seed?: number): Record<string, string> {
  const random = seed === undefined ? undefined : seeded(seed);
  const used = new Set<string>();
  const rename = (word: string): string => {
    if (random === undefined) return word;
    for (;;) {
      let made = '';
      for (let i = 0; i < 3; i++) made += SYLLABLES[Math.floor(random() * SYLLABLES.length)] ?? '';
      if (used.has(made) || WORDS.includes(made)) continue;
      used.add(made);
      if (word.startsWith('x-')) return `x-${made}`;
      return word.includes('.') ? made + word.slice(word.indexOf('.')) : made;
    }
  };
  return Object.fromEntries(WORDS.map((word) => [word, rename(word)]));
}

/** A small seeded generator (mulberry32): the same seed gives the same numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Names {
  readonly #actual: ReadonlyMap<string, string>;
  readonly #logical: ReadonlyMap<string, string>;

  constructor(table: Readonly<Record<string, string>>) {
    this.#actual = new Map(Object.entries(table));
    this.#logical = new Map(Object.entries(table).map(([logical, actual]) => [actual, logical]));
  }

  word(logical: string): string {
    const actual = this.#actual.get(logical);
    if (actual === undefined) throw new Error(`"${logical}" is not in the list of words`);
    return actual;
  }

  /** The logical word behind what came over the wire; a logical word that was renamed away means nothing any more. */
  logical(actual: string): string {
    return this.#logical.get(actual) ?? (this.#actual.has(actual) ? `?${actual}` : actual);
  }

  path(logical: string): string {
    return logical.replace(/[^/]+/g, (segment) => this.word(segment));
  }

  logicalPath(actual: string): string {
    return actual.replace(/[^/]+/g, (segment) => this.logical(segment));
  }

  /** Renames the keys of an answer, at every depth. */
  toWire(value: unknown): unknown {
    return renameKeys(value, (key) => this.word(key));
  }

  fromWire(value: unknown): unknown {
    return renameKeys(value, (key) => this.logical(key));
  }
}

function renameKeys(value: unknown, rename: (key: string) => string, depth = 0): unknown {
  if (depth > 20 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => renameKeys(item, rename, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [rename(key), renameKeys(inner, rename, depth + 1)]),
  );
}
