import { decodeUtf8At } from './utf8.ts';

/** Each UTF-8 sequence of two to four bytes becomes `%uHHHH`; bytes that form none stay. Overlong forms count: lax decoders read them. */
export function utf8toUnicode(value: string): string {
  if (!/[\x80-\xff]/.test(value)) return value;
  let out = '';
  let copied = 0;
  for (let at = 0; at < value.length;) {
    const { codePoint, length } = decodeUtf8At(value, at);
    if (length > 1 && codePoint >= 0) {
      out += `${value.slice(copied, at)}%u${codePoint.toString(16).padStart(4, '0')}`;
      copied = at + length;
    }
    at += length;
  }
  return out + value.slice(copied);
}
