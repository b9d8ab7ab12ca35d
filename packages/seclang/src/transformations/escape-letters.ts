import { byteMap } from './byte-class.ts';

const LETTERS = new Map([
  ['a', 0x07],
  ['b', 0x08],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
]);

/** What the byte after a backslash stands for: C's and JavaScript's one-letter escapes, else itself. */
export const ESCAPE_LETTERS = byteMap((byte) => LETTERS.get(String.fromCharCode(byte)) ?? byte);
