import { bytesOf, textOf } from './byte-room.ts';
import { ESCAPE_LETTERS } from './escape-letters.ts';
import { foldedByte, hexByte, hexRun, isOctal, octalRun, octalValue } from './hex.ts';

const BACKSLASH = 0x5c;
const SMALL_U = 0x75;
const SMALL_X = 0x78;

/** JavaScript escapes `\uHHHH` (low byte, full-width ASCII folded), `\xHH`, `\OOO`, `\n` …; else the backslash just goes. */
export function jsDecode(value: string): string {
  const first = value.indexOf('\\');
  if (first < 0) return value;
  const bytes = bytesOf(value);
  const end = value.length;
  let length = first;
  let at = first;
  while (at < end) {
    const byte = bytes[at++] ?? 0;
    if (byte !== BACKSLASH || at === end) {
      bytes[length++] = byte;
      continue;
    }
    const letter = bytes[at] ?? 0;
    if (letter === SMALL_U && hexRun(bytes, at + 1, end, 4) === 4) {
      bytes[length++] = foldedByte(bytes, at + 1);
      at += 5;
    } else if (letter === SMALL_X && hexRun(bytes, at + 1, end, 2) === 2) {
      bytes[length++] = hexByte(bytes, at + 1);
      at += 3;
    } else if (isOctal(letter)) {
      // Three digits only up to \377, one byte.
      const run = octalRun(bytes, at, end);
      const digits = run === 3 && letter > 0x33 ? 2 : run;
      bytes[length++] = octalValue(bytes, at, digits);
      at += digits;
    } else {
      bytes[length++] = ESCAPE_LETTERS[letter] ?? 0;
      at++;
    }
  }
  return length === end ? value : textOf(bytes, length);
}
