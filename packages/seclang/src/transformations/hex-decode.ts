import { bytesOf, textOf } from './byte-room.ts';

/** Two characters a byte, an odd last one is dropped. Foreign characters count by the arithmetic of the reference, not as errors. */
export function hexDecode(value: string): string {
  const bytes = bytesOf(value);
  let length = 0;
  for (let at = 0; at + 1 < value.length; at += 2) {
    bytes[length++] = digit(bytes[at] ?? 0) * 16 + digit(bytes[at + 1] ?? 0);
  }
  return textOf(bytes, length);
}

function digit(code: number): number {
  return code >= 0x41 ? (code & 0xdf) - 0x41 + 10 : code - 0x30;
}
