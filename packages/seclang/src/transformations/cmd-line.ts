import { lowercase } from './lowercase.ts';

const TOUCHED = /[A-Z"'\\^,;\t\r\n]|  | [/(]/;
const DROPPED = /["'\\^]+/g;
const SEPARATORS = /[ ,;\t\r\n]+/g;

/**
 * What shells of Unix and Windows ignore: quotes, backslashes and carets go, separators become one blank, the blank
 * before `/` and `(` goes, letters become small.
 */
export function cmdLine(value: string): string {
  if (!TOUCHED.test(value)) return value;
  return lowercase(value.replace(DROPPED, '').replace(SEPARATORS, ' ').replaceAll(' /', '/').replaceAll(' (', '('));
}
