import { randomBytes } from 'node:crypto';
import { uuidv7 } from '@seawall/contract';

/** Integer microseconds UTC. */
export function nowMicros(): number {
  return Date.now() * 1000;
}

export function makeId<T extends string>(): T {
  return uuidv7<T>(Date.now(), randomBytes(10));
}

/** Runs jobs of the same key one after the other, of different keys at the same time. */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  async take<T>(key: string, job: () => Promise<T>): Promise<T> {
    const before = this.last.get(key);
    const run = (async () => {
      if (before) await Promise.allSettled([before]);
      return job();
    })();
    this.last.set(key, run);
    try {
      return await run;
    } finally {
      if (this.last.get(key) === run) this.last.delete(key);
    }
  }

  /** Resolves when no job waits any more. */
  async idle(): Promise<void> {
    while (this.last.size > 0) await Promise.allSettled(this.last.values());
  }
}

/** What is going on without anybody waiting for it: closing does. */
export class Underway {
  private readonly jobs = new Set<Promise<unknown>>();

  async run<T>(job: () => Promise<T>): Promise<T> {
    const running = job();
    this.jobs.add(running);
    try {
      return await running;
    } finally {
      this.jobs.delete(running);
    }
  }

  async idle(): Promise<void> {
    while (this.jobs.size > 0) await Promise.allSettled(this.jobs);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
