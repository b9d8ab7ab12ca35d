// Aho-Corasick over bytes, ASCII letters folded. Invariants:
// 1. State 0 is the root; `next` holds a full row per state, so one look-up a byte, whatever the value.
// 2. Bytes that occur in no phrase share class 0, which keeps the rows short.
// 3. A state's phrase is the longest one ending there, else that of its failure state.

export interface PhraseHit {
  readonly phrase: string;
  readonly end: number;
}

export interface PhraseAutomaton {
  /** The phrase that ends first, the longest of them. */
  find(value: string): PhraseHit | null;
}

export function phraseAutomaton(phrases: readonly string[]): PhraseAutomaton {
  const folded = [...new Set(phrases.map(fold).filter((phrase) => phrase !== ''))];
  const { classes, width } = classesOf(folded);
  const atMost = folded.reduce((sum, phrase) => sum + phrase.length, 1);
  const rows = new Int32Array(atMost * width);
  const ending: (string | undefined)[] = [undefined];
  for (const phrase of folded) {
    let state = 0;
    for (let at = 0; at < phrase.length; at++) {
      const cell = state * width + (classes[phrase.charCodeAt(at)] ?? 0);
      if (rows[cell] === 0) rows[cell] = ending.push(undefined) - 1;
      state = rows[cell] ?? 0;
    }
    ending[state] = phrase;
  }
  link(rows, width, ending);
  const used = rows.subarray(0, ending.length * width);
  // Long lists make megabytes of rows: two bytes a cell do for all but the longest.
  const next = ending.length <= 0xffff ? Uint16Array.from(used) : used.slice();
  return { find: (value) => search(value, next, classes, width, ending) };
}

function fold(phrase: string): string {
  return phrase.replace(/[A-Z]+/g, (run) => run.toLowerCase());
}

function classesOf(folded: readonly string[]): { classes: Uint8Array; width: number } {
  const classes = new Uint8Array(256);
  let width = 1;
  for (const phrase of folded) {
    for (let at = 0; at < phrase.length; at++) {
      const code = phrase.charCodeAt(at);
      // Upper-case letters never stand in a folded phrase, so there are at most 230 classes and a byte holds them.
      if (classes[code] === 0) classes[code] = width++;
    }
  }
  for (let code = 0x41; code <= 0x5a; code++) classes[code] = classes[code + 0x20] ?? 0;
  return { classes, width };
}

/** Fills the missing transitions from the failure states, in order of depth. */
function link(next: Int32Array, width: number, ending: (string | undefined)[]): void {
  const failure = new Int32Array(ending.length);
  const queue: number[] = [0];
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head] ?? 0;
    const fallback = failure[state] ?? 0;
    for (let column = 0; column < width; column++) {
      const cell = state * width + column;
      const child = next[cell] ?? 0;
      const beyond = state === 0 ? 0 : (next[fallback * width + column] ?? 0);
      if (child === 0) {
        next[cell] = beyond;
      } else {
        failure[child] = beyond;
        ending[child] ??= ending[beyond];
        queue.push(child);
      }
    }
  }
}

function search(
  value: string,
  next: Int32Array | Uint16Array,
  classes: Uint8Array,
  width: number,
  ending: readonly (string | undefined)[],
): PhraseHit | null {
  let state = 0;
  for (let at = 0; at < value.length; at++) {
    state = next[state * width + (classes[value.charCodeAt(at)] ?? 0)] ?? 0;
    const phrase = ending[state];
    if (phrase !== undefined) return { phrase, end: at + 1 };
  }
  return null;
}
