// Walks the tokens of a fragment as they would continue the statement into which it is pasted.
//
// The walk alternates between "an operand must come" and "an operator may come". A token that fits neither ends it: the database
// would refuse the statement, which is what keeps prose out. On the way productions are met:
//   sure    no value looks so by chance: reported at once, whatever follows (a fragment must not hide behind a broken tail)
//   likely  kept until the end; reported only if the fragment leaves the statement well formed: what it broke out of is opened again
//           or the rest is cut off by a comment
// Trust says how much stands before: 3 a closed literal, 2 a number where a number was expected, 1 a name or nothing.

import type { Detection } from '../detection.ts';
import { CALL, CONSTANT, NAME, type Frame } from './frame.ts';
import type { Lexer, Token } from './lexer.ts';
import { areConstants, callsAfterQuote, isAlwaysTrue, isNull } from './look-ahead.ts';
import type { Place } from './place.ts';
import { isProse, isQuotedText, quotesWords } from './prose.ts';
import {
  endsStatement,
  hasEffect,
  isDatabaseCall,
  isOperator,
  isQueryCall,
  nameAt,
  selectAt,
  startsStatement,
  statementAt,
} from './statement.ts';
import {
  ARITHMETIC_SIGNS,
  ARITHMETIC_WORDS,
  COMPARISON_SIGNS,
  COMPARISON_WORDS,
  CONSTANT_WORDS,
  CONVERTING_CALLS,
  DATABASE_INFO,
  INFO_CALLS,
  INFO_WORDS,
  LOGICAL_SIGNS,
  LOGICAL_WORDS,
  NOT_AN_OPERAND,
  PREFIX_WORDS,
  SET_WORDS,
  SYSTEM_WORDS,
} from './words.ts';

/** Besides the logical words these may open a fragment that continues an expression. */
const CONTINUES = new Set(['order', 'waitfor', 'asc', 'desc', 'limit', 'into']);

/** Deeper nesting than any dialect accepts ends the walk. */
const DEEPEST = 64;

export class Walk {
  readonly #place: Place;
  readonly #lexer: Lexer;
  #at = 0;
  #trust: number;
  #wantsOperand: boolean;
  #operators = 0;
  #frames: Frame[] = [{ armed: '', plainness: CONSTANT, compared: '', sign: '', isCall: false, isDatabases: false }];
  #last: Token | undefined;
  #likely: string | undefined;
  /** A constant alone after OR: `' or 1`. */
  #lone: { word: string; token: Token; direct: boolean } | undefined;
  #armedAt = 0;
  /** What the server was asked for. */
  #fact = '';
  #found: string | undefined;
  #end = 0;
  /** The operand before the comparison sign. */
  #left: Token | undefined;
  /** A function was called that only queries have. */
  #databaseCall = false;

  constructor(place: Place, lexer: Lexer) {
    this.#place = place;
    this.#lexer = lexer;
    this.#trust = place.quote === '' ? 1 : 3;
    this.#wantsOperand = place.quote === '';
  }

  run(): Detection | null {
    if (this.#place.quote === '') {
      // A whole statement is not a value: nothing is broken out of.
      if (this.#lexer.token(0).text !== 'if' && startsStatement(this.#lexer)) return null;
      this.#begin();
    }
    while (this.#found === undefined) {
      const token = this.#lexer.token(this.#at);
      const goesOn = this.#wantsOperand ? this.#operand(token) : this.#operator(token);
      if (!goesOn) break;
    }
    if (this.#found === undefined) return null;
    const end = Math.max(this.#end, this.#place.from);
    const start = this.#place.quote === '' ? this.#lexer.token(0).start : this.#place.from - 1;
    return { span: [start, Math.max(end, start + 1)], detail: `${this.#place.context}: ${this.#found}` };
  }

  #hit(production: string, end = this.#lexer.token(this.#at).end): false {
    this.#found ??= production;
    this.#end = end;
    return false;
  }

  get #frame(): Frame {
    return this.#frames.at(-1)!; // the first frame is never taken off
  }

  /** A bare value may start with the operand itself or with what continues one. */
  #begin(): void {
    const first = this.#lexer.token(0);
    const sign = first.text === '-' || first.text === '+' || first.text === '(' ? this.#lexer.token(1) : first;
    if (sign.kind === 'number' || sign.text === 'null' || this.#isServerVariable(sign)) this.#trust = 2;
    if (first.kind === 'word' && !PREFIX_WORDS.has(first.text)) {
      if (LOGICAL_WORDS.has(first.text) || SET_WORDS.has(first.text) || CONTINUES.has(first.text))
        this.#wantsOperand = false;
    } else if (isOperator(first, ')') || isOperator(first, ';') || isOperator(first, '||') || isOperator(first, '&&')) {
      this.#wantsOperand = false;
    }
  }

  /** `@@version`; a single sign is how people address each other. */
  #isServerVariable(token: Token): boolean {
    return token.kind === 'variable' && this.#lexer.source(token).startsWith('@@');
  }

  #operand(token: Token): boolean {
    this.#at++;
    switch (token.kind) {
      case 'number':
        // MySQL drops a number with an empty exponent before what follows: 1.e(substring(…
        if (
          /\.e$/i.test(this.#lexer.source(token)) &&
          /^(?:word|number|operator)$/.test(this.#lexer.token(this.#at).kind)
        )
          return true;
        return this.#done(token, CONSTANT);
      case 'variable':
        if (this.#isServerVariable(token)) this.#reads(this.#lexer.source(token).slice(0, 40));
        return this.#done(token, this.#isServerVariable(token) ? CONSTANT : NAME);
      case 'string':
        return this.#done(token, CONSTANT);
      case 'name':
        if (isOperator(this.#lexer.token(this.#at), '.')) {
          this.#at = nameAt(this.#lexer, this.#at - 1).next;
          return this.#done(token, NAME);
        }
        // In a standard dialect "a" may be a string in the other: a comparison of two such counts as one of constants.
        return this.#done(token, token.text === '"' ? CONSTANT : NAME);
      case 'word':
        return this.#word(token);
      case 'operator':
        return this.#sign(token);
      default:
        return false;
    }
  }

  #done(token: Token, plainness: number): boolean {
    this.#frame.plainness = Math.max(this.#frame.plainness, plainness);
    this.#last = token;
    this.#wantsOperand = false;
    if (this.#frame.armed !== '' && this.#frame.compared === '' && plainness !== NAME && this.#frames.length === 1) {
      this.#lone = { word: this.#frame.armed, token, direct: this.#operators === this.#armedAt };
    }
    return true;
  }

  #sign(token: Token): boolean {
    switch (token.text) {
      case '(':
        return this.#open(false, '');
      case '-':
      case '+':
      case '~':
      case '!':
        return true;
      case '*':
        return this.#frame.isCall ? this.#done(token, CONSTANT) : false;
      case ')':
        return this.#frame.isCall ? this.#close(token) : false;
      case '{':
        this.#at++; // ODBC: {fn sleep(5)}, MySQL: {x 1}
        return this.#lexer.token(this.#at - 1).kind === 'word';
      default:
        return false;
    }
  }

  #word(token: Token): boolean {
    const word = token.text;
    if (CONSTANT_WORDS.has(word)) return this.#done(token, CONSTANT);
    const opens = isOperator(this.#lexer.token(this.#at), '(');
    if (PREFIX_WORDS.has(word)) return true;
    if (word === 'case') return this.#case();
    if (NOT_AN_OPERAND.has(word) && !(opens && isQueryCall(word))) return false;
    if (word === 'select' || word === 'with' || word === 'waitfor') return false;
    const name = nameAt(this.#lexer, this.#at - 1);
    this.#at = name.next;
    if (isOperator(this.#lexer.token(this.#at), '(')) {
      this.#at++;
      return this.#call(name.last, name.whole);
    }
    if (INFO_WORDS.has(word) || (word === 'user' && this.#frame.isDatabases)) this.#reads(word);
    if (SYSTEM_WORDS.has(word) && !opens) return this.#done(token, CALL);
    return this.#done(token, NAME);
  }

  #call(last: string, whole: string): boolean {
    if (hasEffect(last, whole)) {
      if (this.#operators > 0 || this.#frames.length > 1)
        return this.#hit(`${whole.toUpperCase()}(…) called in an expression`);
      this.#likely ??= `${whole.toUpperCase()}(…) called as the value`;
    }
    if (isDatabaseCall(last)) this.#databaseCall = true;
    if (INFO_CALLS.has(last)) this.#reads(last);
    return this.#open(true, isQueryCall(last) ? 'known' : '', isDatabaseCall(last) || CONVERTING_CALLS.has(last));
  }

  /** Facts about the server, read in an expression or in a call that only databases have. */
  #reads(what: string): void {
    if (DATABASE_INFO.has(what) || what === 'version') this.#fact = what.toUpperCase();
    const inDatabases = this.#frames.some(({ isDatabases }) => isDatabases);
    const inCall = this.#frames.some(({ isCall }) => isCall);
    if ((this.#trust >= 2 && this.#operators > 0) || inDatabases || (inCall && DATABASE_INFO.has(what)))
      this.#likely ??= `${what.toUpperCase()} read in an expression`;
  }

  #open(isCall: boolean, known: string, isDatabases = false): boolean {
    if (this.#frames.length > DEEPEST) return false;
    const next = this.#lexer.token(this.#at);
    if (next.text === 'begin' && statementAt(this.#lexer, this.#at) !== undefined)
      return this.#hit('a block in brackets');
    if (next.text === 'select' || next.text === 'with' || next.text === 'values') {
      if (selectAt(this.#lexer, this.#at, this.#operators > 0)) return this.#hit('a query in brackets');
      return false;
    }
    const armed = this.#frame.armed !== '' && (!isCall || known !== '') ? this.#frame.armed : '';
    const plainness = isCall ? (known === '' ? NAME : CALL) : CONSTANT;
    this.#frames.push({ armed, plainness, compared: '', sign: '', isCall, isDatabases });
    return true;
  }

  #close(token: Token): boolean {
    const inner = this.#frames.pop()!; // the caller has seen that this is not the first frame
    return this.#done(token, inner.isCall ? inner.plainness : Math.min(inner.plainness, NAME));
  }

  #case(): boolean {
    if (this.#lexer.token(this.#at).text === 'when') {
      this.#at++;
      this.#frame.armed = 'CASE WHEN';
      if (this.#trust >= 2) this.#likely ??= 'CASE WHEN';
    }
    return true;
  }

  #operator(token: Token): boolean {
    if (this.#compared()) return false;
    switch (token.kind) {
      case 'end':
      case 'cut':
        return this.#finish(token);
      case 'string':
      case 'name':
        return this.#adjacent(token);
      case 'operator':
        return this.#joinBySign(token);
      case 'word':
        return this.#joinByWord(token);
      default:
        return false;
    }
  }

  /** `'a' 'b'` is one string to MySQL. */
  #adjacent(token: Token): boolean {
    if (token.kind !== 'string' || (this.#last !== undefined && this.#last.kind !== 'string')) return false;
    this.#at++;
    this.#last = token;
    return true;
  }

  /** A comparison has got its second operand: after OR, AND, HAVING it decides. */
  #compared(): boolean {
    const frame = this.#frame;
    if (frame.compared !== '' && frame.isDatabases && areConstants(this.#left, this.#last))
      this.#likely ??= 'constants compared in a call';
    if (frame.compared === '' || frame.armed === '') return false;
    const text = `${frame.armed.toUpperCase()} followed by a comparison`;
    frame.sign = frame.compared;
    frame.compared = '';
    this.#lone = undefined;
    if (frame.plainness === CONSTANT) {
      if (quotesWords(this.#place)) return true;
      this.#hit(
        `${text} ${isAlwaysTrue(this.#lexer, this.#left, this.#last, frame.sign) ? 'that is always true' : 'of constants'}`,
        this.#last?.end,
      );
      return true;
    }
    if (
      this.#trust >= 2 ||
      (frame.plainness === CALL && this.#databaseCall && /^(?:or|and|CASE WHEN)$/.test(frame.armed))
    ) {
      if (frame.plainness === CALL) {
        this.#hit(`${text} with a function`);
        return true;
      }
      this.#likely ??= `${text} with a column`;
    }
    return false;
  }

  #wants(production?: string): boolean {
    this.#at++;
    this.#operators++;
    this.#wantsOperand = true;
    this.#lone = undefined;
    if (production !== undefined && this.#place.quote !== '') this.#likely ??= production;
    return true;
  }

  #arm(word: string): boolean {
    this.#frame.armed = word;
    this.#frame.plainness = CONSTANT;
    this.#frame.compared = '';
    this.#armedAt = this.#operators + 1;
    return this.#wants(LOGICAL_SIGNS.has(word) ? `${word} with an operand` : undefined);
  }

  #joinBySign(token: Token): boolean {
    const sign = token.text;
    if (sign === ')') {
      this.#at++;
      if (this.#frames.length > 1) return this.#close(token);
      return true;
    }
    if (sign === '(' && this.#trust === 3 && this.#place.quote !== '' && selectAt(this.#lexer, this.#at + 1))
      return this.#hit('a query in brackets behind it');
    if (sign === ';') return this.#stack();
    if (sign === ',') return this.#comma();
    if (sign === '}') {
      this.#at++;
      return true;
    }
    if (sign === '::') {
      // PostgreSQL: a fact that is no number, cast to one, tells itself in the error.
      if (this.#fact !== '' && (this.#operators > 0 || this.#last?.text === ')'))
        this.#likely ??= `${this.#fact} cast in an expression`;
      this.#at = nameAt(this.#lexer, this.#at + 1).next;
      return true;
    }
    if (LOGICAL_SIGNS.has(sign)) return this.#arm(sign);
    if (sign === '!' && isOperator(this.#lexer.token(this.#at + 1), '=')) {
      this.#at++;
      return this.#compare(sign);
    }
    if (COMPARISON_SIGNS.has(sign)) return this.#compare(sign);
    if (ARITHMETIC_SIGNS.has(sign)) return this.#wants(`\`${sign}\` joins another operand`);
    return false;
  }

  #compare(sign: string): boolean {
    this.#frame.compared = sign;
    this.#left = this.#last;
    return this.#wants(`\`${sign}\` compares with another operand`);
  }

  #comma(): boolean {
    const frame = this.#frame;
    frame.armed = this.#frames.length > 1 ? frame.armed : '';
    frame.plainness = frame.isCall ? frame.plainness : CONSTANT;
    this.#at++;
    this.#operators++;
    this.#wantsOperand = true;
    this.#lone = undefined;
    if (this.#place.quote !== '' && this.#frames.length === 1) this.#likely ??= 'a comma adds another value';
    return true;
  }

  #joinByWord(token: Token): boolean {
    const word = token.text;
    if (this.#at === 0 && callsAfterQuote(this.#place, this.#lexer))
      return this.#hit(`${word.toUpperCase()}(…) called behind it`);
    // A table with its short name: items t where …
    if (this.#at === 1 && this.#trust === 1 && this.#lexer.token(2).text === 'where') {
      this.#at++;
      return true;
    }
    if (LOGICAL_WORDS.has(word)) return this.#arm(word);
    if (SET_WORDS.has(word)) return this.#union(word);
    if (COMPARISON_WORDS.has(word)) return this.#compareByWord(word);
    const { armed, plainness } = this.#frame;
    if (
      word === 'then' &&
      armed === 'CASE WHEN' &&
      plainness === CONSTANT &&
      (this.#trust >= 2 || this.#frames.length > 1)
    )
      return this.#hit('CASE WHEN with a constant');
    if (ARITHMETIC_WORDS.has(word)) return this.#wants(`${word.toUpperCase()} joins another operand`);
    const next = this.#lexer.token(this.#at + 1);
    switch (word) {
      case 'not':
        if (!COMPARISON_WORDS.has(next.text)) return false;
        this.#at++;
        return true;
      case 'isnull':
      case 'notnull':
      case 'asc':
      case 'desc':
      case 'end':
        this.#at++;
        return true;
      case 'collate':
      case 'as':
        this.#at += 2;
        return next.kind === 'word' || next.kind === 'name' || next.kind === 'string';
      case 'uescape':
        this.#at += 2;
        return next.kind === 'string';
      case 'for':
        // substring(text from 1 for 1)
        if (this.#frames.length > 1) return this.#wants();
        this.#at += 2;
        return next.text === 'update' || next.text === 'share';
      case 'order':
      case 'group':
        return next.text === 'by' && this.#orderBy(word);
      case 'limit':
      case 'offset':
      case 'from':
        return this.#wants(`${word.toUpperCase()} clause`);
      case 'into':
        if (/^(?:outfile|dumpfile)$/.test(next.text)) return this.#hit('INTO OUTFILE writes a file');
        return false;
      case 'procedure':
        return next.text === 'analyse' && this.#hit('PROCEDURE ANALYSE');
      case 'waitfor':
        if (next.text === 'delay' || next.text === 'time') return this.#hit('WAITFOR DELAY');
        return false;
      default:
        return this.#statementWithoutSemicolon();
    }
  }

  #statementWithoutSemicolon(): boolean {
    const isSelect = this.#lexer.token(this.#at).text === 'select';
    if (this.#trust < (isSelect ? 3 : 2) || isQuotedText(this.#place)) return false;
    if (isSelect && !/^(?:number|variable|operator)$/.test(this.#lexer.token(this.#at + 1).kind)) return false;
    const statement = statementAt(this.#lexer, this.#at);
    if (statement === undefined) return false;
    return this.#hit(`another statement follows: ${statement}`);
  }

  #compareByWord(word: string): boolean {
    const next = this.#lexer.token(this.#at + 1);
    if (word === 'in' && (next.text === 'boolean' || next.text === 'natural')) {
      // MySQL: AGAINST ('…' IN BOOLEAN MODE), IN NATURAL LANGUAGE MODE
      this.#at += next.text === 'boolean' ? 3 : 4;
      return this.#lexer.token(this.#at - 1).text === 'mode';
    }
    if (word === 'in' && !isOperator(next, '(')) return false;
    if (word === 'is' && this.#trust < 3 && !isNull(this.#lexer, this.#at + 1)) {
      // "1 or 2 is true" is a sentence as well.
      this.#frame.plainness = NAME;
    }
    if ((word === 'similar' && next.text === 'to') || (word === 'sounds' && next.text === 'like')) this.#at++;
    this.#frame.compared = word;
    this.#left = this.#last;
    return this.#wants(`${word.toUpperCase()} compares with another operand`);
  }

  #union(word: string): boolean {
    let at = this.#at + 1;
    const all = this.#lexer.token(at).text;
    if (all === 'all' || all === 'distinct' || all === 'distinctrow') at++;
    for (let brackets = 0; brackets < DEEPEST && isOperator(this.#lexer.token(at), '('); brackets++) at++;
    const begun =
      this.#trust >= 2 &&
      this.#lexer.token(at).text === 'select' &&
      /^(?:end|cut)$/.test(this.#lexer.token(at + 1).kind);
    // Where a comment was closed two operators that only queries have are enough: /*/*/2 union all/x
    const behindComment = this.#place.from > 0 && this.#place.quote === '' && this.#trust === 2 && all === 'all';
    if (behindComment && this.#lexer.token(at).kind === 'operator')
      return this.#hit(`${word.toUpperCase()} ALL goes on behind it`);
    if (!begun && !selectAt(this.#lexer, at, this.#trust >= 2, all === 'all')) return false;
    this.#at = at;
    return this.#hit(`${word.toUpperCase()} SELECT adds another query`);
  }

  #orderBy(word: string): boolean {
    const item = this.#lexer.token(this.#at + 2);
    const after = this.#lexer.token(this.#at + 3);
    if (
      item.kind === 'number' &&
      this.#trust >= 2 &&
      (after.kind === 'end' ||
        after.kind === 'cut' ||
        isOperator(after, ',') ||
        endsStatement(this.#lexer, this.#at + 3))
    ) {
      return this.#hit(`${word.toUpperCase()} BY a column number`);
    }
    this.#at++;
    if (this.#trust >= 2 && this.#lone !== undefined && this.#operators > 0)
      return this.#hit(`${this.#frame.armed.toUpperCase()} with a constant, then ${word.toUpperCase()} BY`);
    this.#frame.armed = '';
    if (this.#trust === 2 && item.kind === 'word' && isOperator(after, '('))
      this.#likely ??= `${word.toUpperCase()} BY a call`;
    if (this.#trust === 1 && item.kind === 'number' && after.kind === 'cut')
      this.#likely ??= 'ORDER BY a column number, the rest cut off';
    return this.#wants(`${word.toUpperCase()} BY`);
  }

  #stack(): boolean {
    while (/^(?:;|begin|commit|rollback|end|go)$/.test(this.#lexer.token(this.#at).text)) {
      if (this.#trust >= 2 && statementAt(this.#lexer, this.#at) !== undefined) break;
      this.#at++;
    }
    const bracket = this.#trust >= 2 && isOperator(this.#lexer.token(this.#at), '(') ? 1 : 0;
    const statement = statementAt(this.#lexer, this.#at + bracket);
    if (
      statement !== undefined &&
      (this.#trust >= 2 || !/^(?:SHUTDOWN|DESC|SHOW|COPY|CALL|SELECT \()/.test(statement))
    ) {
      return this.#hit(`another statement follows: ${statement}`);
    }
    const next = this.#lexer.token(this.#at);
    if (next.kind === 'word' && this.#trust >= 2) {
      const name = nameAt(this.#lexer, this.#at);
      if (name.last !== name.whole && hasEffect(name.last, name.whole)) {
        return this.#hit(`another statement follows: ${name.whole.toUpperCase()}`);
      }
      return this.#laterStatement();
    }
    const bareEnds =
      this.#place.quote === '' && (this.#likely !== undefined || (this.#lone !== undefined && next.kind === 'cut'));
    if (!bareEnds && (next.kind !== 'cut' || this.#trust < 3)) return false;
    return this.#finish(next);
  }

  /** A harmless statement must not hide the one after it. */
  #laterStatement(): boolean {
    for (; ; this.#at++) {
      const token = this.#lexer.token(this.#at);
      if (token.kind === 'end' || token.kind === 'cut') return false;
      if (!isOperator(token, ';')) continue;
      const statement = statementAt(this.#lexer, this.#at + 1);
      if (statement !== undefined) return this.#hit(`another statement follows: ${statement}`);
    }
  }

  /** The fragment is over: does it leave a well-formed statement behind? */
  #finish(token: Token): boolean {
    const { quote } = this.#place;
    const cut = token.kind === 'cut';
    const reopened = this.#last?.open === true && this.#last.text === quote;
    if (this.#lone !== undefined && this.#loneDecides(this.#lone, cut, reopened)) {
      return this.#hit(`${this.#lone.word.toUpperCase()} followed by a constant`);
    }
    if (quote === '') {
      const wellFormed = this.#last?.open !== true;
      if (this.#likely !== undefined && wellFormed) return this.#hit(this.#likely);
      return false;
    }
    if (cut && this.#operators === 0)
      return isProse(this.#place, token) ? false : this.#hit('a comment cuts off the rest of the statement');
    if (cut && isProse(this.#place, token)) return false;
    if (this.#likely === undefined || !(cut || reopened)) return false;
    return quotesWords(this.#place) || (this.#place.from > 1 && isQuotedText(this.#place))
      ? false
      : this.#hit(this.#likely);
  }

  #loneDecides(lone: { word: string; token: Token; direct: boolean }, cut: boolean, reopened: boolean): boolean {
    const { token } = lone;
    const source = this.#lexer.source(token);
    if (this.#place.quote !== '') {
      if (token.kind === 'string' || token.kind === 'name')
        return (cut || reopened) && !/[A-Za-z\x80-\xff]{2}/.test(source) && !quotesWords(this.#place);
      return true;
    }
    if (this.#trust < 2 || !/^(?:or|and|xor|having)$/.test(lone.word)) return false;
    if (token.kind === 'word') return CONSTANT_WORDS.has(token.text);
    if (token.kind !== 'number' && token.text !== ')') return false;
    if (cut && this.#place.value.slice(token.end).trim().length <= 6) return true;
    return lone.direct && source === this.#lexer.source(this.#lexer.token(0));
  }
}
