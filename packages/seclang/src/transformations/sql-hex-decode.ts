import { Buffer } from 'node:buffer';

const LITERAL = /0[xX]((?:[0-9a-fA-F]{2})+)/g;

/** `0x` and pairs of hex digits become their bytes, wherever they stand; an odd last digit stays. */
export function sqlHexDecode(value: string): string {
  if (!/0[xX]/.test(value)) return value;
  return value.replace(LITERAL, (_whole, digits: string) => Buffer.from(digits, 'hex').toString('latin1'));
}
