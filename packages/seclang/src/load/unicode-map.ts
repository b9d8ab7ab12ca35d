import { Buffer } from 'node:buffer';
import type { Transformation } from '../transformations/transformation.ts';
import { urlDecodeUni } from '../transformations/url-decode-uni.ts';

/** Bytes that code points become, by the number of a code page: a line of its number and name, then `HHHH:HH` pairs. */
export function readUnicodeMap(text: string, codePage: string): ReadonlyMap<number, number> | undefined {
  const words = text.split(/\s+/);
  // The number stands alone; the pairs never look like it.
  const start = words.indexOf(codePage);
  if (start === -1) return undefined;
  const map = new Map<number, number>();
  for (const word of words.slice(start + 1)) {
    const pair = /^([0-9a-fA-F]{4}):([0-9a-fA-F]{2})$/.exec(word);
    if (pair !== null) map.set(Number.parseInt(pair[1] ?? '', 16), Number.parseInt(pair[2] ?? '', 16));
    else if (/^\d+$/.test(word) && map.size > 0) break;
  }
  return map;
}

/** `t:urlDecodeUni` that asks the table first; what it does not name is folded as without one. */
export function urlDecodeWith(map: ReadonlyMap<number, number>): Transformation {
  return (value) =>
    urlDecodeUni(
      value.replace(/%[uU]([0-9a-fA-F]{4})/g, (whole, digits: string) => {
        const byte = map.get(Number.parseInt(digits, 16));
        return byte === undefined ? whole : `%${Buffer.of(byte).toString('hex')}`;
      }),
    );
}
