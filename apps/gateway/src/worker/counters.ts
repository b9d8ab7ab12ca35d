/** Running totals of one worker, sent with every beat. Names are written in the code only, so their number is bounded. */
export class Counters {
  readonly #totals: Record<string, number> = {};

  count(name: string, by = 1): void {
    this.#totals[name] = (this.#totals[name] ?? 0) + by;
  }

  /** A figure that is not a total of events but a level, e.g. open connections. */
  get totals(): Readonly<Record<string, number>> {
    return this.#totals;
  }
}
