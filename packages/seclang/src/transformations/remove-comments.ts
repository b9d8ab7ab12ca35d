import { bytesOf, textOf } from './byte-room.ts';

const BLANK = 0x20;
const OPENING = /\/\*|<!--|--|#/g;
const CLOSING = /\*\/|-->/g;

/**
 * Removes SQL and HTML comments; `--` and `#` cut the rest. A comment that is not closed leaves a blank, one that closes
 * with the value leaves a NUL, both as the reference does.
 */
export function removeComments(value: string): string {
  OPENING.lastIndex = 0;
  let opening = OPENING.exec(value);
  if (opening === null) return value;
  const bytes = bytesOf(value);
  let length = opening.index;
  let at = opening.index;
  while (opening !== null) {
    while (at < opening.index) bytes[length++] = bytes[at++] ?? 0;
    const mark = opening[0];
    if (mark === '--' || mark === '#') return textOf(bytes, length);
    CLOSING.lastIndex = at + mark.length;
    if (!CLOSING.test(value)) {
      bytes[length++] = BLANK;
      return textOf(bytes, length);
    }
    at = CLOSING.lastIndex;
    if (at >= value.length) {
      bytes[length++] = 0;
      return textOf(bytes, length);
    }
    OPENING.lastIndex = at;
    opening = OPENING.exec(value);
  }
  while (at < value.length) bytes[length++] = bytes[at++] ?? 0;
  return textOf(bytes, length);
}
