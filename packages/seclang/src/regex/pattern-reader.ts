import { patternFault } from './faults.ts';

/** Longer than any known rule by a factor of five; above it a rule file could make loading slow. */
const MAX_LENGTH = 65_536;
/** Groups within groups; parsing, printing and compiling recurse by it. */
const MAX_DEPTH = 250;
const MAX_NODES = 100_000;

/** Where the parser stands, and what it has used up. */
export class PatternReader {
  readonly text: string;
  at = 0;
  depth = 0;
  #nodes = 0;

  constructor(text: string) {
    this.text = text;
    if (text.length > MAX_LENGTH) {
      throw patternFault('seclang.pattern-too-big', { reason: `it has more than ${MAX_LENGTH} characters` });
    }
    if (/[^\x00-\xff]/.test(text)) throw this.invalid('a pattern consists of bytes');
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  peek(): string {
    return this.text.charAt(this.at);
  }

  /** The byte here; NaN at the end. */
  code(): number {
    return this.text.charCodeAt(this.at);
  }

  take(): string {
    return this.text.charAt(this.at++);
  }

  /** Steps over `word` when it stands here. */
  skip(word: string): boolean {
    if (this.text.charCodeAt(this.at) !== word.charCodeAt(0)) return false;
    const here = word.length === 1 || this.text.startsWith(word, this.at);
    if (here) this.at += word.length;
    return here;
  }

  /** Steps over what the sticky expression matches here. */
  match(sticky: RegExp): RegExpExecArray | null {
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text);
    if (found !== null) this.at += found[0].length;
    return found;
  }

  /** Parts counted so far. */
  get parts(): number {
    return this.#nodes;
  }

  countNode(parts = 1): void {
    this.#nodes += parts;
    if (this.#nodes > MAX_NODES) {
      throw patternFault('seclang.pattern-too-big', { reason: `it has more than ${MAX_NODES} parts` });
    }
  }

  enter(): void {
    if (++this.depth > MAX_DEPTH) {
      throw patternFault('seclang.pattern-too-big', { reason: `it nests deeper than ${MAX_DEPTH} groups` });
    }
  }

  leave(): void {
    this.depth--;
  }

  invalid(reason: string, position = this.at) {
    return patternFault('seclang.pattern-invalid', { reason, position: position + 1 });
  }

  unsupported(feature: string, position = this.at) {
    return patternFault('seclang.pattern-unsupported', { feature, position: position + 1 });
  }
}
