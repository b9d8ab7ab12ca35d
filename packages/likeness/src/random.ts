/** Deterministic numbers from a text (FNV-1a into mulberry32), so that the same question gets the same answer. */
export class Seeded {
  #state: number;
  readonly #seed: string;

  constructor(seed: string) {
    this.#seed = seed;
    let hash = 0x811c9dc5;
    for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
    this.#state = hash >>> 0;
    this.next();
  }

  /** An independent stream for one part, e.g. a row. */
  fork(part: string | number): Seeded {
    return new Seeded(`${this.#seed}\u0000${part}`);
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** From `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick<T>(list: readonly T[]): T {
    const item = list[Math.floor(this.next() * list.length)];
    if (item === undefined) throw new RangeError('the list to pick from is empty');
    return item;
  }

  text(alphabet: string, length: number): string {
    let made = '';
    for (let i = 0; i < length; i++) made += alphabet[Math.floor(this.next() * alphabet.length)] ?? '';
    return made;
  }

  hex(length: number): string {
    return this.text('0123456789abcdef', length);
  }
}
