import { fault } from '../fault-table.ts';

// Failed sign-ins, counted by account with address, by address and by account. The last is generous: with a strict one
// anybody could lock the administrator out.

const WINDOW_MS = 15 * 60_000;
const LIMITS = { pair: 5, address: 20, account: 100 } as const;
/** Above it the keys that failed longest ago are forgotten; an attacker with more addresses still meets the account's limit. */
const MAX_KEYS = 20_000;

export interface Throttle {
  /** Throws Fault `server.too-many-tries`. Counts the try; `succeeded` takes it back. */
  enter(address: string, account: string, nowMs: number): void;
  succeeded(address: string, account: string): void;
}

export function makeThrottle(): Throttle {
  const tries = new Map<string, number[]>();

  const keysOf = (address: string, account: string) =>
    [
      [`pair ${address} ${account}`, LIMITS.pair],
      [`address ${address}`, LIMITS.address],
      [`account ${account}`, LIMITS.account],
    ] as const;

  return {
    enter(address, account, nowMs) {
      const keys = keysOf(address, account);
      for (const [key, limit] of keys) {
        const times = (tries.get(key) ?? []).filter((time) => nowMs - time < WINDOW_MS);
        if (times.length < limit) continue;
        const seconds = Math.ceil(((times[0] ?? nowMs) + WINDOW_MS - nowMs) / 1000);
        throw fault('server.too-many-tries', { seconds });
      }
      for (const [key] of keys) {
        const times = (tries.get(key) ?? []).filter((time) => nowMs - time < WINDOW_MS);
        tries.delete(key);
        tries.set(key, [...times, nowMs]);
        if (tries.size <= MAX_KEYS) continue;
        const oldest = tries.keys().next();
        if (!oldest.done) tries.delete(oldest.value);
      }
    },
    succeeded(address, account) {
      for (const [key] of keysOf(address, account)) {
        const times = tries.get(key);
        if (times && times.length > 1) tries.set(key, times.slice(0, -1));
        else tries.delete(key);
      }
    },
  };
}
