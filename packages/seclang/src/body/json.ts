import { Item } from '../transaction/item.ts';
import { utf8Bytes } from './bytes.ts';

// Reads JSON (RFC 8259) straight into arguments, with ModSecurity's names: `json.user.name`, `json.list.array_0`. No tree is built.
// A member that is an array is an argument itself, without a value, as Coraza does it with the length: else no name would end in its key,
// and rules about the ends of names (`roles__contained_by`) would pass it. Its text is no number, so `!@rx ^\d+$` still refuses an array.

export interface JsonFacts {
  readonly items: readonly Item[];
  /** '' when the text was JSON to its end. */
  readonly error: string;
  /** The error is only that the text ended too early. */
  readonly truncated: boolean;
}

export interface JsonLimits {
  /** Deeper nesting is an error: it would cost an attacker little and names a lot. */
  readonly depth: number;
  readonly items: number;
}

interface Container {
  /** What is put before the names of members. */
  readonly prefix: string;
  /** -1 for an object. */
  index: number;
}

class JsonError extends Error {
  readonly truncated: boolean;
  constructor(text: string, truncated = false) {
    super(text);
    this.truncated = truncated;
  }
}

/** Names are cut here: a chain of long names, repeated for each member, would otherwise grow with the square of the input. */
const MAX_NAME = 4096;

export function parseJson(text: string, limits: JsonLimits): JsonFacts {
  const items: Item[] = [];
  try {
    new Scanner(text, limits, items).run();
    return { items, error: '', truncated: false };
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return { items, error: `JSON: ${error.message}`, truncated: error.truncated };
  }
}

class Scanner {
  private at = 0;
  private readonly text: string;
  private readonly limits: JsonLimits;
  private readonly items: Item[];
  private readonly stack: Container[] = [];

  constructor(text: string, limits: JsonLimits, items: Item[]) {
    this.text = text;
    this.limits = limits;
    this.items = items;
  }

  run(): void {
    // A byte order mark is not allowed (section 8.1), but readers may ignore it, and many do.
    if (this.text.startsWith('\u00ef\u00bb\u00bf')) this.at = 3;
    let name = 'json';
    for (;;) {
      this.space();
      const opened = this.value(name);
      if (opened) {
        const inner = this.memberName(true);
        if (inner !== undefined) {
          this.nameArray();
          name = inner;
          continue;
        }
      }
      const next = this.nextName();
      if (next === undefined) break;
      name = next;
    }
    this.space();
    if (this.at < this.text.length) throw new JsonError('there is text after the value');
  }

  /** Reads a scalar, or opens a container and answers true. */
  private value(name: string): boolean {
    const character = this.text[this.at];
    if (character === '{' || character === '[') {
      if (this.stack.length >= this.limits.depth) throw new JsonError(`nested deeper than ${this.limits.depth}`);
      this.at++;
      this.stack.push({ prefix: name, index: character === '[' ? 0 : -1 });
      return true;
    }
    if (character === '"') this.add(name, this.string());
    else this.add(name, this.literal());
    return false;
  }

  private add(name: string, value: string): void {
    if (this.items.length >= this.limits.items) throw new JsonError(`more than ${this.limits.items} values`);
    this.items.push(new Item(name, value));
  }

  /** Of the array that was just opened; elements of arrays have no key of their own to show. */
  private nameArray(): void {
    const opened = this.stack.at(-1);
    const owner = this.stack.at(-2);
    if (opened !== undefined && opened.index >= 0 && owner?.index === -1) this.add(opened.prefix, '');
  }

  /** After a value: closes what ends here and answers the next member's name; undefined = the whole value ended. */
  private nextName(): string | undefined {
    for (;;) {
      const container = this.stack.at(-1);
      if (container === undefined) return undefined;
      this.space();
      const character = this.text[this.at];
      if (character === ',') {
        this.at++;
        if (container.index >= 0) container.index++;
        return this.memberName(false);
      }
      if (character !== (container.index >= 0 ? ']' : '}')) this.unexpected();
      this.at++;
      this.stack.pop();
    }
  }

  /** Answers undefined when the container is empty and was closed. */
  private memberName(first: boolean): string | undefined {
    const container = this.stack.at(-1);
    if (container === undefined) return undefined;
    this.space();
    if (first && this.text[this.at] === (container.index >= 0 ? ']' : '}')) {
      this.at++;
      this.stack.pop();
      this.add(container.prefix, '');
      return undefined;
    }
    if (container.index >= 0) return `${container.prefix}.array_${container.index}`.slice(0, MAX_NAME);
    if (this.text[this.at] !== '"') this.unexpected();
    const key = this.string();
    this.space();
    if (this.text[this.at] !== ':') this.unexpected();
    this.at++;
    if (container.prefix.length + key.length > MAX_NAME) throw new JsonError(`a name is longer than ${MAX_NAME}`);
    return `${container.prefix}.${key}`;
  }

  private literal(): string {
    const token = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    token.lastIndex = this.at;
    const found = token.exec(this.text)?.[0];
    if (found === undefined) this.unexpected();
    this.at += found.length;
    return found === 'null' ? '' : found;
  }

  private string(): string {
    const start = ++this.at;
    const plain = /[^"\\\x00-\x1f]*/y;
    plain.lastIndex = start;
    plain.exec(this.text);
    this.at = plain.lastIndex;
    let out = this.text.slice(start, this.at);
    while (this.text[this.at] !== '"') {
      if (this.text[this.at] !== '\\') {
        throw this.at >= this.text.length
          ? new JsonError('a string is not closed', true)
          : new JsonError('control character in a string');
      }
      out += this.escape();
      plain.lastIndex = this.at;
      const from = this.at;
      plain.exec(this.text);
      this.at = plain.lastIndex;
      out += this.text.slice(from, this.at);
    }
    this.at++;
    return out;
  }

  private escape(): string {
    const character = this.text[this.at + 1];
    if (character === undefined) throw new JsonError('a string is not closed', true);
    const simple = SIMPLE_ESCAPES[character];
    if (simple !== undefined) {
      this.at += 2;
      return simple;
    }
    const code = this.unicodeEscape(this.at);
    if (code === undefined) throw new JsonError('bad escape in a string');
    this.at += 6;
    // Two halves of a surrogate pair are one code point (section 7).
    if (code >= 0xd800 && code < 0xdc00) {
      const low = this.unicodeEscape(this.at);
      if (low !== undefined && low >= 0xdc00 && low < 0xe000) {
        this.at += 6;
        return utf8Bytes(0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
      }
    }
    return utf8Bytes(code);
  }

  private unicodeEscape(at: number): number | undefined {
    const form = /\\u([0-9A-Fa-f]{4})/y;
    form.lastIndex = at;
    const hex = form.exec(this.text)?.[1];
    return hex === undefined ? undefined : Number.parseInt(hex, 16);
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at++;
    }
  }

  private unexpected(): never {
    if (this.at >= this.text.length) throw new JsonError('the text ends too early', true);
    throw new JsonError(`unexpected byte at ${this.at}`);
  }
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
