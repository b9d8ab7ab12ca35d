import type { Transformation } from './transformation.ts';
import { base64Decode } from './base64-decode.ts';
import { base64DecodeExt } from './base64-decode-ext.ts';
import { base64Encode } from './base64-encode.ts';
import { cmdLine } from './cmd-line.ts';
import { compressWhitespace } from './compress-whitespace.ts';
import { cssDecode } from './css-decode.ts';
import { escapeSeqDecode } from './escape-seq-decode.ts';
import { hexDecode } from './hex-decode.ts';
import { hexEncode } from './hex-encode.ts';
import { htmlEntityDecode } from './html-entity-decode.ts';
import { jsDecode } from './js-decode.ts';
import { length } from './length.ts';
import { lowercase } from './lowercase.ts';
import { md5 } from './md5.ts';
import { none } from './none.ts';
import { normalisePath } from './normalise-path.ts';
import { normalisePathWin } from './normalise-path-win.ts';
import { parityEven7bit } from './parity-even-7bit.ts';
import { parityOdd7bit } from './parity-odd-7bit.ts';
import { parityZero7bit } from './parity-zero-7bit.ts';
import { phpArgsNames } from './php-args-names.ts';
import { removeComments } from './remove-comments.ts';
import { removeCommentsChar } from './remove-comments-char.ts';
import { removeNulls } from './remove-nulls.ts';
import { removeWhitespace } from './remove-whitespace.ts';
import { replaceComments } from './replace-comments.ts';
import { replaceNulls } from './replace-nulls.ts';
import { sha1 } from './sha1.ts';
import { sqlHexDecode } from './sql-hex-decode.ts';
import { trim } from './trim.ts';
import { trimLeft } from './trim-left.ts';
import { trimRight } from './trim-right.ts';
import { uppercase } from './uppercase.ts';
import { urlDecode } from './url-decode.ts';
import { urlDecodeUni } from './url-decode-uni.ts';
import { urlEncode } from './url-encode.ts';
import { utf8toUnicode } from './utf8-to-unicode.ts';

const NAMED: Readonly<Record<string, Transformation>> = {
  base64Decode,
  base64DecodeExt,
  base64Encode,
  cmdLine,
  compressWhitespace,
  cssDecode,
  escapeSeqDecode,
  hexDecode,
  hexEncode,
  htmlEntityDecode,
  jsDecode,
  length,
  lowercase,
  uppercase,
  md5,
  sha1,
  none,
  normalisePath,
  normalisePathWin,
  parityEven7bit,
  parityOdd7bit,
  parityZero7bit,
  phpArgsNames,
  removeComments,
  removeCommentsChar,
  removeNulls,
  removeWhitespace,
  replaceComments,
  replaceNulls,
  sqlHexDecode,
  trim,
  trimLeft,
  trimRight,
  urlDecode,
  urlDecodeUni,
  urlEncode,
  utf8toUnicode,
  normalizePath: normalisePath,
  normalizePathWin: normalisePathWin,
  cmd_line: cmdLine,
};

/** By name in lower case, aliases included. */
export const TRANSFORMATIONS: ReadonlyMap<string, Transformation> = new Map(
  Object.entries(NAMED).map(([name, transformation]) => [name.toLowerCase(), transformation]),
);

export { touchedBytes } from './touched-bytes.ts';
