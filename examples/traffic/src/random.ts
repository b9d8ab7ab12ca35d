import { seeded } from '../../ground/src/names.ts';

/** Choices that a seed repeats. */
export class Random {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = seeded(seed);
  }

  /** A number in [0, 1). */
  number(): number {
    return this.#next();
  }

  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  between(low: number, high: number): number {
    return low + this.#next() * (high - low);
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    const chosen = from[this.below(from.length)];
    if (chosen === undefined) throw new Error('nothing to choose from');
    return chosen;
  }

  shuffle<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, key: this.#next() }))
      .sort((a, b) => a.key - b.key)
      .map(({ item }) => item);
  }

  letters(count: number): string {
    let made = '';
    while (made.length < count) made += 'abcdefghijklmnopqrstuvwxyz'[this.below(26)] ?? '';
    return made;
  }

  /** A generator of its own, so that one actor's choices do not depend on what others do meanwhile. */
  fork(): Random {
    return new Random(this.below(2 ** 31));
  }
}
