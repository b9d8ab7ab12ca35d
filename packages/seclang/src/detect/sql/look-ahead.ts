import type { Lexer, Token } from './lexer.ts';
import type { Place } from './place.ts';
import { hasEffect, isOperator } from './statement.ts';

/** The same constant on both sides of a sign that is true of equals. */
export function isAlwaysTrue(lexer: Lexer, left: Token | undefined, right: Token | undefined, sign: string): boolean {
  if (left === undefined || right === undefined || !/^(?:={1,2}|like|<=>|>=|<=)$/.test(sign)) return false;
  const plain = (token: Token): string => lexer.source(token).replace(/^['"]|['"]$/g, '');
  return left.kind === right.kind && left.kind !== 'operator' && plain(left) === plain(right);
}

/** NULL or NOT NULL. */
export function isNull(lexer: Lexer, at: number): boolean {
  const token = lexer.token(at);
  return token.text === 'null' || (token.text === 'not' && lexer.token(at + 1).text === 'null');
}

/** `' sleep(5) '`: the blank may be a plus sign that decoding took away, so a call with an effect is joined to the literal. */
export function callsAfterQuote(place: Place, lexer: Lexer): boolean {
  const name = lexer.token(0);
  if (place.quote === '' || name.start === place.from) return false;
  const bracket = lexer.token(1);
  return isOperator(bracket, '(') && bracket.start === name.end && hasEffect(name.text, name.text);
}

export function areConstants(...tokens: readonly (Token | undefined)[]): boolean {
  return tokens.every((token) => token?.kind === 'number' || token?.kind === 'string');
}
