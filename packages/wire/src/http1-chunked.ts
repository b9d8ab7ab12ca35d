import type { Buffer } from 'node:buffer';
import { CR, LF } from './characters.ts';
import type { Violation } from './http1-api.ts';
import { violation, type Direction, type ViolationCode } from './http1-violations.ts';

/** 14 hex digits hold every number that a double holds exactly; more can only be padding. */
const MAX_SIZE_DIGITS = 14;

export type ChunkEvent =
  | { readonly kind: 'data'; readonly start: number; readonly end: number }
  | { readonly kind: 'last'; readonly end: number }
  | { readonly kind: 'more'; readonly end: number }
  | { readonly kind: 'fault'; readonly violation: Violation };

/**
 * Chunked coding (RFC 9112, 7.1) up to the last chunk; the trailer section is the reader's. Any breach ends reading: two
 * readers that disagree about one chunk disagree about all that follows.
 *
 * size line --line read--> data --all read--> CR --> LF --> size line; size 0 ends.
 */
export class ChunkDecoder {
  readonly #direction: Direction;
  readonly #maxLineBytes: number;
  #state: 'size' | 'data' | 'cr' | 'lf' = 'size';
  #left = 0;
  #line = '';

  constructor(direction: Direction, maxLineBytes: number) {
    this.#direction = direction;
    this.#maxLineBytes = maxLineBytes;
  }

  reset(): void {
    this.#state = 'size';
    this.#left = 0;
    this.#line = '';
  }

  /** The next event of `chunk` from `at`; its `end` is where to go on. */
  next(chunk: Buffer, at: number): ChunkEvent {
    let from = at;
    while (from < chunk.length) {
      if (this.#state === 'data') {
        const end = Math.min(chunk.length, from + this.#left);
        this.#left -= end - from;
        if (this.#left === 0) this.#state = 'cr';
        return { kind: 'data', start: from, end };
      }
      if (this.#state !== 'size') {
        // 7.1: chunk-data is followed by exactly CRLF.
        if (chunk[from] !== (this.#state === 'cr' ? CR : LF)) return this.#fault('chunk-unterminated');
        this.#state = this.#state === 'cr' ? 'lf' : 'size';
        from++;
        continue;
      }
      const newline = chunk.indexOf(LF, from);
      const end = newline < 0 ? chunk.length : newline;
      const room = this.#maxLineBytes - this.#line.length;
      this.#line += chunk.toString('latin1', from, Math.min(end, from + room + 1));
      if (this.#line.length > this.#maxLineBytes) return this.#fault('chunk-line-too-long');
      if (newline < 0) return { kind: 'more', end };
      from = newline + 1;
      const failed = this.#readSize();
      if (failed) return this.#fault(failed);
      if (this.#left === 0) return { kind: 'last', end: from };
    }
    return { kind: 'more', end: from };
  }

  /** chunk-size [ chunk-ext ] CRLF. Extensions are ignored (7.1.1) but may hold no control characters. */
  #readSize(): ViolationCode | undefined {
    const line = this.#line;
    this.#line = '';
    if (line.charCodeAt(line.length - 1) !== CR) return 'chunk-line-bare-lf';
    let digits = 0;
    while (isHexDigit(line.charCodeAt(digits))) digits++;
    let at = digits;
    while (line[at] === ' ' || line[at] === '\t') at++;
    const rest = line.slice(at, -1);
    if (digits === 0) return at > 0 ? 'chunk-size-space' : 'chunk-size-invalid';
    if (rest !== '' && rest[0] !== ';') return 'chunk-size-invalid';
    // Padding behind the size is known from old servers; in a request only probes have it.
    if (at > digits && (rest !== '' || this.#direction === 'request')) return 'chunk-size-space';
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(rest)) return 'chunk-extension-invalid';
    if (digits > MAX_SIZE_DIGITS) return 'chunk-size-overflow';
    const size = Number.parseInt(line.slice(0, digits), 16);
    if (size > Number.MAX_SAFE_INTEGER) return 'chunk-size-overflow';
    this.#left = size;
    if (size > 0) this.#state = 'data';
    return undefined;
  }

  #fault(code: ViolationCode): ChunkEvent {
    return { kind: 'fault', violation: violation(code, this.#direction) };
  }
}

function isHexDigit(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);
}
