/** Choices that a seed repeats: the same seed makes the same fragments. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** Whole number from `least` to `most`, both possible. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new RangeError('nothing to choose from');
    return from[Math.floor(this.next() * from.length)] as T; // the index is below the length
  }

  /** One of the alternatives, made only when it is chosen. */
  oneOf(...makers: readonly (() => string)[]): string {
    return this.pick(makers)();
  }

  times(least: number, most: number, make: (index: number) => string): string[] {
    return Array.from({ length: this.whole(least, most) }, (_, index) => make(index));
  }
}
