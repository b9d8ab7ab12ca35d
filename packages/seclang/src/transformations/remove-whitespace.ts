import { byteClass } from './byte-class.ts';
import { dropBytes } from './drop-bytes.ts';

const SPACE = /[\t-\r \xa0]/;
const DROPPED = byteClass(SPACE);

/** Removes C white space and the byte 0xa0 (no-break space in Latin-1). */
export function removeWhitespace(value: string): string {
  const first = value.search(SPACE);
  return first < 0 ? value : dropBytes(value, DROPPED, first);
}
