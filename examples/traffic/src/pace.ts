import { setTimeout as sleep } from 'node:timers/promises';

/** Gives out turns at a bounded rate. */
export class Pace {
  readonly #everyMs: number;
  #nextAt = 0;

  constructor(perSecond: number) {
    this.#everyMs = 1000 / perSecond;
  }

  async turn(): Promise<void> {
    const now = performance.now();
    // Up to a few turns may be taken at once after a pause: people do not arrive like a metronome.
    const at = Math.max(now - 4 * this.#everyMs, this.#nextAt);
    this.#nextAt = at + this.#everyMs;
    if (at > now) await sleep(at - now);
  }
}

/** How much this process itself stood still: time that must not be blamed on anybody else. */
export class StallMeter {
  #stalledMs = 0;
  #last = performance.now();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#stalledMs += Math.max(0, now - this.#last - 30);
      this.#last = now;
    }, 20);
    this.#timer.unref();
  }

  get stalledMs(): number {
    return this.#stalledMs;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
