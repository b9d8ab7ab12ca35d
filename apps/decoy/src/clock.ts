import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { uuidv7 } from '@seawall/contract';

/** Integer microseconds UTC since 1970; never steps back within a process. */
export function nowMicros(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/** A UUIDv7 of the kind that the caller expects. */
export function newId<T extends string>(): T {
  return uuidv7<T>(Date.now(), randomBytes(10));
}
