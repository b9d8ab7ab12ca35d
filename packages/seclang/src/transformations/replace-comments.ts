import { bytesOf, textOf } from './byte-room.ts';

const BLANK = 0x20;

/** Each C comment becomes a blank; one that is not closed takes the rest of the value. */
export function replaceComments(value: string): string {
  let open = value.indexOf('/*');
  if (open < 0) return value;
  const bytes = bytesOf(value);
  let length = open;
  let at = open;
  while (open >= 0) {
    while (at < open) bytes[length++] = bytes[at++] ?? 0;
    bytes[length++] = BLANK;
    const close = value.indexOf('*/', open + 2);
    if (close < 0) return textOf(bytes, length);
    at = close + 2;
    open = value.indexOf('/*', at);
  }
  while (at < value.length) bytes[length++] = bytes[at++] ?? 0;
  return textOf(bytes, length);
}
