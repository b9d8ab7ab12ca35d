import { byteMap } from './byte-class.ts';
import { mapBytes } from './map-bytes.ts';

const NULL_TO_BLANK = byteMap((byte) => (byte === 0 ? 0x20 : byte));

export function replaceNulls(value: string): string {
  return value.includes('\0') ? mapBytes(value, NULL_TO_BLANK) : value;
}
