/** Which of the 256 bytes belong: 1 or 0. Never changed after it was made. */
export type ByteSet = Readonly<Uint8Array>;

export const ALL_BYTES: ByteSet = new Uint8Array(256).fill(1);

/** Bytes of ranges written as pairs, e.g. `byteSet('az', 'AZ', '__')`. */
export function byteSet(...ranges: readonly string[]): ByteSet {
  const set = new Uint8Array(256);
  for (const range of ranges) set.fill(1, range.charCodeAt(0), range.charCodeAt(1) + 1);
  return set;
}

const SINGLE: readonly ByteSet[] = Array.from({ length: 256 }, (_, byte) =>
  new Uint8Array(256).fill(1, byte, byte + 1),
);

const PAIRS: readonly ByteSet[] = SINGLE.map((set) => foldCase(set));

/** The byte alone, or with its other case; shared, because long patterns hold thousands. */
export function singleByte(byte: number, ignoreCase: boolean): ByteSet {
  return ((ignoreCase ? PAIRS : SINGLE)[byte] ?? SINGLE[0]) as ByteSet; // a byte is below 256
}

export function complement(set: ByteSet): ByteSet {
  return set.map((bit) => 1 - bit);
}

export function union(a: ByteSet, b: ByteSet): ByteSet {
  return a.map((bit, byte) => bit | (b[byte] ?? 0));
}

/** Adds the other case of each ASCII letter; PCRE on bytes knows no other letters in the C locale. */
export function foldCase(set: ByteSet): ByteSet {
  const folded = Uint8Array.from(set);
  for (let byte = 0x41; byte <= 0x5a; byte++) {
    const either = (set[byte] ?? 0) | (set[byte + 32] ?? 0);
    folded[byte] = either;
    folded[byte + 32] = either;
  }
  return folded;
}

/** The only byte of the set, or undefined. */
export function onlyByte(set: ByteSet): number | undefined {
  const first = set.indexOf(1);
  return first >= 0 && set.lastIndexOf(1) === first ? first : undefined;
}

export const DIGIT = byteSet('09');
export const WORD = byteSet('09', 'AZ', 'az', '__');
/** PCRE2: white space includes the vertical tab. */
export const SPACE = byteSet('\t\r', '  ');
export const HORIZONTAL = byteSet('\t\t', '  ', '\xa0\xa0');
export const VERTICAL = byteSet('\n\r', '\x85\x85');
export const NEWLINE = byteSet('\n\n');

/** PCRE's names between `[:` and `:]`. */
export const POSIX: Readonly<Record<string, ByteSet>> = {
  alnum: byteSet('09', 'AZ', 'az'),
  alpha: byteSet('AZ', 'az'),
  ascii: byteSet('\0\x7f'),
  blank: byteSet('\t\t', '  '),
  cntrl: byteSet('\0\x1f', '\x7f\x7f'),
  digit: DIGIT,
  graph: byteSet('!~'),
  lower: byteSet('az'),
  print: byteSet(' ~'),
  punct: byteSet('!/', ':@', '[`', '{~'),
  space: SPACE,
  upper: byteSet('AZ'),
  word: WORD,
  xdigit: byteSet('09', 'AF', 'af'),
};
