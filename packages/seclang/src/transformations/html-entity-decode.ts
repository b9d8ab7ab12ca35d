import { bytesOf, textOf } from './byte-room.ts';
import { NIBBLES } from './hex.ts';

const HASH = 0x23;
const SEMICOLON = 0x3b;
const SMALL_X = 0x78;

const NAMED: ReadonlyMap<string, number> = new Map([
  ['quot', 0x22],
  ['amp', 0x26],
  ['lt', 0x3c],
  ['gt', 0x3e],
  ['nbsp', 0xa0],
]);
const LONGEST_NAME = 4;

/** Numeric entities (their low byte) and the five names `quot amp lt gt nbsp`; the semicolon may be missing. */
export function htmlEntityDecode(value: string): string {
  let from = value.indexOf('&');
  if (from < 0) return value;
  const bytes = bytesOf(value);
  let length = from;
  while (from >= 0) {
    const entity = entityAt(value, bytes, from);
    let at = from;
    if (entity !== undefined) {
      bytes[length++] = entity.byte;
      at = entity.end < value.length && bytes[entity.end] === SEMICOLON ? entity.end + 1 : entity.end;
    }
    // The ampersand of what is no entity is copied with the text behind it.
    from = value.indexOf('&', Math.max(at, from + 1));
    const plainEnd = from < 0 ? value.length : from;
    while (at < plainEnd) bytes[length++] = bytes[at++] ?? 0;
  }
  return length === value.length ? value : textOf(bytes, length);
}

interface Entity {
  readonly byte: number;
  /** Where it ends, without the semicolon. */
  readonly end: number;
}

function entityAt(value: string, bytes: Uint8Array, ampersand: number): Entity | undefined {
  const start = ampersand + 1;
  if (start >= value.length) return undefined;
  if (bytes[start] !== HASH) return namedAt(value, bytes, start);
  const hexadecimal = start + 1 < value.length && ((bytes[start + 1] ?? 0) | 0x20) === SMALL_X;
  return hexadecimal ? hexAt(value, bytes, start + 2) : decimalAt(value, bytes, start + 1);
}

function namedAt(value: string, bytes: Uint8Array, start: number): Entity | undefined {
  let end = start;
  while (end < value.length && isAlphanumeric(bytes[end] ?? 0)) if (++end - start > LONGEST_NAME) return undefined;
  const byte = NAMED.get(value.slice(start, end).toLowerCase());
  return byte === undefined ? undefined : { byte, end };
}

function isAlphanumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a);
}

// The reference reads numbers with strtol, which stops at LONG_MAX: its low byte is 0xff.

function hexAt(value: string, bytes: Uint8Array, start: number): Entity | undefined {
  let end = start;
  let low = 0;
  let significant = 0;
  let top = 0;
  for (; end < value.length; end++) {
    const nibble = NIBBLES[bytes[end] ?? 0] ?? -1;
    if (nibble < 0) break;
    low = ((low << 4) | nibble) & 0xff;
    if (significant === 0) top = nibble;
    if (significant > 0 || nibble > 0) significant++;
  }
  if (end === start) return undefined;
  return { byte: significant > 16 || (significant === 16 && top >= 8) ? 0xff : low, end };
}

const LONG_MAX = '9223372036854775807';

function decimalAt(value: string, bytes: Uint8Array, start: number): Entity | undefined {
  let end = start;
  let low = 0;
  let first = start;
  for (; end < value.length; end++) {
    const digit = (bytes[end] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    low = (low * 10 + digit) & 0xff;
    if (digit === 0 && first === end) first++;
  }
  if (end === start) return undefined;
  const significant = end - first;
  const over = significant > 19 || (significant === 19 && value.slice(first, end) > LONG_MAX);
  return { byte: over ? 0xff : low, end };
}
