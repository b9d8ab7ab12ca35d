import { byteMap } from './byte-class.ts';
import { mapBytes } from './map-bytes.ts';

const UPPER = byteMap((byte) => (byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte));

/** ASCII only: bytes above 127 are no letters here. */
export function uppercase(value: string): string {
  return mapBytes(value, UPPER);
}
