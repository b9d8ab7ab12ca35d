import { complement, DIGIT, HORIZONTAL, NEWLINE, SPACE, VERTICAL, WORD, type ByteSet } from './byte-set.ts';
import type { PatternReader } from './pattern-reader.ts';

const TYPES: Readonly<Record<string, ByteSet>> = {
  d: DIGIT,
  D: complement(DIGIT),
  s: SPACE,
  S: complement(SPACE),
  w: WORD,
  W: complement(WORD),
  h: HORIZONTAL,
  H: complement(HORIZONTAL),
  v: VERTICAL,
  V: complement(VERTICAL),
  N: complement(NEWLINE),
};

const CONTROLS: Readonly<Record<string, number>> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 };

/** `\d`, `\S` …: the reader stands behind the backslash; undefined when no type stands there. */
export function readType(reader: PatternReader, inClass: boolean): ByteSet | undefined {
  const letter = reader.peek();
  if (inClass && letter === 'N') throw reader.invalid('\\N cannot stand in a class');
  const set = Object.hasOwn(TYPES, letter) ? TYPES[letter] : undefined;
  if (set !== undefined) reader.at++;
  return set;
}

/** An escape that stands for one byte; the reader stands behind the backslash. */
export function readByte(reader: PatternReader): number {
  const start = reader.at - 1;
  if (reader.done) throw reader.invalid('the pattern ends with a backslash', start);
  const letter = reader.take();
  if (!/[0-9A-Za-z]/.test(letter)) return letter.charCodeAt(0);
  const control = Object.hasOwn(CONTROLS, letter) ? CONTROLS[letter] : undefined;
  if (control !== undefined) return control;
  if (letter === 'x') return readHex(reader, start);
  if (letter === 'o') return numberOf(reader, reader.match(/\{([0-7]+)\}/y)?.[1], 8, start);
  if (letter === 'c') return readControl(reader, start);
  if (letter >= '0' && letter <= '7') {
    reader.at--;
    // `\0` takes two more digits, others three in all.
    return numberOf(reader, reader.match(/[0-7]{1,3}/y)?.[0], 8, start);
  }
  throw reader.invalid(`\\${letter} is not known`, start);
}

function readHex(reader: PatternReader, start: number): number {
  if (reader.peek() === '{') return numberOf(reader, reader.match(/\{[ \t]*([0-9a-fA-F]+)[ \t]*\}/y)?.[1], 16, start);
  return Number.parseInt(reader.match(/[0-9a-fA-F]{1,2}/y)?.[0] ?? '0', 16);
}

function readControl(reader: PatternReader, start: number): number {
  const letter = reader.take();
  if (!/[ -~]/.test(letter)) throw reader.invalid('\\c needs a printable character', start);
  return letter.toUpperCase().charCodeAt(0) ^ 0x40;
}

function numberOf(reader: PatternReader, digits: string | undefined, base: number, start: number): number {
  if (digits === undefined) throw reader.invalid('a number is missing or not closed', start);
  const number = Number.parseInt(digits, base);
  if (number > 0xff) throw reader.invalid('values are bytes: no character above \\xff', start);
  return number;
}
