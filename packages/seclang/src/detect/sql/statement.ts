import type { Lexer, Token } from './lexer.ts';
import {
  AFTER_ITEM,
  DATABASE_CALLS,
  DATABASE_PACKAGE,
  DATABASE_QUALIFIER,
  EFFECT_CALLS,
  INFO_WORDS,
  PROSE,
  QUERY_CALLS,
  SELECT_MODIFIERS,
  STATEMENTS,
  SYSTEM_WORDS,
} from './words.ts';

/** A list of plain names longer than this is no sentence: it is taken for a query. */
const MOST_NAMES = 60;

export function isOperator(token: Token, text: string): boolean {
  return token.kind === 'operator' && token.text === text;
}

/** A dotted name from `at` on: its last part, all of it, and the index after it. */
export function nameAt(lexer: Lexer, at: number): { last: string; whole: string; next: number } {
  let last = lexer.token(at).text;
  let whole = last;
  let next = at + 1;
  for (let parts = 0; parts < 4 && isOperator(lexer.token(next), '.'); parts++) {
    if (isOperator(lexer.token(next + 1), '.')) next++; // MSSQL: master..xp_cmdshell
    const part = lexer.token(next + 1);
    if (part.kind !== 'word' && part.kind !== 'name' && !isOperator(part, '*')) break;
    last = part.text;
    whole += `.${last}`;
    next += 2;
  }
  return { last, whole, next };
}

/** True for a call whose effect is seen outside the query: time, errors with data, files, commands. */
export function hasEffect(last: string, whole: string): boolean {
  if (DATABASE_PACKAGE.test(whole)) return true;
  if (EFFECT_CALLS.has(whole)) return true;
  if (!EFFECT_CALLS.has(last)) return false;
  const qualifier = whole.slice(0, -last.length - 1);
  return qualifier === '' || DATABASE_QUALIFIER.test(qualifier.split('.')[0] ?? '');
}

export function isDatabaseCall(last: string): boolean {
  return DATABASE_CALLS.has(last);
}

export function isQueryCall(last: string): boolean {
  return QUERY_CALLS.has(last);
}

function endsItem(token: Token): boolean {
  if (token.kind === 'cut' || token.kind === 'end') return true;
  if (token.kind === 'operator') return token.text !== '(' && token.text !== '.' && token.text !== '!';
  return token.kind === 'word' && AFTER_ITEM.has(token.text);
}

/** Does a query start at this SELECT (or WITH, VALUES)? Sentences that begin with "select" must not pass for one. */
export function selectAt(lexer: Lexer, at: number, loose = false, all = false): boolean {
  const first = lexer.token(at).text;
  if (first === 'with') return withAt(lexer, at);
  if (first === 'values' || first === 'table') return first === 'values' && isOperator(lexer.token(at + 1), '(');
  if (first !== 'select') return false;
  let next = at + 1;
  while (lexer.token(next).kind === 'word' && SELECT_MODIFIERS.has(lexer.token(next).text) && next < at + 6) next++;
  if (lexer.token(next).text === 'top') next += isOperator(lexer.token(next + 1), '(') ? 4 : 2;
  const item = lexer.token(next);
  const after = lexer.token(next + 1);
  switch (item.kind) {
    case 'variable':
      return true;
    case 'number':
    case 'string':
      return endsItem(after) || item.open || after.kind === 'string' || aliasEnds(lexer, next + 1);
    case 'operator':
      return (
        item.text === '(' ||
        item.text === '*' ||
        item.text === '{' ||
        (/[-~+!]/.test(item.text) && endsItem(lexer.token(next + 2)))
      );
    case 'name':
      return namesAt(lexer, next, loose, all);
    case 'word':
      if (item.text === 'null' || item.text === 'case' || item.text === 'true' || item.text === 'false')
        return endsItem(after) || item.text === 'case';
      return namesAt(lexer, next, loose, all);
    default:
      return false;
  }
}

function aliasEnds(lexer: Lexer, at: number): boolean {
  const alias = lexer.token(at);
  if (alias.kind !== 'word' && alias.kind !== 'name') return false;
  const after = lexer.token(at + 1);
  return after.kind === 'cut' || isOperator(after, ',') || isOperator(after, ')') || isOperator(after, ';');
}

/** WITH [RECURSIVE] name [(…)] AS ( */
function withAt(lexer: Lexer, at: number): boolean {
  let next = lexer.token(at + 1).text === 'recursive' ? at + 2 : at + 1;
  if (lexer.token(next).kind !== 'word' && lexer.token(next).kind !== 'name') return false;
  next++;
  if (isOperator(lexer.token(next), '(')) {
    while (next < at + 24 && lexer.token(next).kind !== 'end' && !isOperator(lexer.token(next), ')')) next++;
    next++;
  }
  return lexer.token(next).text === 'as' && /^(?:\(|materialized|not)$/.test(lexer.token(next + 1).text);
}

/** `all`: the words UNION ALL stood before, so that plain names may end the value. */
function namesAt(lexer: Lexer, from: number, loose: boolean, all: boolean): boolean {
  let at = from;
  for (let count = 0; count < MOST_NAMES; count++) {
    const item = lexer.token(at);
    if (item.kind !== 'word' && item.kind !== 'name') return count > 0 && item.kind !== 'end';
    if (count > 0 && item.text === 'null') return true;
    const name = nameAt(lexer, at);
    if (isOperator(lexer.token(name.next), '(')) return true;
    at = name.next;
    if (lexer.token(at).text === 'as') at += 2;
    else if (lexer.token(at).kind === 'word' && /^(?:from|into)$/.test(lexer.token(at + 1).text)) at++;
    const after = lexer.token(at);
    if (after.text === 'where' && loose) return true;
    if (after.text === 'from') return isTable(lexer.token(at + 1));
    if (isOperator(after, '||') || isOperator(after, '+')) return true;
    if (!isOperator(after, ',')) {
      if (loose && (all || INFO_WORDS.has(name.last)) && after.kind === 'end') return true;
      const ends = after.kind === 'cut' || isOperator(after, ')') || endsStatement(lexer, at);
      return (SYSTEM_WORDS.has(name.last) || loose || count > 0) && ends;
    }
    at++;
  }
  return true;
}

/** `;` and then nothing but a comment. */
export function endsStatement(lexer: Lexer, at: number): boolean {
  return isOperator(lexer.token(at), ';') && lexer.token(at + 1).kind === 'cut';
}

function isTable(token: Token): boolean {
  if (token.kind === 'word') return !PROSE.has(token.text);
  return token.kind === 'name' || token.kind === 'variable' || isOperator(token, '(');
}

/** Words that say which statement starts here, or undefined when none does. */
export function statementAt(lexer: Lexer, at: number): string | undefined {
  const first = lexer.token(at);
  if (first.kind !== 'word') return undefined;
  const form = STATEMENTS.get(first.text);
  if (form === undefined) return undefined;
  const second = lexer.token(at + 1);
  const found = (yes: boolean): string | undefined =>
    yes ? `${first.text} ${second.text}`.trim().toUpperCase() : undefined;
  if (form === 'select') return found(selectAt(lexer, at));
  if (form === 'name') return found(namedForm(lexer, at));
  if (form === 'block') return found(blockAt(lexer, at));
  if (form === 'procedure') return found(procedureForm(lexer, at));
  if (form === 'ends')
    return found(second.kind === 'end' || second.kind === 'cut' || isOperator(second, ';') || second.text === 'with');
  if (!form.has(second.text)) return undefined;
  const third = lexer.token(at + 2);
  const named = third.kind !== 'end' && third.kind !== 'cut' && !(third.kind === 'word' && PROSE.has(third.text));
  return found(named || first.text === 'show' || first.text === 'flush');
}

/** Oracle: BEGIN name; …, BEGIN NULL; MSSQL: BEGIN statement; PostgreSQL: DO $$…$$; MySQL: DO call. */
function blockAt(lexer: Lexer, at: number): boolean {
  const second = lexer.token(at + 1);
  if (lexer.token(at).text === 'do' && second.kind === 'string') return lexer.source(second).startsWith('$');
  const name = nameAt(lexer, at + 1);
  if (second.text !== 'if' && isOperator(lexer.token(name.next), '(')) return hasEffect(name.last, name.whole);
  if (lexer.token(at).text === 'do') return false;
  if (second.text === 'null') return isOperator(lexer.token(at + 2), ';');
  return second.text !== 'begin' && second.text !== 'do' && statementAt(lexer, at + 1) !== undefined;
}

function namedForm(lexer: Lexer, at: number): boolean {
  const first = lexer.token(at).text;
  const second = lexer.token(at + 1);
  const name = nameAt(lexer, at + 1);
  const after = lexer.token(name.next);
  switch (first) {
    case 'with':
      return withAt(lexer, at);
    case 'update':
      if (second.kind !== 'word' && second.kind !== 'name') return false;
      return after.text === 'set' || (after.kind === 'word' && lexer.token(name.next + 1).text === 'set');
    case 'declare':
      return second.kind === 'variable' || after.text === 'cursor';
    case 'set':
      return (
        second.kind === 'variable' || /^(?:global|session|local|identity_insert|quoted_identifier)$/.test(second.text)
      );
    case 'prepare':
      return after.text === 'from' || after.text === 'as';
    case 'copy':
      return isOperator(second, '(') || after.text === 'from' || after.text === 'to';
    case 'handler':
      return after.text === 'open' || after.text === 'read';
    case 'pragma':
      return (
        second.kind === 'word' &&
        (isOperator(after, '=') || isOperator(after, '(') || after.kind === 'end' || after.kind === 'cut')
      );
    case 'if':
      return (
        (/^(?:number|string|variable)$/.test(second.kind) || isOperator(second, '(') || second.text === 'not') &&
        ifHasEffect(lexer, at + 2)
      );
    default:
      return false;
  }
}

/** MSSQL: IF (…) WAITFOR DELAY …, IF (…) SELECT … within the next few tokens. */
function ifHasEffect(lexer: Lexer, from: number): boolean {
  for (let at = from; at < from + 40; at++) {
    const token = lexer.token(at);
    if (token.kind === 'end' || token.kind === 'cut') return false;
    if (
      token.kind === 'word' &&
      /^(?:waitfor|select|exec|drop|exists|dbms_lock|dbms_pipe|dbms_session|user_lock)$/.test(token.text)
    )
      return true;
  }
  return false;
}

function procedureForm(lexer: Lexer, at: number): boolean {
  const second = lexer.token(at + 1);
  if (isOperator(second, '(') || second.kind === 'variable' || second.text === 'immediate') return true;
  if (second.kind !== 'word' && second.kind !== 'name') return false;
  const name = nameAt(lexer, at + 1);
  const after = lexer.token(name.next);
  if (hasEffect(name.last, name.whole) || /^(?:xp|sp)_/.test(name.last)) return true;
  if (lexer.token(at).text === 'call') return isOperator(after, '(');
  return after.kind === 'string' || after.kind === 'variable' || isOperator(after, ';') || after.kind === 'cut';
}

export const OPENERS: ReadonlySet<string> = new Set(['begin', 'start', 'commit', 'rollback', 'use', 'go']);

/** Is the value a whole statement, or does it open a group of them? */
export function startsStatement(lexer: Lexer): boolean {
  const opens = OPENERS.has(lexer.token(0).text);
  return (opens && hasSemicolon(lexer)) || statementAt(lexer, 0) !== undefined;
}

function hasSemicolon(lexer: Lexer): boolean {
  return [1, 2].some((at) => isOperator(lexer.token(at), ';'));
}
