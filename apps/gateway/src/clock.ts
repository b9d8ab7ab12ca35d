import { randomFillSync } from 'node:crypto';
import { performance } from 'node:perf_hooks';

/** Integer microseconds UTC since 1970; never steps back within a process. */
export function nowMicros(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

// Random bytes of 400 ids at once, as hexadecimal digits: a call for each costs more than the id.
const RANDOM_DIGITS = 19;
const random = Buffer.alloc(400 * 10);
let digits = '';
let used = 0;
let timeMs = 0;
let timeDigits = '';

/** A UUIDv7 (RFC 9562, 5.7) of the kind that the caller expects. */
export function newId<T extends string>(): T {
  if (used + RANDOM_DIGITS > digits.length) {
    digits = randomFillSync(random).toString('hex');
    used = 0;
  }
  const now = Date.now();
  if (now !== timeMs) {
    timeMs = now;
    const hex = now.toString(16).padStart(12, '0');
    timeDigits = `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
  }
  const from = used;
  used += RANDOM_DIGITS;
  const variant = '89ab'.charAt(digits.charCodeAt(from + 3) & 3);
  const middle = `${digits.slice(from, from + 3)}-${variant}${digits.slice(from + 4, from + 7)}`;
  return `${timeDigits}${middle}-${digits.slice(from + 7, from + RANDOM_DIGITS)}` as T; // shape made above
}
