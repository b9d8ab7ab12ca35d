import { ALL_BYTES, complement, NEWLINE, singleByte, VERTICAL } from './byte-set.ts';
import { readClass } from './parse-class.ts';
import { readByte, readType } from './parse-escape.ts';
import { PatternReader } from './pattern-reader.ts';
import type { PatternFlags } from './pattern.ts';
import {
  EMPTY,
  sequenceOf,
  SHARED_NODES,
  type Backreference,
  type Node,
  type RepeatMode,
  type Syntax,
} from './syntax.ts';

// Recursive descent over PCRE's syntax, on bytes. Flags live in one object per group: `(?i)` changes it for the rest of the
// group, further branches included, and the group's end brings the outer object back.

interface Flags {
  i: boolean;
  m: boolean;
  s: boolean;
  x: boolean;
  /** Ungreedy: `*` is lazy and `*?` greedy. */
  U: boolean;
}

const MAX_COUNT = 65_535;
/** Without counted repetitions a pattern has at most three instructions a character. */
const PLAIN_LENGTH = 20_000;

const [BAR = 0, CLOSE = 0, OPEN_BRACE = 0, BACKSLASH = 0] = [...'|){\\'].map((character) => character.charCodeAt(0));

/** One node a byte, shared by all patterns. */
const EXACT: readonly Node[] = Array.from({ length: 256 }, (_, byte) => ({
  kind: 'set',
  set: singleByte(byte, false),
}));
const FOLDED: readonly Node[] = Array.from({ length: 256 }, (_, byte) => ({
  kind: 'set',
  set: singleByte(byte, true),
}));

export function parsePattern(text: string, flags: PatternFlags): Syntax {
  const parser = new Parser(text);
  const start: Flags = {
    i: flags.ignoreCase === true,
    m: flags.multiline === true,
    s: flags.dotAll === true,
    x: false,
    U: false,
  };
  return parser.parse(start);
}

// Long generated patterns repeat the same groups hundreds of times, within a pattern and between patterns. A group without
// captures, references and atomic parts means the same wherever its text stands under the same flags, so its node is shared.

interface SharedGroup {
  /** From the opening to the closing bracket. */
  readonly text: string;
  readonly node: Node;
  readonly parts: number;
  readonly large: boolean;
}

const KEY_LENGTH = 24;
const MAX_SHARED_LENGTH = 200;
const MAX_SHARED = 1000;
const shared = new Map<string, SharedGroup>();

/** Undefined when the group is too near the end to be worth it. */
function sharedKey(text: string, start: number, { i, m, s, x, U }: Flags): string | undefined {
  if (start + KEY_LENGTH > text.length) return undefined;
  return `${i ? 'i' : ''}${m ? 'm' : ''}${s ? 's' : ''}${x ? 'x' : ''}${U ? 'U' : ''} ${text.slice(start, start + KEY_LENGTH)}`;
}

class Parser {
  readonly #reader: PatternReader;
  readonly #names = new Map<string, number>();
  /** Checked at the end, because a group may be named before it stands. */
  readonly #references: { node: { group: number }; name: string | undefined; at: number }[] = [];
  #groups = 0;
  #quoted = false;
  #irregular = false;
  #large: boolean;

  constructor(text: string) {
    this.#reader = new PatternReader(text);
    this.#large = text.length > PLAIN_LENGTH;
  }

  parse(flags: Flags): Syntax {
    const reader = this.#reader;
    if (reader.text.startsWith('(*')) throw reader.unsupported('a verb such as (*UTF8)');
    const root = this.#choice(flags);
    if (!reader.done) throw reader.invalid('a closing bracket has no opening one');
    for (const { node, name, at } of this.#references) {
      if (name !== undefined) node.group = this.#names.get(name) ?? -1;
      if (node.group < 1 || node.group > this.#groups) throw reader.invalid('there is no such group', at);
    }
    return { root, groups: this.#groups, irregular: this.#irregular, large: this.#large };
  }

  #choice(flags: Flags): Node {
    const branches = [this.#sequence(flags)];
    while (!this.#quoted && this.#reader.skip('|')) branches.push(this.#sequence(flags));
    return branches.length === 1 ? (branches[0] ?? EMPTY) : { kind: 'choice', branches };
  }

  #sequence(flags: Flags): Node {
    const reader = this.#reader;
    const items: Node[] = [];
    for (;;) {
      if (!this.#quoted && flags.x) reader.match(/(?:[\t-\r \x85]+|#[^\n]*\n?)+/y);
      if (reader.done) break;
      const code = reader.code();
      if (!this.#quoted && (code === BAR || code === CLOSE)) break;
      if (this.#quoteMark()) continue;
      const item = this.#quoted ? this.#literal(reader.take().charCodeAt(0), flags) : this.#atom(flags);
      if (item !== undefined) items.push(this.#quantified(item, flags));
    }
    return sequenceOf(items);
  }

  /** `\Q` begins text that is literal, `\E` ends it; a lone `\E` says nothing. */
  #quoteMark(): boolean {
    if (this.#reader.code() !== BACKSLASH) return false;
    if (this.#reader.skip('\\E')) {
      this.#quoted = false;
      return true;
    }
    if (this.#quoted || !this.#reader.skip('\\Q')) return false;
    this.#quoted = true;
    return true;
  }

  #literal(byte: number, flags: Flags): Node {
    this.#reader.countNode();
    return (flags.i ? FOLDED : EXACT)[byte] ?? EMPTY;
  }

  /** Undefined for what stands for nothing: comments and flags. */
  #atom(flags: Flags): Node | undefined {
    const reader = this.#reader;
    const start = reader.at;
    const character = reader.take();
    reader.countNode();
    switch (character) {
      case '(':
        return this.#group(flags, start);
      case '[':
        return { kind: 'set', set: readClass(reader, flags.i) };
      case '.':
        return { kind: 'set', set: flags.s ? ALL_BYTES : complement(NEWLINE) };
      case '^':
        return { kind: 'assert', assertion: flags.m ? 'lineStart' : 'textStart' };
      case '$':
        return { kind: 'assert', assertion: flags.m ? 'lineEnd' : 'textEndOrFinalNewline' };
      case '\\':
        return this.#escape(flags, start);
      case '*':
      case '+':
      case '?':
        throw reader.invalid('there is nothing to repeat', start);
      default:
        return this.#literal(character.charCodeAt(0), flags);
    }
  }

  #escape(flags: Flags, start: number): Node {
    const reader = this.#reader;
    const type = readType(reader, false);
    if (type !== undefined) return { kind: 'set', set: type };
    const letter = reader.peek();
    reader.at++;
    switch (letter) {
      case 'b':
        return { kind: 'assert', assertion: 'wordBoundary' };
      case 'B':
        return { kind: 'assert', assertion: 'notWordBoundary' };
      case 'A':
        return { kind: 'assert', assertion: 'textStart' };
      case 'z':
        return { kind: 'assert', assertion: 'textEnd' };
      case 'Z':
        return { kind: 'assert', assertion: 'textEndOrFinalNewline' };
      case 'R':
        this.#irregular = true;
        return { kind: 'atomic', body: anyLineEnd() };
      case 'G':
      case 'K':
      case 'C':
      case 'X':
      case 'p':
      case 'P':
        throw reader.unsupported(`\\${letter}`, start);
      case 'g':
      case 'k':
        return this.#namedReference(flags, start, letter);
      default:
        reader.at--;
        return this.#numericReference(flags, start) ?? this.#literal(readByte(reader), flags);
    }
  }

  #reference(group: number, name: string | undefined, flags: Flags, at: number): Backreference {
    this.#irregular = true;
    const node = { kind: 'backreference' as const, group, ignoreCase: flags.i };
    this.#references.push({ node, name, at });
    return node;
  }

  /** `\1` to `\9` always refer to a group; more digits do when so many groups stand before, else they are octal. */
  #numericReference(flags: Flags, start: number): Node | undefined {
    const reader = this.#reader;
    const before = reader.at;
    const digits = reader.match(/[1-9][0-9]{0,4}/y)?.[0];
    if (digits === undefined) return undefined;
    const group = Number(digits);
    if (group < 10 || group <= this.#groups) return this.#reference(group, undefined, flags, start);
    reader.at = before;
    return undefined;
  }

  #namedReference(flags: Flags, start: number, letter: string): Node {
    const reader = this.#reader;
    if (letter === 'g') {
      const number = reader.match(/\{?([+-]?[0-9]{1,5})\}?/y)?.[1];
      if (number !== undefined) {
        const relative = /^[+-]/.test(number);
        const base = number.startsWith('-') ? this.#groups + 1 : this.#groups;
        return this.#reference(relative ? base + Number(number) : Number(number), undefined, flags, start);
      }
    }
    const name = reader.match(/\{(\w+)\}|<(\w+)>|'(\w+)'/y);
    if (name === null) throw reader.invalid('the name of a group is missing', start);
    if (letter === 'g' && name[1] === undefined) throw reader.unsupported('a subroutine call', start);
    return this.#reference(0, name[1] ?? name[2] ?? name[3], flags, start);
  }

  #group(flags: Flags, start: number): Node | undefined {
    const reader = this.#reader;
    if (reader.match(/\?#[^)]*/y) !== null) {
      this.#close(start);
      return undefined;
    }
    if (reader.peek() === '*') throw reader.unsupported('a verb', start);
    if (!reader.skip('?')) return this.#capturing(undefined, flags, start);
    if (reader.skip(':')) return this.#plainGroup(flags, start);
    if (reader.skip('>')) {
      this.#irregular = true;
      return { kind: 'atomic', body: this.#inner({ ...flags }, start) };
    }
    const look = reader.match(/<?[=!]/y)?.[0];
    if (look !== undefined) {
      this.#irregular = true;
      const body = this.#inner({ ...flags }, start);
      return { kind: 'look', behind: look.startsWith('<'), negative: look.endsWith('!'), body };
    }
    const name = reader.match(/P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)'/y);
    if (name !== null) return this.#capturing(name[1] ?? name[2], flags, start);
    const known = reader.match(/P=(\w+)/y);
    if (known !== null) {
      this.#close(start);
      return this.#reference(0, known[1], flags, start);
    }
    return this.#flagGroup(flags, start);
  }

  /** `(?:...)`, taken from the shared ones when the same text was read before. */
  #plainGroup(flags: Flags, start: number): Node {
    const reader = this.#reader;
    const key = sharedKey(reader.text, start, flags);
    const known = key === undefined ? undefined : shared.get(key);
    if (known !== undefined && reader.text.startsWith(known.text, start)) {
      reader.countNode(known.parts);
      reader.at = start + known.text.length;
      if (known.large) this.#large = true;
      return known.node;
    }
    const before = { groups: this.#groups, irregular: this.#irregular, large: this.#large, parts: reader.parts };
    this.#irregular = false;
    this.#large = false;
    const node = this.#inner({ ...flags }, start);
    const whole = !this.#irregular && this.#groups === before.groups && reader.at - start <= MAX_SHARED_LENGTH;
    if (key !== undefined && whole && known === undefined && shared.size < MAX_SHARED) {
      const text = reader.text.slice(start, reader.at);
      SHARED_NODES.add(node);
      shared.set(key, { text, node, parts: reader.parts - before.parts, large: this.#large });
    }
    this.#irregular ||= before.irregular;
    this.#large ||= before.large;
    return node;
  }

  #capturing(name: string | undefined, flags: Flags, start: number): Node {
    const index = ++this.#groups;
    if (name !== undefined) {
      if (this.#names.has(name)) throw this.#reader.invalid(`the group name ${name} stands twice`, start);
      this.#names.set(name, index);
    }
    return { kind: 'group', index, body: this.#inner({ ...flags }, start) };
  }

  /** `(?i)` for the rest of the group around it, `(?i:...)` for its own. */
  #flagGroup(flags: Flags, start: number): Node | undefined {
    const reader = this.#reader;
    const found = reader.match(/(\^?)([imsxUJn]*)(?:-([imsxUJn]*))?([:)])/y);
    if (found === null) throw reader.unsupported('this kind of group', start);
    const [, reset, on = '', off = '', end] = found;
    if (/[Jn]/.test(on + off)) throw reader.unsupported('the flag J or n', start);
    const target = end === ')' ? flags : { ...flags };
    if (reset === '^') Object.assign(target, { i: false, m: false, s: false, x: false });
    for (const flag of on) target[flag as keyof Flags] = true; // the expression lets only these letters through
    for (const flag of off) target[flag as keyof Flags] = false;
    return end === ')' ? undefined : this.#inner(target, start);
  }

  #inner(flags: Flags, start: number): Node {
    this.#reader.enter();
    const body = this.#choice(flags);
    this.#close(start);
    this.#reader.leave();
    return body;
  }

  #close(start: number): void {
    if (!this.#reader.skip(')')) throw this.#reader.invalid('the group is not closed', start);
  }

  #quantified(item: Node, flags: Flags): Node {
    const reader = this.#reader;
    let node = item;
    for (let first = true; ; first = false) {
      // `\Q+\E*` repeats the plus: the mark between item and quantifier says nothing.
      if (reader.skip('\\E')) this.#quoted = false;
      if (this.#quoted) break;
      if (flags.x) reader.match(/[\t-\r \x85]+/y);
      const start = reader.at;
      const range = this.#range();
      if (range === undefined) break;
      if (!first && !range.counted) throw reader.invalid('there is nothing to repeat', start);
      if (range.max < range.min) throw reader.invalid('the counts are the wrong way round', start);
      if (Math.max(range.min, range.max === Infinity ? 0 : range.max) > MAX_COUNT) {
        throw reader.invalid(`a count is above ${MAX_COUNT}`, start);
      }
      reader.countNode();
      node = { kind: 'repeat', body: node, min: range.min, max: range.max, mode: this.#mode(flags) };
    }
    return node;
  }

  #range(): { min: number; max: number; counted: boolean } | undefined {
    const reader = this.#reader;
    if (reader.skip('*')) return { min: 0, max: Infinity, counted: false };
    if (reader.skip('+')) return { min: 1, max: Infinity, counted: false };
    if (reader.skip('?')) return { min: 0, max: 1, counted: false };
    // Anything else in braces is literal text.
    if (reader.code() !== OPEN_BRACE) return undefined;
    const counts = reader.match(/\{([0-9]{1,6})(?:(,)([0-9]{0,6}))?\}/y);
    if (counts === null) return undefined;
    const min = Number(counts[1]);
    const open = counts[2] !== undefined;
    const max = !open ? min : counts[3] === '' ? Infinity : Number(counts[3]);
    this.#large = true;
    return { min, max, counted: true };
  }

  #mode(flags: Flags): RepeatMode {
    if (this.#reader.skip('+')) {
      this.#irregular = true;
      return 'possessive';
    }
    return this.#reader.skip('?') === flags.U ? 'greedy' : 'lazy';
  }
}

/** `\R`: CR LF together, or one vertical white space. */
function anyLineEnd(): Node {
  const pair = sequenceOf([
    { kind: 'set', set: singleByte(13, false) },
    { kind: 'set', set: singleByte(10, false) },
  ]);
  return { kind: 'choice', branches: [pair, { kind: 'set', set: VERTICAL }] };
}
