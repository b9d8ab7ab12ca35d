// Words, redirections and commands of a shell text (POSIX Shell Command Language 2.3 to 2.10, and what bash adds), in one pass.
//
// 1. Every byte is read once; a substitution is read where it stands, its commands join the same list.
// 2. Nothing is refused: an unclosed quote or substitution ends with the value, for the service may write the rest.
// 3. Commands are handed over as each one of the outermost list ends, with those of its substitutions, in the order of their beginnings.
// 4. Depth ends at MAX_DEPTH, a word's text at MAX_TEXT, the commands within one outermost command at MAX_NESTED, its words at MAX_WORDS.
//    Above them an attacker gains that a command is not read whose name is already longer than any, or that stands behind thousands of
//    others in one substitution.

const MAX_DEPTH = 12;
const MAX_TEXT = 256;
const MAX_NESTED = 10_000;
const MAX_WORDS = 24;

export interface Word {
  readonly start: number;
  end: number;
  /** Without quotes, with the values of variables that the text itself sets. */
  text: string;
  /** Quotes, backslashes or empty expansions between letters of the word. */
  isSplit: boolean;
  isQuoted: boolean;
  isUnclosed: boolean;
  expands: boolean;
  /** The whole comes out of variables that the text sets. */
  fromVariables: boolean;
}

export interface Redirection {
  readonly operator: string;
  target: Word | null;
  isTight: boolean;
}

export interface Command {
  /** Operators before it, without blanks: `;`, `||`, `\r\n`, `$(`; empty for the beginning of the value. */
  lead: string;
  leadStart: number;
  /** No blank between operator and command. */
  isTight: boolean;
  readonly words: Word[];
  readonly redirections: Redirection[];
  follow: string;
  end: number;
  /** Ends of the substitution in which it stands, or -1 at the outside. */
  readonly inside: Substitution | null;
}

export interface Substitution {
  readonly open: string;
  readonly start: number;
  /** After its last byte; the length of the value when unclosed. */
  end: number;
}

const ENTITY =
  /&(?:#\d{1,7}|#x[\da-f]{1,6}|amp|lt|gt|quot|apos|nbsp|copy|reg|hellip|mdash|ndash|[lr][sd]quo|euro|times);/iy;
const VARIABLE = /\$(?:\{([!#]?[A-Za-z_]\w*|[0-9@*#?$!_-])?|([A-Za-z_]\w*|[0-9@*#?$!_-]))/y;
const ESCAPE = /\\(?:x([\da-fA-F]{1,2})|([0-7]{1,3})|u([\da-fA-F]{1,4}))/g;

export class Lexer {
  steps = 0;
  #pending: Command[] = [];
  readonly #judge: (commands: readonly Command[]) => boolean;
  readonly #value: string;
  readonly #variables = new Map<string, string>();
  #at: number;
  #depth = 0;

  /** `judge` says true when it has seen enough. */
  constructor(value: string, from: number, judge: (commands: readonly Command[]) => boolean) {
    this.#value = value;
    this.#at = from;
    this.#judge = judge;
  }

  run(): void {
    this.#list('', null);
  }

  #handOver(): void {
    const commands = this.#pending;
    this.#pending = [];
    if (this.#judge(commands)) this.#at = this.#value.length;
  }

  #begin(lead: string, leadStart: number, inside: Substitution | null): Command {
    const command: Command = {
      lead,
      leadStart,
      isTight: true,
      words: [],
      redirections: [],
      follow: '',
      end: this.#at,
      inside,
    };
    if (this.#pending.length < MAX_NESTED) this.#pending.push(command);
    return command;
  }

  /** Commands up to the end of the substitution (`)` or a back-tick), or of the value. */
  #list(close: string, inside: Substitution | null): void {
    let command = this.#begin(inside?.open ?? '', inside?.start ?? this.#at, inside);
    let groups = 0;
    while (this.#at < this.#value.length) {
      this.steps++;
      const char = this.#value[this.#at] ?? '';
      if (char === close && (char !== ')' || groups === 0)) break;
      if (char === ' ' || char === '\t' || char === '\f' || char === '\v') {
        if (command.words.length === 0) command.isTight = false;
        this.#at++;
      } else if (char === '(' && command.words.length === 0) {
        groups++;
        this.#at++;
      } else if (char === '#' && this.#isComment()) {
        this.#skipComment(close);
      } else if (this.#isOperator(char)) {
        const start = this.#at;
        if (char === ')' && groups > 0) groups--;
        command = this.#separate(command, this.#operator(), start, inside);
      } else if (char === '<' || char === '>') this.#redirection(command);
      else this.#add(command, this.#word(close));
    }
    command.end = this.#at;
    if (inside === null) this.#handOver();
    else if (this.#at < this.#value.length) this.#at++;
  }

  #isComment(): boolean {
    return this.#at === 0 || /[\t-\r ;|&()]/.test(this.#value[this.#at - 1] ?? '');
  }

  #skipComment(close: string): void {
    while (this.#at < this.#value.length) {
      const char = this.#value[this.#at];
      if (char === '\n' || (close === '`' && char === '`')) return;
      this.steps++;
      this.#at++;
    }
  }

  #isOperator(char: string): boolean {
    if (char === '&') return this.#value[this.#at + 1] !== '>';
    return char === ';' || char === '|' || char === '\n' || char === '\r' || char === ')';
  }

  #operator(): string {
    const value = this.#value;
    if (value[this.#at] === '&') {
      ENTITY.lastIndex = this.#at;
      if (ENTITY.test(value)) {
        this.#at = ENTITY.lastIndex;
        return '&;';
      }
    }
    const two = value.slice(this.#at, this.#at + 2);
    const operator = two === '&&' || two === '||' || two === '|&' || two === '\r\n' ? two : (two[0] ?? '');
    this.#at += operator.length;
    return operator;
  }

  #separate(command: Command, operator: string, start: number, inside: Substitution | null): Command {
    if (command.words.length === 0 && command.redirections.length === 0 && command.lead !== '') {
      if (command.lead.length < 8) command.lead += operator;
      command.isTight = true;
      return command;
    }
    command.end = start;
    command.follow = operator;
    if (inside === null) this.#handOver();
    return this.#begin(operator, start, inside);
  }

  #add(command: Command, word: Word): void {
    const assignment = /^([A-Za-z_]\w{0,30})=(.*)$/s.exec(word.text);
    if (assignment !== null && command.words.every((other) => other.text === '{' || other.text.includes('='))) {
      this.#variables.set(assignment[1] ?? '', assignment[2] ?? '');
    }
    if (command.words.length < MAX_WORDS) command.words.push(word);
  }

  #redirection(command: Command): void {
    const value = this.#value;
    const next = value[this.#at + 1];
    if (next === '(' && this.#depth < MAX_DEPTH) {
      const start = this.#at;
      this.#at += 2;
      this.#substitute({ open: '<(', start, end: value.length }, ')');
      command.redirections.push({ operator: '<(', target: null, isTight: true });
      return;
    }
    const start = this.#at;
    while (this.#at < start + 3 && /[<>&]/.test(value[this.#at] ?? '')) this.#at++;
    const tight = value[start - 1] !== ' ' || value[this.#at] !== ' ';
    while (value[this.#at] === ' ' || value[this.#at] === '\t') {
      this.steps++;
      this.#at++;
    }
    const char = value[this.#at];
    const target = char === undefined || /[\t-\r ;|&()<>`]/.test(char) ? null : this.#word('');
    if (command.redirections.length < MAX_WORDS) {
      command.redirections.push({
        operator: value.slice(start, start + 3).replace(/[^<>&].*$/s, ''),
        target,
        isTight: tight,
      });
    }
  }

  #substitute(inside: Substitution, close: string): void {
    this.#depth++;
    this.#list(close, inside);
    this.#depth--;
    inside.end = this.#at;
  }

  #word(close: string): Word {
    const word: Word = {
      start: this.#at,
      end: this.#at,
      text: '',
      isSplit: false,
      isQuoted: false,
      isUnclosed: false,
      expands: false,
      fromVariables: true,
    };
    const first = this.#at;
    while (this.#at < this.#value.length) {
      const char = this.#value[this.#at] ?? '';
      if (/[\t-\r ;|&)<>]/.test(char) || (char === close && close !== '')) break;
      this.steps++;
      if (this.#piece(word, char, first)) continue;
      word.isSplit = true;
      break;
    }
    if (this.#at === first) this.#at++;
    word.end = this.#at;
    return word;
  }

  /** One quoted stretch, expansion or character; false where `$IFS` ends the word. */
  #piece(word: Word, char: string, first: number): boolean {
    if (char === "'" || char === '"') {
      this.#quoted(word, char);
    } else if (char === '\\') {
      const next = this.#value[this.#at + 1] ?? '';
      // \u0061 is an escape of JSON.
      if (/[A-Za-z]/.test(next) && !/^u[\da-f]{4}/i.test(this.#value.slice(this.#at + 1, this.#at + 6)))
        word.isSplit = true;
      this.#append(word, next === '\n' ? '' : next);
      this.#at += 2;
    } else if (char === '^' && /[A-Za-z]/.test(this.#value[this.#at + 1] ?? '') && this.#at > first) {
      word.isSplit = true;
      this.#at++;
    } else if (char === '$') return this.#dollar(word);
    else if (char === '`') this.#backTick(word);
    else {
      this.#append(word, char);
      this.#at++;
    }
    return true;
  }

  #append(word: Word, text: string): void {
    if (text !== '') word.fromVariables = false;
    if (word.text.length < MAX_TEXT) word.text += text;
  }

  #quoted(word: Word, quote: string): void {
    const open = this.#at++;
    if (open > word.start) word.isSplit = true;
    word.isQuoted = true;
    while (this.#at < this.#value.length && this.#value[this.#at] !== quote) {
      this.steps++;
      const char = this.#value[this.#at] ?? '';
      if (quote === '"' && char === '\\') {
        this.#append(word, this.#value[this.#at + 1] ?? '');
        this.#at += 2;
      } else if (quote === '"' && char === '$') {
        if (!this.#dollar(word, true)) this.#append(word, ' ');
      } else if (quote === '"' && char === '`') this.#backTick(word);
      else {
        this.#append(word, char);
        this.#at++;
      }
    }
    if (this.#at >= this.#value.length) word.isUnclosed = true;
    else this.#at++;
    if (/[\w/.]/.test(this.#value[this.#at] ?? '')) word.isSplit = true;
  }

  #backTick(word: Word): void {
    const start = this.#at++;
    word.expands = true;
    if (this.#depth < MAX_DEPTH) this.#substitute({ open: '`', start, end: this.#value.length }, '`');
  }

  #dollar(word: Word, isQuoted = false): boolean {
    const value = this.#value;
    const next = value[this.#at + 1];
    if (next === '(') {
      const start = this.#at;
      this.#at += 2;
      word.expands = true;
      if (this.#depth < MAX_DEPTH) this.#substitute({ open: '$(', start, end: value.length }, ')');
      return true;
    }
    if (!isQuoted && (next === "'" || next === '"')) {
      this.#at++;
      const length = word.text.length;
      this.#quoted(word, next);
      word.text = word.text.slice(0, length) + word.text.slice(length).replace(ESCAPE, unescape);
      word.isSplit = true;
      return true;
    }
    VARIABLE.lastIndex = this.#at;
    const found = VARIABLE.exec(value);
    if (found === null) {
      this.#append(word, '$');
      this.#at++;
      return true;
    }
    this.#at += found[0].length;
    return this.#variable(word, found[1] ?? found[2] ?? '', found[0][1] === '{');
  }

  #variable(word: Word, name: string, braces: boolean): boolean {
    const fallback = braces ? this.#braces() : '';
    if (name === 'IFS') return false;
    word.expands = true;
    const known = this.#variables.get(name) ?? (/^(?:SHELL|BASH)$/.test(name) && word.text === '' ? 'sh' : fallback);
    if (known === '') {
      if (word.text !== '' || /[\w'"/\\]/.test(this.#value[this.#at] ?? '')) word.isSplit = true;
    } else if (word.text.length < MAX_TEXT) word.text += known.slice(0, MAX_TEXT);
    return true;
  }

  /** To the end of `${…}`; gives what stands after `:-`. */
  #braces(): string {
    const rest = this.#value.slice(this.#at, this.#at + 40);
    const fallback = /^:?-([^${}]*)\}/.exec(rest)?.[1] ?? '';
    while (this.#at < this.#value.length && this.#value[this.#at] !== '}') {
      this.steps++;
      const char = this.#value[this.#at];
      const isDollar = char === '$' && this.#value[this.#at + 1] === '(';
      if (isDollar && this.#depth < MAX_DEPTH) {
        const start = this.#at;
        this.#at += 2;
        this.#substitute({ open: '$(', start, end: this.#value.length }, ')');
      } else if (char === '`' && this.#depth < MAX_DEPTH) {
        const start = this.#at++;
        this.#substitute({ open: '`', start, end: this.#value.length }, '`');
      } else if (char === '\n') return '';
      else this.#at++;
    }
    this.#at++;
    return fallback;
  }
}

function unescape(_whole: string, hex?: string, octal?: string, code?: string): string {
  const byte = octal === undefined ? Number.parseInt(hex ?? code ?? '', 16) : Number.parseInt(octal, 8);
  return String.fromCharCode(byte & 0xff);
}
