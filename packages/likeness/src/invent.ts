import {
  CHINESE_GIVEN,
  CHINESE_SENTENCES,
  CHINESE_SURNAMES,
  CHINESE_TITLES,
  FIRST_NAMES,
  LAST_NAMES,
  SENTENCES,
  TITLES,
  WORDS,
} from './invented-words.ts';
import type { Seeded } from './random.ts';

export interface Person {
  readonly name: string;
  readonly user: string;
  readonly email: string;
}

export function inventPerson(random: Seeded): Person {
  const first = random.pick(FIRST_NAMES);
  const last = random.pick(LAST_NAMES);
  const user = `${first.toLowerCase()}${random.next() < 0.5 ? `.${last.toLowerCase()}` : random.whole(2, 98)}`;
  return {
    name: `${first} ${last}`,
    user,
    email: `${user}@${random.pick(['example.org', 'example.net', 'example.com'])}`,
  };
}

const chineseName = (random: Seeded): string =>
  random.pick(CHINESE_SURNAMES) + random.pick(CHINESE_GIVEN) + (random.next() < 0.6 ? random.pick(CHINESE_GIVEN) : '');

const sentence = (random: Seeded, maxLength: number): string =>
  maxLength < 34 ? random.pick(TITLES) : random.pick(SENTENCES);

const timeAt = (random: Seeded, nowMs: number): Date => new Date(nowMs - random.whole(60, 3_000_000) * 1000);

/** A made-up text of a format that `formatOf` named. Texts are cut to the learned length, whole texts preferred. */
export function inventText(format: string | undefined, maxLength: number, random: Seeded, nowMs: number): string {
  const text = textOf(format ?? 'word', maxLength, random, nowMs);
  return fixed.has(format ?? '') ? text : text.slice(0, Math.max(maxLength, 12));
}

/** Formats whose length says what they are. */
const fixed = new Set([
  'uuid',
  'iso-time',
  'iso-date',
  'email',
  'url',
  'ip',
  'sentence',
  'any-sentence',
  'chinese',
  'name',
]);

function textOf(format: string, maxLength: number, random: Seeded, nowMs: number): string {
  if (format.startsWith('static:')) return format.slice(7);
  switch (format) {
    case 'empty':
      return '';
    case 'uuid':
      return `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-a${random.hex(3)}-${random.hex(12)}`;
    case 'iso-time':
      return timeAt(random, nowMs).toISOString();
    case 'iso-date':
      return timeAt(random, nowMs).toISOString().slice(0, 10);
    case 'integer':
      return String(random.whole(1, 10 ** Math.min(Math.max(maxLength, 1), 9) - 1));
    case 'decimal':
      return (random.whole(100, 9900) / 100).toFixed(2);
    case 'email':
      return inventPerson(random).email;
    case 'url':
      return `https://www.example.com/${random.pick(WORDS)}`;
    case 'path':
      return `/${random.pick(WORDS)}/${random.pick(WORDS)}`;
    case 'ip':
      return `192.0.2.${random.whole(2, 250)}`;
    case 'phone':
      return `+1 555 01${random.whole(10, 99)}`;
    case 'hex':
      return random.hex(Math.min(maxLength, 128));
    case 'token':
      return random.text('ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789', Math.min(maxLength, 128));
    case 'file':
      return `${random.pick(WORDS)}-${random.whole(1, 40)}.${random.pick(['pdf', 'txt', 'png'])}`;
    case 'name':
      return inventPerson(random).name;
    case 'chinese-name':
      return chineseName(random);
    case 'any-name':
      return random.next() < 0.3 ? chineseName(random) : inventPerson(random).name;
    case 'chinese':
      return maxLength < 10 ? random.pick(CHINESE_TITLES) : random.pick(CHINESE_SENTENCES);
    case 'any-sentence':
      return random.next() < 0.3 ? random.pick(CHINESE_SENTENCES) : sentence(random, maxLength);
    case 'html':
      return `<p>${random.pick(SENTENCES)}</p>`;
    case 'paragraph':
      return `${random.pick(SENTENCES)} ${random.pick(SENTENCES)} ${random.pick(SENTENCES)}`;
    case 'sentence':
      return sentence(random, maxLength);
    default:
      return random.next() < 0.75 ? inventPerson(random).user.replace(/\..*/, '') : random.pick(WORDS);
  }
}

export function inventNumber(format: string | undefined, integer: boolean, random: Seeded, nowMs: number): number {
  if (format === 'epoch-ms') return timeAt(random, nowMs).getTime();
  if (format === 'epoch-s') return Math.floor(timeAt(random, nowMs).getTime() / 1000);
  if (!integer) return random.whole(1, 9999) / 100;
  return format === 'large' ? random.whole(10_001, 999_999) : random.whole(1, 400);
}
