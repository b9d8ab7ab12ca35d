import { byteClass } from './byte-class.ts';

/** By lower-case name: a value without such a byte comes back as it is; `always` = no byte tells. */
const TOUCHED: Readonly<Record<string, RegExp | 'always'>> = {
  base64decode: 'always',
  base64decodeext: 'always',
  base64encode: 'always',
  cmdline: /[A-Z"'\\^,;\t\r\n ]/,
  cmd_line: /[A-Z"'\\^,;\t\r\n ]/,
  compresswhitespace: /[\t-\r ]/,
  cssdecode: /\\/,
  escapeseqdecode: /\\/,
  hexdecode: 'always',
  hexencode: 'always',
  htmlentitydecode: /&/,
  jsdecode: /\\/,
  length: 'always',
  lowercase: /[A-Z]/,
  uppercase: /[a-z]/,
  md5: 'always',
  sha1: 'always',
  none: /(?!)/,
  normalisepath: /[./]/,
  normalizepath: /[./]/,
  normalisepathwin: /[./\\]/,
  normalizepathwin: /[./\\]/,
  parityeven7bit: 'always',
  parityodd7bit: 'always',
  parityzero7bit: /[\x80-\xff]/,
  phpargsnames: /[ .[]/,
  // Every mark holds one of these: two hyphens begin or end the HTML forms, `*` stands in both C forms.
  removecomments: /[*#-]/,
  removecommentschar: /[*#-]/,
  removenulls: /\0/,
  removewhitespace: /[\t-\r \xa0]/,
  replacecomments: /\*/,
  replacenulls: /\0/,
  sqlhexdecode: /[xX]/,
  trim: /[\t-\r ]/,
  trimleft: /[\t-\r ]/,
  trimright: /[\t-\r ]/,
  urldecode: /[+%]/,
  urldecodeuni: /[+%]/,
  urlencode: /[^*0-9A-Za-z]/,
  utf8tounicode: /[\x80-\xff]/,
};

const TABLES: ReadonlyMap<string, Uint8Array | undefined> = new Map(
  Object.entries(TOUCHED).map(([name, touched]) => [name, touched === 'always' ? undefined : byteClass(touched)]),
);

/**
 * 256 cells, 1 = such a byte can make the transformation do something: a value without any is left as it is.
 * `undefined` = it may change every value (hashes, encodings, base64), or nothing is known of that name. `name` in lower case.
 */
export function touchedBytes(name: string): Uint8Array | undefined {
  return TABLES.get(name);
}
