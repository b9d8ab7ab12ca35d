// Cuts a fragment into SQL tokens, lazily: prose usually ends the grammar walk at its second word, so that almost nothing is cut.
// Two families of rules cover the dialects; a value is only read a second time when it holds something that they read differently.
//   mysql     backslash escapes, `#` comments, `-- ` needs white space, `/*! … */` is executed, "…" is a string
//   standard  PostgreSQL, SQLite, MSSQL, Oracle: no backslash escapes, `--` always comments, "…" and […] are names, $$…$$, q'[…]'

export type Dialect = 'mysql' | 'standard';

export type TokenKind = 'number' | 'string' | 'word' | 'name' | 'variable' | 'operator' | 'cut' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** Words in lower case, operators as written, '' otherwise. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** A literal that the fragment does not close: the statement around it will. */
  readonly open: boolean;
}

const OPERATORS3 = new Set(['<=>', '->>', '!~*', '#>>']);
const OPERATORS2 = new Set('|| && <> != >= <= == := :: -> @> <@ ~* !~ !< !> << >> ^= #> ?|'.split(' '));
const cells = (signs: string): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, byte) => (signs.includes(String.fromCharCode(byte)) ? 1 : 0));
const IN_OPERATOR = cells([...OPERATORS2].join('') + [...OPERATORS3].join(''));
/** A comment starts so, or one that is executed ends. */
const OPENS_COMMENT = cells('-#/*');
const STRING_PREFIXES = new Set(['n', 'x', 'b', 'e', 'r', 'u&', '_utf8', '_utf8mb4', '_latin1', '_binary', '_ascii']);
const JOINS_A_NUMBER = new Set(
  'or and xor union except intersect minus like rlike regexp in between is div mod order group having where limit into procedure from as collate for waitfor end then else when'.split(
    ' ',
  ),
);
/** Letters, digits, `_`, `$` and all bytes above ASCII but the no-break space of latin1. */
const WORD = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte !== 0xa0 && (byte >= 0x80 || /[\w$]/.test(String.fromCharCode(byte))) ? 1 : 0,
);
const CLOSERS: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}', '<': '>' };

/** What the two families read differently. */
const DIFFERENT = /[#\\[$"]|--|\/\*!/;

export function dialectsOf(value: string): readonly Dialect[] {
  return DIFFERENT.test(value) ? ['mysql', 'standard'] : ['mysql'];
}

function isSpace(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code <= 0x20) return true;
  // A no-break space of latin1 separates tokens; inside UTF-8 text the same byte is part of a letter.
  return code === 0xa0 && !(text.charCodeAt(at - 1) >= 0x80);
}

function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code >= 0x80;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function endOfWord(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (WORD[code] !== 1 && !(code === 0xa0 && text.charCodeAt(at - 1) >= 0x80)) break;
  }
  return at;
}

export class Lexer {
  readonly #text: string;
  readonly #dialect: Dialect;
  readonly #tokens: Token[] = [];
  #at: number;
  /** Inside a MySQL comment that is executed: its end is white space. */
  #executed = false;
  /** Characters looked at, for the property that this is linear. */
  steps = 0;

  constructor(text: string, from: number, dialect: Dialect) {
    this.#text = text;
    this.#at = from;
    this.#dialect = dialect;
  }

  token(index: number): Token {
    while (this.#tokens.length <= index) {
      const before = this.#at;
      const token = this.#next();
      this.steps += this.#at - before + 1;
      this.#tokens.push(token);
    }
    return this.#tokens[index]!; // the loop has made it
  }

  source(token: Token): string {
    return this.#text.slice(token.start, token.end);
  }

  #make(kind: TokenKind, start: number, end: number, text = '', open = false): Token {
    this.#at = end;
    return { kind, text, start, end, open };
  }

  #next(): Token {
    const cut = this.#skipBlank();
    if (cut !== undefined) return cut;
    const text = this.#text;
    const start = this.#at;
    if (start >= text.length) return this.#make('end', start, start);
    const code = text.charCodeAt(start);
    const character = text[start];
    if (isDigit(code) || (code === 46 && isDigit(text.charCodeAt(start + 1)))) return this.#number(start);
    if (character === "'") return this.#quoted('string', start, start, "'");
    if (character === '"') return this.#quoted(this.#dialect === 'mysql' ? 'string' : 'name', start, start, '"');
    if (character === '`') return this.#quoted('name', start, start, '`');
    if (isWordStart(code)) return this.#word(start);
    if (character === '@' && text[start + 1] !== '>') return this.#variable(start);
    if (character === '\\' && text[start + 1] === 'N') return this.#make('number', start, start + 2);
    if (this.#dialect === 'standard') {
      if (character === '[') return this.#bracketed(start);
      if (character === '$') return this.#dollar(start);
    } else if (character === '$' && isDigit(text.charCodeAt(start + 1))) return this.#variable(start);
    return this.#operator(start);
  }

  /** Skips white space and comments; answers a token when a comment hides all that follows. */
  #skipBlank(): Token | undefined {
    const text = this.#text;
    for (;;) {
      while (this.#at < text.length && isSpace(text, this.#at)) this.#at++;
      const start = this.#at;
      if (OPENS_COMMENT[text.charCodeAt(start)] !== 1) return undefined;
      const two = text.slice(start, start + 2);
      if (this.#startsLineComment(start, two)) {
        const line = text.indexOf('\n', start);
        if (line < 0) return this.#make('cut', start, text.length);
        this.#at = line + 1;
      } else if (two === '/*') {
        if (this.#dialect === 'mysql' && /^\/\*M?!/.test(text.slice(start, start + 4))) {
          this.#at = text.indexOf('!', start) + 1;
          for (let digits = 0; digits < 6 && isDigit(text.charCodeAt(this.#at)); digits++) this.#at++;
          this.#executed = true;
          continue;
        }
        const close = text.indexOf('*/', start + 2);
        if (close < 0) return this.#make('cut', start, text.length);
        this.#at = close + 2;
      } else if (this.#executed && two === '*/') {
        this.#executed = false;
        this.#at = start + 2;
      } else return undefined;
    }
  }

  #startsLineComment(start: number, two: string): boolean {
    if (this.#dialect === 'standard') return two === '--';
    if (two[0] === '#') return true;
    // MySQL manual 11.7: the second dash must be followed by white space or a control character (`+` is a space not yet decoded).
    return two === '--' && (start + 2 >= this.#text.length || /[\0-\x20+]/.test(this.#text[start + 2] ?? ''));
  }

  #number(start: number): Token {
    const text = this.#text;
    const digits = (from: number): number => {
      let at = from;
      while (isDigit(text.charCodeAt(at))) at++;
      return at;
    };
    if (text[start] === '0' && /[xX]/.test(text[start + 1] ?? '') && /[0-9a-fA-F]/.test(text[start + 2] ?? '')) {
      let at = start + 2;
      while (/[0-9a-fA-F]/.test(text[at] ?? '')) at++;
      return this.#make('number', start, at);
    }
    let at = digits(start);
    const dotted = text[at] === '.';
    if (dotted) at = digits(at + 1);
    if (/[eE]/.test(text[at] ?? '')) {
      const sign = /[+-]/.test(text[at + 1] ?? '') ? 1 : 0;
      if (isDigit(text.charCodeAt(at + 1 + sign))) at = digits(at + 1 + sign);
      // MySQL reads `1.e` as a number with an empty exponent.
      else if (dotted && !isWordStart(text.charCodeAt(at + 1))) at++;
    }
    // MySQL: 1a is a name, but 1union is a number and a word.
    if (!dotted && isWordStart(text.charCodeAt(at)) && text.charCodeAt(at) !== 0xa0) {
      const word = this.#word(at);
      if (word.kind === 'word' && !JOINS_A_NUMBER.has(word.text)) return this.#make('name', start, word.end);
    }
    return this.#make('number', start, at);
  }

  #quoted(kind: TokenKind, start: number, quoteAt: number, quote: string): Token {
    const end = closingQuote(this.#text, quoteAt + 1, quote, this.#dialect);
    if (end < 0) return this.#make(kind, start, this.#text.length, quote, true);
    return this.#make(kind, start, end + 1, quote);
  }

  #word(start: number): Token {
    const text = this.#text;
    const at = endOfWord(text, start + 1);
    const word = at - start > 64 ? '' : text.slice(start, at).toLowerCase();
    if (text[at] === "'" && STRING_PREFIXES.has(word)) return this.#quoted('string', start, at, "'");
    if (word[0] === '_') {
      // MySQL: _latin1 'text'
      const text = /^\s*'/.exec(this.#text.slice(at, at + 8));
      if (text !== null) return this.#quoted('string', start, at + text[0].length - 1, "'");
    }
    if (text[at] === "'" && (word === 'q' || word === 'nq')) return this.#alternative(start, at);
    return this.#make('word', start, at, word);
  }

  /** Oracle's alternative quoting: q'[…]'. */
  #alternative(start: number, quoteAt: number): Token {
    const opener = this.#text[quoteAt + 1] ?? '';
    const end = this.#text.indexOf(`${CLOSERS[opener] ?? opener}'`, quoteAt + 2);
    if (end < 0) return this.#quoted('string', start, quoteAt, "'");
    return this.#make('string', start, end + 2, "'");
  }

  #variable(start: number): Token {
    const text = this.#text;
    let at = start + 1;
    while (at < text.length && (/[\w$.@]/.test(text[at] ?? '') || text.charCodeAt(at) >= 0x80)) at++;
    return this.#make('variable', start, at);
  }

  #bracketed(start: number): Token {
    const end = this.#text.indexOf(']', start);
    if (end < 0) return this.#make('name', start, this.#text.length, '[', true);
    return this.#make('name', start, end + 1, '[');
  }

  #dollar(start: number): Token {
    const tag = /^\$[A-Za-z_]{0,30}\$/.exec(this.#text.slice(start, start + 32))?.[0];
    if (tag === undefined) return this.#variable(start);
    const end = this.#text.indexOf(tag, start + tag.length);
    if (end < 0) return this.#make('string', start, this.#text.length, '$', true);
    return this.#make('string', start, end + tag.length, '$');
  }

  #operator(start: number): Token {
    if (IN_OPERATOR[this.#text.charCodeAt(start + 1)] !== 1)
      return this.#make('operator', start, start + 1, this.#text[start]);
    const three = this.#text.slice(start, start + 3);
    if (OPERATORS3.has(three)) return this.#make('operator', start, start + 3, three);
    const two = three.slice(0, 2);
    if (OPERATORS2.has(two)) return this.#make('operator', start, start + 2, two);
    return this.#make('operator', start, start + 1, three.slice(0, 1));
  }
}

/** Place of the quote that ends a literal, or -1. A doubled quote is part of the literal; in MySQL an escaped one too. */
export function closingQuote(text: string, from: number, quote: string, dialect: Dialect): number {
  const escapes = dialect === 'mysql' && quote !== '`';
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === quote) {
      if (text[at + 1] !== quote) return at;
      at++;
    } else if (character === '\\' && escapes) at++;
  }
  return -1;
}
