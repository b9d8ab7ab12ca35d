/** 1 when the number of set bits in the byte is odd. */
function oddBits(byte: number): number {
  const folded = (byte ^ (byte >> 4)) & 0xf;
  return (0x6996 >> folded) & 1;
}

/** Sets the top bit where it is needed to reach the parity, clears it elsewhere. */
export function withParity(value: string, topBitWhenOdd: 0 | 1): string {
  let out = '';
  for (let at = 0; at < value.length; at++) {
    const byte = value.charCodeAt(at);
    out += String.fromCharCode(oddBits(byte) === topBitWhenOdd ? byte | 0x80 : byte & 0x7f);
  }
  return out;
}
