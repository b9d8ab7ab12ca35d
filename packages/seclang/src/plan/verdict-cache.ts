/** What a value can do in a phase: the places of the steps that it may make match, and what it costs to find out. */
export interface Verdict {
  readonly steps: readonly number[];
  readonly work: number;
}

/** Longer values hardly come twice, and an attacker could fill the memory with them. */
const MAX_LENGTH = 256;
/** A generation; two are kept. With some 30 caches a rule set this bounds them to about 10 MB at the longest values. */
const GENERATION = 512;

/** Hits and misses of all caches of a rule set. */
export interface CacheCounts {
  hits: number;
  misses: number;
}

/** Remembers verdicts of values that come again: browsers' headers, names of arguments. */
export class VerdictCache {
  private young = new Map<string, Verdict>();
  private old = new Map<string, Verdict>();
  private readonly counts: CacheCounts;

  constructor(counts: CacheCounts) {
    this.counts = counts;
  }

  get(value: string): Verdict | undefined {
    if (value.length > MAX_LENGTH) {
      this.counts.misses++;
      return undefined;
    }
    let verdict = this.young.get(value);
    if (verdict === undefined) {
      verdict = this.old.get(value);
      if (verdict !== undefined) this.set(value, verdict);
    }
    if (verdict === undefined) this.counts.misses++;
    else this.counts.hits++;
    return verdict;
  }

  set(value: string, verdict: Verdict): void {
    if (value.length > MAX_LENGTH) return;
    if (this.young.size >= GENERATION) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(value, verdict);
  }
}
