import { bytesOf, textOf } from './byte-room.ts';
import { foldedByte, hexByte, hexRun } from './hex.ts';

const PERCENT = 0x25;
const PLUS = 0x2b;
const BLANK = 0x20;
const SMALL_U = 0x75;

/** `+` and `%HH`; anything else after `%` stays as it is. */
export function urlDecode(value: string): string {
  return value.includes('%') || value.includes('+') ? decode(value, BLANK, false) : value;
}

/** `%HH` alone, as in a path. */
export function percentDecode(value: string): string {
  return value.includes('%') ? decode(value, PLUS, false) : value;
}

/** `plus` = what `+` stands for; with `unicode` also IIS' `%uHHHH`. */
export function decode(value: string, plus: number, unicode: boolean): string {
  const bytes = bytesOf(value);
  const end = value.length;
  let length = 0;
  let at = 0;
  let changed = false;
  while (at < end) {
    const byte = bytes[at++] ?? 0;
    if (byte !== PERCENT) {
      bytes[length++] = byte === PLUS ? plus : byte;
      changed ||= byte === PLUS;
    } else if (hexRun(bytes, at, end, 2) === 2) {
      bytes[length++] = hexByte(bytes, at);
      at += 2;
    } else if (unicode && ((bytes[at] ?? 0) | 0x20) === SMALL_U && hexRun(bytes, at + 1, end, 4) === 4) {
      bytes[length++] = foldedByte(bytes, at + 1);
      at += 5;
    } else bytes[length++] = byte;
  }
  return (changed && plus !== PLUS) || length !== end ? textOf(bytes, length) : value;
}
