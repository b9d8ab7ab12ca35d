export interface Utf8Sequence {
  /** -1 when no sequence stands here; then `length` is 1. */
  readonly codePoint: number;
  readonly length: number;
  /** RFC 3629: shortest form, no surrogate, at most U+10FFFF. */
  readonly valid: boolean;
}

const BROKEN: Utf8Sequence = { codePoint: -1, length: 1, valid: false };
const SMALLEST = [0, 0, 0x80, 0x800, 0x10000] as const;

/** The sequence that begins at `at` (RFC 3629 section 4), overlong ones and surrogates included. */
export function decodeUtf8At(value: string, at: number): Utf8Sequence {
  const first = value.charCodeAt(at);
  if (first < 0x80) return { codePoint: first, length: 1, valid: true };
  const length = sequenceLength(first);
  if (length === 0 || at + length > value.length) return BROKEN;
  let codePoint = first & (0xff >> (length + 1));
  for (let offset = 1; offset < length; offset++) {
    const next = value.charCodeAt(at + offset);
    if ((next & 0xc0) !== 0x80) return BROKEN;
    codePoint = (codePoint << 6) | (next & 0x3f);
  }
  const surrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  const valid = codePoint >= (SMALLEST[length] ?? 0) && !surrogate && codePoint <= 0x10ffff;
  return { codePoint, length, valid };
}

/** Bytes of the sequence that a byte from 0x80 on announces, 0 when it begins none. */
export function sequenceLength(first: number): number {
  if (first >= 0xf5 || first < 0xc0) return 0;
  return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
}
