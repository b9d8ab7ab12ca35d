import { bytesOf, textOf } from './byte-room.ts';

const HASH = 0x23;
const STAR = 0x2a;
const HYPHEN = 0x2d;
const SLASH = 0x2f;
const LESS = 0x3c;
const EXCLAMATION = 0x21;
const GREATER = 0x3e;

/** Removes the marks that begin or end a comment (those of C, `<!--`, `-->`, `--`, `#`), and keeps what they enclose. */
export function removeCommentsChar(value: string): string {
  if (!value.includes('#') && !value.includes('--') && !value.includes('*')) return value;
  const bytes = bytesOf(value);
  let length = 0;
  let at = 0;
  while (at < value.length) {
    const mark = markAt(bytes, at, value.length);
    if (mark > 0) at += mark;
    else bytes[length++] = bytes[at++] ?? 0;
  }
  return length === value.length ? value : textOf(bytes, length);
}

/** Length of the mark at `at`, 0 when there is none. */
function markAt(bytes: Uint8Array, at: number, end: number): number {
  const next = at + 1 < end ? bytes[at + 1] : -1;
  switch (bytes[at]) {
    case HASH:
      return 1;
    case SLASH:
      return next === STAR ? 2 : 0;
    case STAR:
      return next === SLASH ? 2 : 0;
    case HYPHEN:
      if (next !== HYPHEN) return 0;
      return at + 2 < end && bytes[at + 2] === GREATER ? 3 : 2;
    case LESS:
      return at + 3 < end && next === EXCLAMATION && bytes[at + 2] === HYPHEN && bytes[at + 3] === HYPHEN ? 4 : 0;
    default:
      return 0;
  }
}
