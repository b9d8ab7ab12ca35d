import { Buffer } from 'node:buffer';
import { CR, LF } from './characters.ts';

const NOTHING = Buffer.alloc(0);

/**
 * Gathers lines up to and including the first empty one. Copies only when a block is spread over several chunks, and then
 * each byte once. What it reports does not depend on how the bytes were cut.
 */
export class LineBlock {
  readonly #maxBytes: number;
  readonly #maxFirstLine: number;
  #store: Buffer = NOTHING;
  #length = 0;
  /** Where the search for the next line end goes on, and where the present line began; both from the block's start. */
  #scan = 0;
  #lineStart = 0;
  #lines = 0;

  constructor(maxBytes: number, maxFirstLine: number) {
    this.#maxBytes = maxBytes;
    this.#maxFirstLine = maxFirstLine;
  }

  get length(): number {
    return this.#length;
  }

  /** Bytes gathered so far. */
  gathered(): Buffer {
    return this.#store.subarray(0, this.#length);
  }

  reset(): void {
    this.#length = this.#scan = this.#lineStart = this.#lines = 0;
    if (this.#store.length > 4096) this.#store = NOTHING;
  }

  /** Takes bytes from `chunk` at `at`. `used` of them belong to the block; `block` is a copy that may be kept. */
  feed(
    chunk: Buffer,
    at: number,
  ): { readonly used: number; readonly block?: Buffer; readonly over?: 'line' | 'block' } {
    const before = this.#length;
    const direct = before === 0;
    const taken = Math.min(chunk.length - at, this.#maxBytes + 1 - before);
    if (!direct) this.#append(chunk, at, taken);
    const bytes = direct ? chunk : this.#store;
    const base = direct ? at : 0;
    const end = this.#search(bytes, base, before + taken);
    if (this.#firstLineTooLong(before + taken))
      return { used: taken, over: 'line', block: this.#cut(bytes, base, this.#maxFirstLine) };
    if (end > this.#maxBytes || (end < 0 && before + taken > this.#maxBytes)) {
      return { used: taken, over: 'block', block: this.#cut(bytes, base, this.#maxBytes) };
    }
    if (end >= 0) {
      const block = this.#cut(bytes, base, end);
      this.reset();
      return { used: end - before, block };
    }
    if (direct) this.#append(chunk, at, taken);
    return { used: taken };
  }

  #firstLineTooLong(gathered: number): boolean {
    return (this.#lines === 0 ? gathered : this.#firstLine) > this.#maxFirstLine;
  }
  #firstLine = 0;

  #cut(bytes: Buffer, base: number, length: number): Buffer {
    return Buffer.from(bytes.subarray(base, base + length));
  }

  /** End of the block from its start, or -1. */
  #search(bytes: Buffer, base: number, limit: number): number {
    const stop = base + limit;
    for (;;) {
      const newline = bytes.indexOf(LF, base + this.#scan);
      if (newline < 0 || newline >= stop) {
        this.#scan = limit;
        return -1;
      }
      const length = newline - base - this.#lineStart;
      if (this.#lines === 0) this.#firstLine = length;
      this.#lines++;
      this.#scan = this.#lineStart = newline - base + 1;
      if (length === 0 || (length === 1 && bytes[newline - 1] === CR)) return this.#scan;
    }
  }

  #append(chunk: Buffer, at: number, count: number): void {
    const need = this.#length + count;
    if (need > this.#store.length) {
      const larger = Buffer.allocUnsafe(Math.max(need, Math.min(this.#store.length * 2, this.#maxBytes + 1), 1024));
      this.#store.copy(larger, 0, 0, this.#length);
      this.#store = larger;
    }
    chunk.copy(this.#store, this.#length, at, at + count);
    this.#length = need;
  }
}
