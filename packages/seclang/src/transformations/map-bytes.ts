import { bytesOf, textOf } from './byte-room.ts';

/** Each byte replaced as the table of 256 cells says. */
export function mapBytes(value: string, map: Uint8Array): string {
  const bytes = bytesOf(value);
  let at = 0;
  while (at < value.length && map[bytes[at] ?? 0] === bytes[at]) at++;
  if (at === value.length) return value;
  for (; at < value.length; at++) bytes[at] = map[bytes[at] ?? 0] ?? 0;
  return textOf(bytes, value.length);
}
