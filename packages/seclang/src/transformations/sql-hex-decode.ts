import { bytesOf, textOf } from './byte-room.ts';
import { hexByte, hexRun } from './hex.ts';

const ZERO = 0x30;
const SMALL_X = 0x78;

/** `0x` and pairs of hex digits become their bytes, wherever they stand; an odd last digit stays. */
export function sqlHexDecode(value: string): string {
  if (!value.includes('0x') && !value.includes('0X')) return value;
  const bytes = bytesOf(value);
  const end = value.length;
  let length = 0;
  let at = 0;
  while (at < end) {
    const byte = bytes[at++] ?? 0;
    if (byte !== ZERO || at === end || ((bytes[at] ?? 0) | 0x20) !== SMALL_X || hexRun(bytes, at + 1, end, 2) < 2) {
      bytes[length++] = byte;
      continue;
    }
    for (at++; hexRun(bytes, at, end, 2) === 2; at += 2) bytes[length++] = hexByte(bytes, at);
  }
  return length === end ? value : textOf(bytes, length);
}
