import { byteClass } from './byte-class.ts';
import { bytesBehind, textOf } from './byte-room.ts';

const PERCENT = 0x25;
const PLUS = 0x2b;
const BLANK = 0x20;
const KEPT = byteClass(/[*0-9A-Za-z]/);
const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** All but ASCII letters, digits and `*` as `%hh`, a blank as `+`. */
export function urlEncode(value: string): string {
  const gap = value.length * 2;
  const bytes = bytesBehind(value, gap);
  let length = 0;
  let changed = false;
  for (let at = gap; at < gap + value.length; at++) {
    const byte = bytes[at] ?? 0;
    if (KEPT[byte] === 1) bytes[length++] = byte;
    else {
      changed = true;
      if (byte === BLANK) bytes[length++] = PLUS;
      else {
        bytes[length++] = PERCENT;
        bytes[length++] = DIGITS[byte >> 4] ?? 0;
        bytes[length++] = DIGITS[byte & 15] ?? 0;
      }
    }
  }
  return changed ? textOf(bytes, length) : value;
}
