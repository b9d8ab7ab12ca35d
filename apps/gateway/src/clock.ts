import { randomFillSync } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { uuidv7 } from '@seawall/contract';

/** Integer microseconds UTC since 1970; never steps back within a process. */
export function nowMicros(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

// One call for the random bytes of 400 ids: a call for each costs more than the id.
const pool = Buffer.alloc(4000);
let used = pool.length;

/** A UUIDv7 of the kind that the caller expects. */
export function newId<T extends string>(): T {
  if (used + 10 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 10;
  return uuidv7<T>(Date.now(), pool.subarray(used - 10, used));
}
