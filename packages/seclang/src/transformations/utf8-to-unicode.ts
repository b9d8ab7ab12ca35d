import { bytesBehind, textOf } from './byte-room.ts';
import { sequenceLength } from './utf8.ts';

const PERCENT = 0x25;
const SMALL_U = 0x75;
const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** Each UTF-8 sequence of two to four bytes becomes `%uHHHH`; bytes that form none stay. Overlong forms count: lax decoders read them. */
export function utf8toUnicode(value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value;
  // Two bytes become six: the worst growth.
  const gap = value.length * 2;
  const bytes = bytesBehind(value, gap);
  const end = gap + value.length;
  let length = 0;
  let changed = false;
  for (let at = gap; at < end;) {
    const first = bytes[at] ?? 0;
    const codePoint = first < 0x80 ? -1 : codePointAt(bytes, at, end);
    if (codePoint < 0) {
      bytes[length++] = first;
      at++;
      continue;
    }
    at += sequenceLength(first);
    changed = true;
    bytes[length++] = PERCENT;
    bytes[length++] = SMALL_U;
    for (let shift = shiftOf(codePoint); shift >= 0; shift -= 4)
      bytes[length++] = DIGITS[(codePoint >> shift) & 15] ?? 0;
  }
  return changed ? textOf(bytes, length) : value;
}

/** At least four hex digits, at most six: four bytes hold 21 bits. */
function shiftOf(codePoint: number): number {
  if (codePoint < 0x10000) return 12;
  return codePoint < 0x100000 ? 16 : 20;
}

/** -1 when no sequence stands at `at`. */
function codePointAt(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] ?? 0;
  const length = sequenceLength(first);
  if (length === 0 || at + length > end) return -1;
  let codePoint = first & (0xff >> (length + 1));
  for (let offset = 1; offset < length; offset++) {
    const next = bytes[at + offset] ?? 0;
    if ((next & 0xc0) !== 0x80) return -1;
    codePoint = (codePoint << 6) | (next & 0x3f);
  }
  return codePoint;
}
