/** Value of a hex digit, -1 for any other byte. */
export const NIBBLES = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 10; digit++) NIBBLES[0x30 + digit] = digit;
for (let digit = 0; digit < 6; digit++) {
  NIBBLES[0x41 + digit] = 10 + digit;
  NIBBLES[0x61 + digit] = 10 + digit;
}

export function isOctal(code: number): boolean {
  return code >= 0x30 && code <= 0x37;
}

/** White space of the C locale. */
export function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/** How many hex digits stand from `at` on, before `end` and at most `limit`. */
export function hexRun(bytes: Uint8Array, at: number, end: number, limit: number): number {
  let count = 0;
  while (count < limit && at + count < end && (NIBBLES[bytes[at + count] ?? 0] ?? -1) >= 0) count++;
  return count;
}

/** How many octal digits stand from `at` on, before `end` and at most three. */
export function octalRun(bytes: Uint8Array, at: number, end: number): number {
  let count = 0;
  while (count < 3 && at + count < end && isOctal(bytes[at + count] ?? 0)) count++;
  return count;
}

/** Value of the octal digits from `at` on. */
export function octalValue(bytes: Uint8Array, at: number, digits: number): number {
  let value = 0;
  for (let offset = 0; offset < digits; offset++) value = value * 8 + (bytes[at + offset] ?? 0) - 0x30;
  return value;
}

/** Value of the two hex digits at `at`. */
export function hexByte(bytes: Uint8Array, at: number): number {
  return ((NIBBLES[bytes[at] ?? 0] ?? 0) << 4) | (NIBBLES[bytes[at + 1] ?? 0] ?? 0);
}

/** The byte that four hex digits at `at` stand for: the low one, with U+FF01 to U+FF5E folded to the ASCII character they look like. */
export function foldedByte(bytes: Uint8Array, at: number): number {
  const low = hexByte(bytes, at + 2);
  return low > 0 && low < 0x5f && hexByte(bytes, at) === 0xff ? low + 0x20 : low;
}
