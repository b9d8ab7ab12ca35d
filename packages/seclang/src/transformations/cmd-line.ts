import { byteClass, byteMap } from './byte-class.ts';
import { bytesOf, textOf } from './byte-room.ts';
import { LOWER } from './lowercase.ts';

const TOUCHED = /[A-Z"'\\^,;\t\r\n ]/;

const dropped = byteClass(/["'\\^]/);
const separator = byteClass(/[ ,;\t\r\n]/);
const blankEater = byteClass(/[/(]/);

/** Bit 0: dropped; bit 1: a separator; bit 2: takes the blank before it away. */
const KINDS = dropped.map((drops, byte) => drops | ((separator[byte] ?? 0) << 1) | ((blankEater[byte] ?? 0) << 2));
const MAP = byteMap((byte) => (separator[byte] === 1 ? 0x20 : (LOWER[byte] ?? 0)));

/**
 * What shells of Unix and Windows ignore: quotes, backslashes and carets go, separators become one blank, the blank
 * before `/` and `(` goes, letters become small.
 */
export function cmdLine(value: string): string {
  const first = value.search(TOUCHED);
  if (first < 0) return value;
  const bytes = bytesOf(value);
  let length = first;
  let difference = 0;
  let afterBlank = 0;
  // Without branches: prose would have them guessed wrong at every word.
  for (let at = first; at < value.length; at++) {
    const byte = bytes[at] ?? 0;
    const kind = KINDS[byte] ?? 0;
    const mapped = MAP[byte] ?? 0;
    const drops = kind & 1;
    const separates = (kind >> 1) & 1;
    length -= (kind >> 2) & afterBlank;
    bytes[length] = mapped;
    difference |= mapped ^ byte;
    length += 1 - (drops | (separates & afterBlank));
    afterBlank = (afterBlank & drops) | separates;
  }
  return difference !== 0 || length !== value.length ? textOf(bytes, length) : value;
}
