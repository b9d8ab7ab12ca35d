// The case files are JSON as a tolerant reader takes it: comments, unknown escapes, and names that occur twice in an object (a
// header that is sent twice). JSON.parse refuses the first two and drops one of the third.

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export class JsonObject {
  readonly entries: readonly (readonly [string, Json])[];

  constructor(entries: readonly (readonly [string, Json])[]) {
    this.entries = entries;
  }

  /** The last value of that name. */
  get(name: string): Json | undefined {
    return this.entries.findLast(([key]) => key === name)?.[1];
  }

  text(name: string): string {
    const value = this.get(name);
    return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
  }

  object(name: string): JsonObject {
    const value = this.get(name);
    return value instanceof JsonObject ? value : new JsonObject([]);
  }

  /** A text, or a list of lines, each of which ends in a line feed. */
  lines(name: string): string {
    const value = this.get(name);
    if (typeof value === 'string') return value;
    return Array.isArray(value) ? value.map((line: Json) => `${String(line)}\n`).join('') : '';
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '"': '"',
  '\\': '\\',
  '/': '/',
};

export function readJson(text: string): Json {
  const reader = new Reader(text);
  return reader.value();
}

class Reader {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  value(): Json {
    switch (this.next()) {
      case '{':
        return new JsonObject(this.list('}', () => [this.string(), this.after(':')] as const));
      case '[':
        return this.list(']', () => this.value());
      case '"':
        return this.string();
      default: {
        const word = /[-+.\w]*/y;
        word.lastIndex = this.at;
        const found = word.exec(this.text)?.[0] ?? '';
        this.at += found.length;
        // JSON.parse knows numbers, true, false and null, and throws at anything else.
        return JSON.parse(found) as Json;
      }
    }
  }

  private list<T>(close: string, read: () => T): T[] {
    const items: T[] = [];
    this.at++;
    while (this.next() !== close) {
      items.push(read());
      if (this.next() === ',') this.at++;
    }
    this.at++;
    return items;
  }

  private after(sign: string): Json {
    if (this.next() !== sign) throw new Error(`"${sign}" is expected at ${this.at}`);
    this.at++;
    return this.value();
  }

  private string(): string {
    if (this.next() !== '"') throw new Error(`a text is expected at ${this.at}`);
    this.at++;
    let out = '';
    for (;;) {
      const character = this.text[this.at++];
      if (character === undefined) throw new Error('a text is not closed');
      if (character === '"') return out;
      out += character === '\\' ? this.escape() : character;
    }
  }

  private escape(): string {
    const letter = this.text[this.at++] ?? '';
    if (letter === 'u') {
      this.at += 4;
      return String.fromCharCode(Number.parseInt(this.text.slice(this.at - 4, this.at), 16));
    }
    return ESCAPES[letter] ?? `\\${letter}`;
  }

  /** The next character that is neither space nor comment; '' at the end. */
  private next(): string {
    const gap = /(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*/y;
    gap.lastIndex = this.at;
    gap.exec(this.text);
    this.at = gap.lastIndex;
    if (this.at >= this.text.length) throw new Error('the text ends too early');
    return this.text[this.at] ?? '';
  }
}
