import { bytesOf, textOf } from './byte-room.ts';

/** The value without the bytes whose cell is 1; the first of them stands at `first`. */
export function dropBytes(value: string, dropped: Uint8Array, first: number): string {
  const bytes = bytesOf(value);
  let length = first;
  for (let at = first; at < value.length; at++) {
    const byte = bytes[at] ?? 0;
    bytes[length] = byte;
    length += 1 - (dropped[byte] ?? 0);
  }
  return textOf(bytes, length);
}
