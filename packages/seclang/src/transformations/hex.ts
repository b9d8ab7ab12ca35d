export function isHex(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66);
}

export function isOctal(code: number): boolean {
  return code >= 0x30 && code <= 0x37;
}

/** White space of the C locale. */
export function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/** How many hex digits stand at `at`, at most `limit`. */
export function hexRun(value: string, at: number, limit: number): number {
  let count = 0;
  while (count < limit && at + count < value.length && isHex(value.charCodeAt(at + count))) count++;
  return count;
}

/** How many octal digits stand at `at`, at most three. */
export function octalRun(value: string, at: number): number {
  let count = 0;
  while (count < 3 && at + count < value.length && isOctal(value.charCodeAt(at + count))) count++;
  return count;
}

/** Value of the two hex digits at `at`. */
export function hexByte(value: string, at: number): number {
  return (nibble(value.charCodeAt(at)) << 4) | nibble(value.charCodeAt(at + 1));
}

function nibble(code: number): number {
  return code <= 0x39 ? code - 0x30 : (code | 0x20) - 0x57;
}

/** Whether the four hex digits at `at` are U+FF01 to U+FF5E, full-width forms of the ASCII character 0x20 above their low byte. */
export function isFullWidth(value: string, at: number, low: number): boolean {
  return low > 0 && low < 0x5f && (value.charCodeAt(at) | 0x20) === 0x66 && (value.charCodeAt(at + 1) | 0x20) === 0x66;
}
