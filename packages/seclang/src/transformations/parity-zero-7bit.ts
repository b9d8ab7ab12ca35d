import { byteMap } from './byte-class.ts';
import { mapBytes } from './map-bytes.ts';

const SEVEN_BITS = byteMap((byte) => byte & 0x7f);

/** Clears the top bit of every byte. */
export function parityZero7bit(value: string): string {
  return mapBytes(value, SEVEN_BITS);
}
