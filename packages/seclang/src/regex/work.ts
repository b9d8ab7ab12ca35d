import type { WorkMeter } from '../operators/operator.ts';

/** Charges by the length alone, so that the same values cost the same work whatever the tables hold; true when there was not enough. */
export function isSpent(length: number, work: WorkMeter | undefined): boolean {
  work?.spend(length);
  return work?.exhausted === true;
}
