import { bytesOf, textOf } from './byte-room.ts';
import { foldedByte, hexByte, hexRun } from './hex.ts';

const PERCENT = 0x25;
const PLUS = 0x2b;
const BLANK = 0x20;
const SMALL_U = 0x75;

/** `+` and `%HH`; anything else after `%` stays as it is. */
export function urlDecode(value: string): string {
  return decode(value, false);
}

/** With `unicode` also IIS' `%uHHHH`. */
export function decode(value: string, unicode: boolean): string {
  if (!value.includes('%') && !value.includes('+')) return value;
  const bytes = bytesOf(value);
  const end = value.length;
  let length = 0;
  let at = 0;
  let changed = false;
  while (at < end) {
    const byte = bytes[at++] ?? 0;
    if (byte === PLUS) {
      bytes[length++] = BLANK;
      changed = true;
    } else if (byte !== PERCENT) {
      bytes[length++] = byte;
    } else if (hexRun(bytes, at, end, 2) === 2) {
      bytes[length++] = hexByte(bytes, at);
      at += 2;
    } else if (unicode && ((bytes[at] ?? 0) | 0x20) === SMALL_U && hexRun(bytes, at + 1, end, 4) === 4) {
      bytes[length++] = foldedByte(bytes, at + 1);
      at += 5;
    } else bytes[length++] = byte;
  }
  return changed || length !== end ? textOf(bytes, length) : value;
}
