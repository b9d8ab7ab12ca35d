import type { Budget } from '../messages.ts';

interface Bucket {
  tokens: number;
  filledMs: number;
  lastUsedMs: number;
}

/** An attacker with many sources under orders would fill memory; orders are few, so this is never met by honest use. */
const MAX_BUCKETS = 50_000;
const FORGET_AFTER_MS = 600_000;

/** The token buckets of all workers; a worker leases tokens from here, so that the sum over workers is exact. */
export class Budgets {
  readonly #buckets = new Map<string, Bucket>();

  /** Grants one token, or tells when the next will be there. */
  take(key: string, budget: Budget, nowMs: number): { readonly tokens: number; readonly retryAfterMs: number } {
    const bucket = this.#refilled(key, budget, nowMs);
    if (bucket.tokens < 1)
      return { tokens: 0, retryAfterMs: Math.ceil(((1 - bucket.tokens) / budget.perSecond) * 1000) };
    bucket.tokens -= 1;
    return { tokens: 1, retryAfterMs: 0 };
  }

  /** Called now and then: what nobody used for ten minutes is full again anyway. */
  sweep(nowMs: number): void {
    for (const [key, bucket] of this.#buckets) {
      if (nowMs - bucket.lastUsedMs > FORGET_AFTER_MS) this.#buckets.delete(key);
    }
  }

  #refilled(key: string, budget: Budget, nowMs: number): Bucket {
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      if (this.#buckets.size >= MAX_BUCKETS) this.#forgetOldest();
      bucket = { tokens: budget.burst, filledMs: nowMs, lastUsedMs: nowMs };
      this.#buckets.set(key, bucket);
    }
    const gained = (Math.max(0, nowMs - bucket.filledMs) / 1000) * budget.perSecond;
    bucket.tokens = Math.min(budget.burst, bucket.tokens + gained);
    bucket.filledMs = nowMs;
    bucket.lastUsedMs = nowMs;
    return bucket;
  }

  #forgetOldest(): void {
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
