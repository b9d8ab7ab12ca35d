import { hexByte, isFullWidth } from './hex.ts';

/** Like urlDecode, and IIS' `%uHHHH`: the low byte, with U+FF01 to U+FF5E folded to the ASCII character they look like. */
export function urlDecodeUni(value: string): string {
  if (!/[+%]/.test(value)) return value;
  return value.replace(/\+|%[0-9a-fA-F]{2}|%[uU][0-9a-fA-F]{4}/g, decode);
}

function decode(found: string): string {
  if (found === '+') return ' ';
  if (found.length === 3) return String.fromCharCode(hexByte(found, 1));
  const low = hexByte(found, 4);
  return String.fromCharCode(isFullWidth(found, 2, low) ? low + 0x20 : low);
}
