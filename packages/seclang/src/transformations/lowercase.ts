import { byteMap } from './byte-class.ts';
import { mapBytes } from './map-bytes.ts';

/** What each byte is in lower case. */
export const LOWER = byteMap((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));

const CAPITALS = /[A-Z]/;
const LATIN_CAPITALS = /[\xc0-\xde]/;

/** ASCII only: bytes above 127 are no letters here. */
export function lowercase(value: string): string {
  if (!CAPITALS.test(value)) return value;
  return LATIN_CAPITALS.test(value) ? mapBytes(value, LOWER) : value.toLowerCase();
}
