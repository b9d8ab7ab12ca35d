import { decode } from './url-decode.ts';

const BLANK = 0x20;

/** Like urlDecode, and IIS' `%uHHHH`: the low byte, with U+FF01 to U+FF5E folded to the ASCII character they look like. */
export function urlDecodeUni(value: string): string {
  return value.includes('%') || value.includes('+') ? decode(value, BLANK, true) : value;
}
