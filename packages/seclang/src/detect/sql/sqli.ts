import type { Detection } from '../detection.ts';
import type { Effort } from '../effort.ts';
import { meets, SQLI_REQUIRES } from '../needs.ts';
import { closingQuote, dialectsOf, Lexer, type Dialect } from './lexer.ts';
import { loneStatement } from './lone-statement.ts';
import type { Place } from './place.ts';
import { Walk } from './walk.ts';
import { KEYWORDS } from './words.ts';

const QUOTE = 1;
const STAR = 2;
/** May be read differently by the two families of dialects. */
const DIALECTAL = 4;
const OTHER = 8;

const SIGNS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const sign = String.fromCharCode(byte);
  const quote = '\'"`'.includes(sign) ? QUOTE : 0;
  const star = sign === '*' ? STAR : 0;
  const dialectal = '#\\[$"-!'.includes(sign) ? DIALECTAL : 0;
  return quote | star | dialectal | ('()=<>|&;#@![]{}$\\~'.includes(sign) ? OTHER : 0);
});

/** Without any sign these words alone can make a production; a test keeps the list complete. */
export const KEYWORD = new RegExp(`\\b(?:\\d\\w*)?(?:${KEYWORDS.join('|')})\\b`, 'i');
const MYSQL_ALONE = ['mysql'] as const;

const SPACED = /^\s[^]*\s$/;

const QUOTES = [
  ["'", 'inside single quotes'],
  ['"', 'inside double quotes'],
  ['`', 'inside back-ticks'],
] as const;

/**
 * Does this value, pasted into a query as a bare value or inside quotes, change the shape of the statement?
 * Linear in the length of the value; no state.
 */
export function detectSqli(value: string, effort: Effort = { steps: 0 }): Detection | null {
  return meets(value, SQLI_REQUIRES) ? judgeSql(value, effort) : null;
}

/** The grammar itself, whatever bytes the value has. */
export function judgeSql(value: string, effort: Effort): Detection | null {
  const signs = signsOf(value);
  effort.steps += value.length;
  if ((signs & ~DIALECTAL) === 0 && !KEYWORD.test(value)) return null;
  for (const dialect of (signs & DIALECTAL) === 0 ? MYSQL_ALONE : dialectsOf(value)) {
    const bare = walk({ value, context: 'as a bare value', quote: '', from: 0 }, dialect, effort);
    if (bare !== null) return bare;
    if ((signs & QUOTE) !== 0) {
      for (const [quote, context] of QUOTES) {
        const found = insideQuotes(value, quote, context, dialect, effort);
        if (found !== null) return found;
      }
    }
    if ((signs & STAR) !== 0) {
      const behind = behindComment(value, dialect, effort);
      if (behind !== null) return behind;
    }
  }
  return loneStatement(value, effort);
}

/** Which kinds of signs the value has, in one look at each byte; blanks, dots, dashes and plus signs count for nothing. */
function signsOf(value: string): number {
  let signs = 0;
  for (let at = 0; at < value.length; at++) signs |= SIGNS[value.charCodeAt(at)] ?? 0;
  return signs;
}

function insideQuotes(
  value: string,
  quote: "'" | '"' | '`',
  context: string,
  dialect: Dialect,
  effort: Effort,
): Detection | null {
  const first = value.indexOf(quote);
  if (first < 0) return null;
  // A backslash before the quote may hide it; without one the search can start there.
  const close = closingQuote(value, value.indexOf('\\') < 0 ? first : 0, quote, dialect);
  if (close < 0 || (quote === '`' && isCodeInMarkdown(value, close))) return null;
  return (
    walk({ value, context, quote, from: close + 1 }, dialect, effort) ?? betweenSigns(value, quote, close, context)
  );
}

/** The fragment closes a comment, or what stands before its own comment is none of a query: a path, a word. */
function behindComment(value: string, dialect: Dialect, effort: Effort): Detection | null {
  const opens = value.indexOf('/*');
  const closes = value.indexOf('*/', opens < 0 ? 0 : opens + 2);
  const from = (value.indexOf('*/') < opens ? value.indexOf('*/') : closes) + 2;
  if (from < 2) return null;
  return walk({ value, context: 'behind a comment', quote: '', from }, dialect, effort);
}

/** `" | … | "`: nothing but a literal joined on both sides looks so, whatever language stands between. */
function betweenSigns(value: string, quote: string, close: number, context: string): Detection | null {
  if (close !== 0 || !value.endsWith(quote) || value.indexOf(quote, 1) !== value.length - 1) return null;
  const inner = value.slice(1, -1);
  const sign = ['||', '|', '&&', '&', '^'].find((each) => SPACED.test(inner) && inner.trim().startsWith(`${each} `));
  if (sign === undefined || !inner.trim().endsWith(` ${sign}`) || !/\w/.test(inner)) return null;
  return { span: [0, value.length], detail: `${context}: ${sign} joins on both sides and the quote is opened again` };
}

/** Markdown writes code between back-ticks that stand apart from the words around them. */
function isCodeInMarkdown(value: string, open: number): boolean {
  const opens = open === 0 || /[\s([*_`>|:]/.test(value[open - 1] ?? '');
  return opens && value.indexOf('`', open + 1) > 0;
}

function walk(place: Place, dialect: Dialect, effort: Effort): Detection | null {
  const lexer = new Lexer(place.value, place.from, dialect);
  const found = new Walk(place, lexer).run();
  effort.steps += lexer.steps;
  return found;
}
