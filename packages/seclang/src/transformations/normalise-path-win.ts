import { byteMap } from './byte-class.ts';
import { bytesOf, textOf } from './byte-room.ts';
import { normaliseBytes, normalisePath } from './normalise-path.ts';

const BACKSLASH = 0x5c;
const FORWARD = byteMap((byte) => (byte === BACKSLASH ? 0x2f : byte));

/** normalisePath, with backslashes read as slashes. */
export function normalisePathWin(value: string): string {
  if (!value.includes('\\')) return normalisePath(value);
  const bytes = bytesOf(value);
  for (let at = 0; at < value.length; at++) bytes[at] = FORWARD[bytes[at] ?? 0] ?? 0;
  return textOf(bytes, normaliseBytes(bytes, value.length));
}
