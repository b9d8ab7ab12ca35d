import type { WorkMeter } from '../operators/operator.ts';
import type { Requirements } from './requirements.ts';

export interface PatternFlags {
  readonly ignoreCase?: boolean;
  readonly dotAll?: boolean;
  readonly multiline?: boolean;
}

export interface PatternMatch {
  /** Half-open byte range. */
  readonly span: readonly [number, number];
  /**
   * Group 0 is the whole match; a group that took no part is undefined. Worked out when first read, on the meter of the search;
   * when that is exhausted the whole match alone is known.
   */
  readonly captures: (string | undefined)[];
}

/** Values are latin1 byte strings. When the work meter is exhausted, `test` says no and `exec` says null. */
export interface Pattern {
  test(value: string, work?: WorkMeter): boolean;
  /** The leftmost match by the priorities of Perl. */
  exec(value: string, work?: WorkMeter): PatternMatch | null;
  /** The leftmost match that begins at `from` or later; what stands before is still seen by assertions. */
  execFrom(value: string, from: number, work?: WorkMeter): PatternMatch | null;
  /** How `test` decides: `dfa` and `literal` are linear, `v8` is bounded by windows. */
  readonly how: 'dfa' | 'v8' | 'literal';
  readonly why: string;
  /** What a value must contain to match; worked out at the first use. */
  readonly requires: Requirements;
}
