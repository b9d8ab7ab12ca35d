import { bytesOf, textOf } from './byte-room.ts';
import { ESCAPE_LETTERS } from './escape-letters.ts';
import { hexByte, hexRun, isOctal, octalRun, octalValue } from './hex.ts';

const BACKSLASH = 0x5c;

/** ANSI C escapes `\a … \v \\ \? \' \" \xHH \OOO`; before anything else the backslash just goes. */
export function escapeSeqDecode(value: string): string {
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
    if ((letter | 0x20) === 0x78 && hexRun(bytes, at + 1, end, 2) === 2) {
      bytes[length++] = hexByte(bytes, at + 1);
      at += 3;
    } else if (isOctal(letter)) {
      const digits = octalRun(bytes, at, end);
      bytes[length++] = octalValue(bytes, at, digits);
      at += digits;
    } else {
      bytes[length++] = ESCAPE_LETTERS[letter] ?? 0;
      at++;
    }
  }
  return length === end ? value : textOf(bytes, length);
}
