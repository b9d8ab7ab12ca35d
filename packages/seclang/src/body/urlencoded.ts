import { Item } from '../transaction/item.ts';

export interface UrlencodedFacts {
  readonly items: readonly Item[];
  /** A `%` without two hexadecimal digits after it. */
  readonly invalid: boolean;
  /** More arguments than allowed came; the rest was not looked at. */
  readonly overLimit: boolean;
}

/** `a=1&b=2` of a query string or a form. Empty pieces are dropped; a piece without `=` is a name with an empty value. */
export function parseUrlencoded(text: string, separator: string, limit: number): UrlencodedFacts {
  const items: Item[] = [];
  let invalid = false;
  let start = 0;
  while (start <= text.length) {
    const found = text.indexOf(separator, start);
    const end = found === -1 ? text.length : found;
    if (end > start) {
      if (items.length >= limit) return { items, invalid, overLimit: true };
      const equals = text.indexOf('=', start);
      const nameEnd = equals === -1 || equals > end ? end : equals;
      const name = text.slice(start, nameEnd);
      const value = nameEnd === end ? '' : text.slice(nameEnd + 1, end);
      if (!invalid && (hasBadEscape(name) || hasBadEscape(value))) invalid = true;
      items.push(new Item(decodeForm(name), decodeForm(value)));
    }
    start = end + 1;
  }
  return { items, invalid, overLimit: false };
}

function hasBadEscape(text: string): boolean {
  return text.includes('%') && /%(?![0-9A-Fa-f]{2})/.test(text);
}

/** `+` is a space; an escape that is not hexadecimal stays as it is. */
export function decodeForm(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  return decodeEscapes(spaced);
}

export function decodeEscapes(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
