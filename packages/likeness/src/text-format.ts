import { STATIC_WORDS } from './static-words.ts';

const FORMATS: readonly (readonly [string, RegExp])[] = [
  ['empty', /^\s*$/],
  ['uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i],
  ['iso-time', /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/],
  ['iso-date', /^\d{4}-\d\d-\d\d$/],
  ['integer', /^-?\d{1,15}$/],
  ['decimal', /^-?\d+\.\d+$/],
  ['email', /^[^\s@]{1,64}@[^\s@]{1,190}$/],
  ['url', /^https?:\/\/\S+$/i],
  ['path', /^\/[\w./-]*$/],
  ['ip', /^\d{1,3}(?:\.\d{1,3}){3}$/],
  ['phone', /^\+?[\d ()-]{7,20}$/],
  ['hex', /^[0-9a-f]{8,}$/i],
  ['file', /^[\w-]{1,60}\.(?:png|jpe?g|gif|webp|svg|pdf|txt|md|csv|docx?|xlsx?|pptx?|zip|gz|mp[34]|json|html?)$/i],
  ['token', /^(?=.*\d)[\w.+/=-]{16,}$/],
  ['html', /<[a-z][^>]*>/i],
  ['chinese-name', /^[\u4e00-\u9fff]{2,4}$/],
  ['chinese', /[\u4e00-\u9fff]/],
  ['name', /^[A-Z][a-zà-ÿ'-]+(?: [A-Z][a-zà-ÿ'-]+){1,2}$/],
  ['word', /^\S{1,24}$/],
];

/** What kind of text a value is; the value itself is forgotten, unless it is a word of our own list. */
export function formatOf(value: string): string {
  if (STATIC_WORDS.has(value)) return `static:${value}`;
  const head = value.slice(0, 400);
  for (const [format, pattern] of FORMATS) if (pattern.test(head)) return format;
  return value.length > 200 ? 'paragraph' : 'sentence';
}

/** One format for values of two kinds. */
export function mergeFormats(a: string | undefined, b: string | undefined): string | undefined {
  if (a === b || b === undefined || b === 'empty') return a;
  if (a === undefined || a === 'empty') return b;
  const both = new Set([a, b]);
  if (both.has('chinese') || both.has('chinese-name')) {
    return both.has('name') || both.has('chinese-name') ? 'any-name' : 'any-sentence';
  }
  if (both.has('any-name') && both.has('name')) return 'any-name';
  if (both.has('any-sentence')) return 'any-sentence';
  if (both.has('paragraph') || both.has('sentence')) return 'sentence';
  return 'word';
}
