import { operatorFault } from './faults.ts';
import type { OperatorFactory } from './operator.ts';

export const unconditionalMatch: OperatorFactory = () => ({ evaluate: () => ({}) });

export const noMatch: OperatorFactory = () => ({ evaluate: () => null });

/**
 * @geoLookup and @rbl ask tables (places of addresses, block lists) that nobody gave, so they match nothing. The loader
 * warns where a rule uses one: `NEEDS_TABLE` lists them.
 */
export const tableNotGiven: OperatorFactory = () => ({ evaluate: () => null });

/** Names in lower case of operators that never match because their table is not given. */
export const NEEDS_TABLE: ReadonlySet<string> = new Set(['geolookup', 'rbl']);

/** An operator that would read files, run programs or reach out while a rule is evaluated. */
export function refused(operator: string, reason: string, instead: string): OperatorFactory {
  return () => {
    throw operatorFault('seclang.operator-refused', { operator, reason, instead });
  };
}
