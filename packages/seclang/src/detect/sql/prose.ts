// Quotes, dashes and number signs that people write. Each check looks at a bounded stretch around the quote that was taken for a break-out.
// What an attacker gains by dressing up so: only productions that need a well-formed end (a joined column, a cut-off tail) pass; a query, a
// call with an effect, a comparison of constants or another statement is reported all the same.

import type { Token } from './lexer.ts';
import type { Place } from './place.ts';

/** A quote opens after one of these, or after the letters that mark a string in a program: r'…', f"…". */
const OPENS = /(?:^|[\s([{=,:>`*])[rbfuRBFU]{0,2}$/;
const CLOSES = /^(?:$|[\s)\]}.,:;?!<>/&`*])/;

function opensApart({ value, from }: Place): boolean {
  return OPENS.test(value.slice(Math.max(0, from - 5), from - 1));
}

/** Run 'DROP TABLE users' now: the quotes stand apart and there is a second one. */
export function isQuotedText(place: Place): boolean {
  const { value, from, quote } = place;
  if (quote === '' || !opensApart(place)) return false;
  const close = value.slice(from, from + 400).indexOf(quote);
  return close >= 0 && CLOSES.test(value.slice(from + close + 1, from + close + 2));
}

/** The boys' -- really: words on both sides of a dash are a sentence, 7" #2 needle an article, and a quoted dash is neither cut. */
export function isProse(place: Place, comment: Token): boolean {
  const { value, from, quote } = place;
  const before = value.slice(Math.max(0, from - 80), from - 1);
  const after = value.slice(comment.start, comment.start + 400);
  const quotedText = opensApart(place) && after.includes(quote);
  const block = before.endsWith(quote + quote) && /^\s*\n/.test(value.slice(from, from + 8));
  const sentence =
    /\s\S*[A-Za-z\x80-\xff]$/.test(before) &&
    /[A-Za-z\x80-\xff]+[^A-Za-z\x80-\xff]+[A-Za-z\x80-\xff]+/.test(after.slice(0, 120));
  const article = /(?:\d|\s\S*)$/.test(before) && /^#\s?\w/.test(after) && /[A-Za-z]{2}/.test(after.slice(0, 120));
  return quotedText || block || sentence || article;
}

/** Use '-' and 'or' here: each sign or word stands tightly between quotes and the quotes stand apart from the rest. */
export function quotesWords(place: Place): boolean {
  const { value, from, quote } = place;
  if (quote === '') return false;
  const tight = new RegExp(`^\\s?([^${quote}\\s]{1,12})\\s?${quote}(?=$|[\\s)\\]}.,:;?!<>/&\`*])`).exec(
    value.slice(from, from + 18),
  );
  if (tight === null || !(from < 2 || opensApart(place))) return false;
  if (/^[A-Za-z]+$/.test(tight[1] ?? '')) return true;
  return /[A-Za-z\x80-\xff0-9]/.test(value.slice(Math.max(0, from - 80), from) + value.slice(from + 14, from + 80));
}
