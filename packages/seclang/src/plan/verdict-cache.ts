/** What a value can do in a phase: the marks of the links that it makes match, and what it costs to find out. */
export interface Verdict {
  readonly marks: readonly number[];
  readonly work: number;
}

/** Longer values hardly come twice, and an attacker could fill the memory with them. */
const MAX_LENGTH = 256;
/** A power of two. With values of at most 256 bytes the cache holds at most about 1.5 MB. */
const PLACES = 4096;

/** Hits and misses of the cache of a rule set. */
export interface CacheCounts {
  hits: number;
  misses: number;
}

interface Entry {
  readonly profile: object;
  readonly value: string;
  readonly verdict: Verdict;
}

/**
 * Remembers verdicts of values that come again: browsers' headers, names of arguments. Each value has one place, found from its length and
 * some of its bytes; it is kept when it comes for the second time, so that values that never come again leave no garbage, and the last one
 * kept stays. Values that an attacker makes to collide cost what values cost that never came.
 */
export class VerdictCache {
  private readonly entries: (Entry | undefined)[] = Array.from({ length: PLACES }, () => undefined);
  /** By place: the hash of the last value that was not kept. */
  private readonly passers = new Int32Array(PLACES);
  private readonly counts: CacheCounts;

  constructor(counts: CacheCounts) {
    this.counts = counts;
  }

  /** What a profile said of the value; the profiles are told apart by identity, `seed` only spreads them. */
  get(profile: object, seed: number, value: string): Verdict | undefined {
    if (value.length <= MAX_LENGTH) {
      const entry = this.entries[placeOf(hashOf(seed, value))];
      if (entry !== undefined && entry.profile === profile && entry.value === value) {
        this.counts.hits++;
        return entry.verdict;
      }
    }
    this.counts.misses++;
    return undefined;
  }

  set(profile: object, seed: number, value: string, verdict: Verdict): void {
    if (value.length > MAX_LENGTH) return;
    const hash = hashOf(seed, value);
    const place = placeOf(hash);
    if (this.passers[place] === hash) this.entries[place] = { profile, value, verdict };
    else this.passers[place] = hash;
  }
}

function hashOf(seed: number, value: string): number {
  const { length } = value;
  let hash = Math.imul(seed, 0x9e3779b1) + length;
  const stride = (length >> 3) + 1;
  for (let at = length - 1; at >= 0; at -= stride) hash = Math.imul(hash ^ value.charCodeAt(at), 0x01000193);
  return hash | 0;
}

function placeOf(hash: number): number {
  return (hash ^ (hash >>> 15)) & (PLACES - 1);
}
