import { bytesOf, textOf } from './byte-room.ts';
import { foldedByte, hexByte, hexRun, isSpace, NIBBLES } from './hex.ts';

const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;

/** CSS 2 escapes: `\` and one to six hex digits (the low byte counts, full-width ASCII is folded), or a literal byte. */
export function cssDecode(value: string): string {
  const first = value.indexOf('\\');
  if (first < 0) return value;
  const bytes = bytesOf(value);
  const end = value.length;
  let length = first;
  let at = first;
  while (at < end) {
    const byte = bytes[at++] ?? 0;
    if (byte !== BACKSLASH) {
      bytes[length++] = byte;
      continue;
    }
    const digits = hexRun(bytes, at, end, 6);
    if (digits > 0) {
      bytes[length++] = escaped(bytes, at, digits);
      at += digits;
      // One white space ends the escape and belongs to it.
      if (at < end && isSpace(bytes[at] ?? 0)) at++;
    } else if (at < end) {
      const literal = bytes[at++] ?? 0;
      if (literal !== NEWLINE) bytes[length++] = literal;
    }
  }
  return textOf(bytes, length);
}

function escaped(bytes: Uint8Array, at: number, digits: number): number {
  if (digits === 1) return NIBBLES[bytes[at] ?? 0] ?? 0;
  const last = at + digits;
  if (digits < 4) return hexByte(bytes, last - 2);
  for (let index = at; index < last - 4; index++) if (bytes[index] !== 0x30) return hexByte(bytes, last - 2);
  return foldedByte(bytes, last - 4);
}
