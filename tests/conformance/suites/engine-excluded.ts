// Cases that cannot hold here, and why. They are not run, and count as skipped; a name that no case has fails the suite.

export interface Excluded {
  readonly cases: readonly string[];
  readonly why: string;
}

export const EXCLUDED: readonly Excluded[] = [];
