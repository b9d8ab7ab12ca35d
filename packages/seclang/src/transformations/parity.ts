import { byteMap } from './byte-class.ts';

/** 1 when the number of set bits in the byte is odd. */
function oddBits(byte: number): number {
  const folded = (byte ^ (byte >> 4)) & 0xf;
  return (0x6996 >> folded) & 1;
}

/** Sets the top bit where it is needed to reach the parity, clears it elsewhere. */
export function parityMap(topBitWhenOdd: 0 | 1): Uint8Array {
  return byteMap((byte) => (oddBits(byte) === topBitWhenOdd ? byte | 0x80 : byte & 0x7f));
}
