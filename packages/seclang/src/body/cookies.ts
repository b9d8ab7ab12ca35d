import { Item } from '../transaction/item.ts';

const TAB = 0x09;
const BLANK = 0x20;

/** The pairs of all Cookie fields (their length is bounded by the head's), RFC 6265 section 5.4 read tolerantly. Values stay as sent: rules decode them themselves. */
export function parseCookies(fields: readonly string[]): Item[] {
  const items: Item[] = [];
  for (const field of fields) addPairs(field, items);
  return items;
}

function addPairs(field: string, items: Item[]): void {
  let start = 0;
  while (start < field.length) {
    const semicolon = field.indexOf(';', start);
    const end = semicolon === -1 ? field.length : semicolon;
    while (start < end && (field.charCodeAt(start) === BLANK || field.charCodeAt(start) === TAB)) start++;
    if (start < end) items.push(cookie(field.slice(start, end)));
    start = end + 1;
  }
}

function cookie(text: string): Item {
  const equals = text.indexOf('=');
  return equals === -1 ? new Item(text, '') : new Item(text.slice(0, equals), text.slice(equals + 1));
}
