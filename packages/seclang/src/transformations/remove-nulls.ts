import { byteClass } from './byte-class.ts';
import { dropBytes } from './drop-bytes.ts';

const NULL = byteClass(/\0/);

export function removeNulls(value: string): string {
  const first = value.indexOf('\0');
  return first < 0 ? value : dropBytes(value, NULL, first);
}
