import type { AnswerLikeness } from '@seawall/contract';
import type { DecoyAnswer } from './answer.ts';
import type { Seeded } from './random.ts';

const SAFE_VALUE = /^[\t\x20-\x7e]*$/;

/** Fields in the learned order: static values as they are, the others made up by what their name says. */
export function inventAnswerFields(style: AnswerLikeness, random: Seeded, nowMs: number): DecoyAnswer['fields'] {
  const made: { name: string; value: string }[] = [];
  for (const [name, value] of style.fields) {
    const text = value === null ? inventValue(name.toLowerCase(), random.fork(name), nowMs) : fillId(value, random);
    // The likeness came over the network: what could break a head is left out.
    if (text !== undefined && SAFE_VALUE.test(text) && /^[\w-]+$/.test(name)) made.push({ name, value: text });
  }
  if (style.contentType !== '' && !made.some(({ name }) => name.toLowerCase() === 'content-type')) {
    made.push({ name: 'Content-Type', value: style.contentType });
  }
  for (const cookie of style.cookies) {
    const value = random.fork(cookie.name).hex(Math.min(Math.max(cookie.length, 16), 128));
    const attributes = cookie.attributes === '' ? '' : `; ${cookie.attributes}`;
    const text = `${cookie.name}=${value}${attributes}`;
    if (SAFE_VALUE.test(text)) made.push({ name: 'Set-Cookie', value: text });
  }
  return made;
}

const fillId = (value: string, random: Seeded): string => value.replaceAll('{{id}}', () => String(random.whole(2, 60)));

function inventValue(name: string, random: Seeded, nowMs: number): string | undefined {
  if (name === 'date') return new Date(nowMs).toUTCString();
  if (name === 'last-modified') return new Date(nowMs - random.whole(3_600, 900_000) * 1000).toUTCString();
  if (name === 'expires') return new Date(nowMs + 3_600_000).toUTCString();
  if (name === 'etag') return `W/"${random.hex(4)}-${random.hex(12)}"`;
  if (name === 'age') return String(random.whole(0, 120));
  if (/request-id|trace|correlation/.test(name)) {
    return `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-9${random.hex(3)}-${random.hex(12)}`;
  }
  if (/runtime|time|duration/.test(name)) return (random.whole(2, 90) / 1000).toFixed(3);
  if (/ratelimit|remaining|limit|count|total/.test(name)) return String(random.whole(20, 100));
  // Fields for links, ranges or permissions need a meaning; leaving them out is believable, a wrong one is not.
  if (!name.startsWith('x-') && !/digest|checksum/.test(name)) return undefined;
  return random.hex(64);
}
