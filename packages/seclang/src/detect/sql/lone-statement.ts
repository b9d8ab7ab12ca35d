// A value that is a whole statement breaks out of nothing: it is what a lesson quotes. It is reported only for what no lesson needs:
// calls with an effect outside the query, files written, filler columns after UNION, a condition that is always true.

import type { Detection } from '../detection.ts';
import type { Effort } from '../effort.ts';
import { Lexer, type Token } from './lexer.ts';
import { hasEffect, isOperator, nameAt, OPENERS, startsStatement } from './statement.ts';
import { STATEMENTS } from './words.ts';

/** The first word of a statement, or blanks or a comment before it; other values need no look. */
const STARTS = new RegExp(
  `^(?:\\s|[\0-\x08\xa0]|/\\*|--|#|(?:${[...STATEMENTS.keys(), ...OPENERS].join('|')})(?![\\w$\x80-\x9f\xa1-\xff]))`,
  'i',
);

export function loneStatement(value: string, effort: Effort): Detection | null {
  if (!STARTS.test(value)) return null;
  const lexer = new Lexer(value, 0, 'standard');
  const found = startsStatement(lexer) ? scan(lexer) : null;
  effort.steps += lexer.steps;
  return found;
}

function scan(lexer: Lexer): Detection | null {
  for (let at = 0; ; at++) {
    const token = lexer.token(at);
    if (token.kind === 'end' || token.kind === 'cut') return null;
    if (token.kind !== 'word') continue;
    const production = productionAt(lexer, at, token);
    if (production !== undefined)
      return { span: [token.start, token.end], detail: `as a whole statement: ${production}` };
  }
}

function productionAt(lexer: Lexer, at: number, token: Token): string | undefined {
  const next = lexer.token(at + 1);
  switch (token.text) {
    case 'waitfor':
      return next.text === 'delay' || next.text === 'time' ? 'WAITFOR DELAY' : undefined;
    case 'into':
      return /^(?:outfile|dumpfile)$/.test(next.text) ? 'INTO OUTFILE writes a file' : undefined;
    case 'union':
      return hasFiller(lexer, next.text === 'all' ? at + 2 : at + 1) ? 'UNION SELECT with filler columns' : undefined;
    case 'or':
      return isTautology(lexer, at + 1) ? 'OR followed by a comparison that is always true' : undefined;
    default: {
      if (/^(?:xp_(?:cmdshell|dirtree|regread|fileexist)|sp_oacreate)$/.test(token.text)) return token.text;
      const name = nameAt(lexer, at);
      if (!isOperator(lexer.token(name.next), '(') || (at > 0 && isOperator(lexer.token(at - 1), '.')))
        return undefined;
      const harmless = /^(?:generate_series|current_setting|get_lock|polygon|linestring|multipoint)$/.test(name.last);
      return hasEffect(name.last, name.whole) && !harmless ? `${name.whole.toUpperCase()}(…) called` : undefined;
    }
  }
}

function hasFiller(lexer: Lexer, at: number): boolean {
  if (lexer.token(at).text !== 'select') return false;
  const filler = (token: Token): boolean => token.kind === 'number' || token.text === 'null';
  return filler(lexer.token(at + 1)) && isOperator(lexer.token(at + 2), ',') && filler(lexer.token(at + 3));
}

function isTautology(lexer: Lexer, at: number): boolean {
  const left = lexer.token(at);
  const right = lexer.token(at + 2);
  const constant = left.kind === 'number' || left.kind === 'string';
  return constant && lexer.token(at + 1).text === '=' && lexer.source(left) === lexer.source(right);
}
