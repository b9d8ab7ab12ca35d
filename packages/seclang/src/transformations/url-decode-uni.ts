import { decode } from './url-decode.ts';

/** Like urlDecode, and IIS' `%uHHHH`: the low byte, with U+FF01 to U+FF5E folded to the ASCII character they look like. */
export function urlDecodeUni(value: string): string {
  return decode(value, true);
}
