import { hexByte } from './hex.ts';

/** `+` and `%HH`; anything else after `%` stays as it is. */
export function urlDecode(value: string): string {
  if (!/[+%]/.test(value)) return value;
  return value.replace(/\+|%[0-9a-fA-F]{2}/g, (found) =>
    found === '+' ? ' ' : String.fromCharCode(hexByte(found, 1)),
  );
}
