import { byteClass, byteMap } from './byte-class.ts';
import { bytesOf, textOf } from './byte-room.ts';

const TOUCHED = /[\t-\r]| {2}/;
const SPACE = byteClass(/[\t-\r ]/);
const MAP = byteMap((byte) => (SPACE[byte] === 1 ? 0x20 : byte));

/** Each run of C white space becomes one blank. */
export function compressWhitespace(value: string): string {
  const first = value.search(TOUCHED);
  if (first < 0) return value;
  const bytes = bytesOf(value);
  let length = first;
  let changed = 0;
  let inSpace = first === 0 ? 0 : (SPACE[bytes[first - 1] ?? 0] ?? 0);
  for (let at = first; at < value.length; at++) {
    const byte = bytes[at] ?? 0;
    const space = SPACE[byte] ?? 0;
    const mapped = MAP[byte] ?? 0;
    bytes[length] = mapped;
    changed |= mapped ^ byte;
    length += 1 - (space & inSpace);
    inSpace = space;
  }
  return changed !== 0 || length !== value.length ? textOf(bytes, length) : value;
}
