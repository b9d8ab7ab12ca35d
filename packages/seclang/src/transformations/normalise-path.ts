import { bytesOf, textOf } from './byte-room.ts';

const SLASH = 0x2f;
const DOT = 0x2e;
const TOUCHED = /^\.|\/[./]/;

/**
 * Removes empty and `.` segments and resolves `..`; what climbs above the root of an absolute path is dropped, above a
 * relative one kept. A slash ends the result only when it ended the value.
 */
export function normalisePath(value: string): string {
  if (!TOUCHED.test(value)) return value;
  const bytes = bytesOf(value);
  const length = normaliseBytes(bytes, value.length);
  return length === value.length ? value : textOf(bytes, length);
}

/** Walks the segments; what is kept moves to the front, each one with a slash behind it. Answers the new length. */
export function normaliseBytes(bytes: Uint8Array, end: number): number {
  const root = bytes[0] === SLASH ? 1 : 0;
  const slashAtEnd = bytes[end - 1] === SLASH;
  let length = root;
  // What stands before it cannot be popped: the root, or the `..` that climb out of a relative path.
  let floor = root;
  let next = root;
  while (next < end) {
    const start = next;
    while (next < end && bytes[next] !== SLASH) next++;
    const size = next++ - start;
    if (size === 0 || (size === 1 && bytes[start] === DOT)) continue;
    const climbs = size === 2 && bytes[start] === DOT && bytes[start + 1] === DOT;
    if (climbs && length > floor) {
      length--;
      while (length > floor && bytes[length - 1] !== SLASH) length--;
    } else if (!climbs || root === 0) {
      for (let at = start; at < start + size; at++) bytes[length++] = bytes[at] ?? 0;
      bytes[length++] = SLASH;
      if (climbs) floor = length;
    }
  }
  return length > root && !slashAtEnd ? length - 1 : length;
}
