import type { LoadOptions } from '../api.ts';
import type { Program } from '../compile/program.ts';
import { TxBase } from '../transaction/tx.ts';
import { planPhase, type PhasePlan } from './phase-plan.ts';
import { settle } from './settle.ts';
import { looksBack } from './tx-rules.ts';
import { VerdictCache, type CacheCounts } from './verdict-cache.ts';

/** What was prepared at load, so that a transaction does only what depends on its messages. */
export interface Plan {
  /** TX as the rules leave it before they look at a message. */
  readonly base: TxBase;
  /** Names of TX that a message's rules must not write, else what was settled does not hold. */
  readonly watched: ReadonlySet<string>;
  /** By phase; undefined = rule by rule. */
  readonly phases: readonly (PhasePlan | undefined)[];
  readonly cacheCounts: CacheCounts;
}

export function planOf(program: Program, { valueCache = true }: LoadOptions): Plan {
  const cacheCounts = { hits: 0, misses: 0 };
  const nothing: Plan = { base: new TxBase(new Map()), watched: new Set(), phases: [], cacheCounts };
  // Such a rule sees the last match of all rules before it; it is not worth a plan that keeps those.
  if (program.rules.some(looksBack)) return nothing;
  const cache = valueCache ? new VerdictCache(cacheCounts) : undefined;
  const { base, watched, known, phases } = settle(program);
  return {
    base: new TxBase(base),
    watched,
    phases: phases.map((settled, phase) => planPhase(program, phase, settled, known, cache)),
    cacheCounts,
  };
}
