import { Item } from '../transaction/item.ts';

/** The pairs of all Cookie fields (their length is bounded by the head's), RFC 6265 section 5.4 read tolerantly. Values stay as sent: rules decode them themselves. */
export function parseCookies(fields: Iterable<string>): Item[] {
  const items: Item[] = [];
  for (const field of fields) {
    for (const piece of field.split(';')) {
      const text = piece.replace(/^[ \t]+/, '');
      if (text === '') continue;
      const equals = text.indexOf('=');
      items.push(equals === -1 ? new Item(text, '') : new Item(text.slice(0, equals), text.slice(equals + 1)));
    }
  }
  return items;
}
