import { Item } from '../transaction/item.ts';
import { urlDecode } from '../transformations/url-decode.ts';

export interface UrlencodedFacts {
  readonly items: readonly Item[];
  /** A `%` without two hexadecimal digits after it. */
  readonly invalid: boolean;
  /** More arguments than allowed came; the rest was not looked at. */
  readonly overLimit: boolean;
}

const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/;

/** `a=1&b=2` of a query string or a form. Empty pieces are dropped; a piece without `=` is a name with an empty value. */
export function parseUrlencoded(text: string, separator: string, limit: number): UrlencodedFacts {
  const items: Item[] = [];
  const escaped = text.includes('%') || text.includes('+');
  let invalid = false;
  let start = 0;
  // Looked for once, not in each piece: a body of names without `=` would cost the square of its length.
  let equals = text.indexOf('=');
  while (start < text.length) {
    const found = text.indexOf(separator, start);
    const end = found === -1 ? text.length : found;
    if (end > start) {
      if (items.length >= limit) return { items, invalid, overLimit: true };
      if (equals !== -1 && equals < start) equals = text.indexOf('=', start);
      const nameEnd = equals === -1 || equals > end ? end : equals;
      const name = text.slice(start, nameEnd);
      const value = nameEnd === end ? '' : text.slice(nameEnd + 1, end);
      if (escaped) {
        invalid ||= BAD_ESCAPE.test(name) || BAD_ESCAPE.test(value);
        items.push(new Item(urlDecode(name), urlDecode(value)));
      } else items.push(new Item(name, value));
    }
    start = end + separator.length;
  }
  return { items, invalid, overLimit: false };
}
