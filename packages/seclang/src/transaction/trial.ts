import { formatProblem } from '@seawall/faults';
import type { Environment, Outcome, RuleSet } from '../api.ts';
import { loadRules } from '../load/load-rules.ts';

// For tests only: one rule file, one exchange, the ids that matched.

export interface Exchange {
  readonly method?: string;
  readonly target?: string;
  readonly fields?: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly complete?: boolean;
  readonly status?: number;
  readonly responseFields?: readonly (readonly [string, string])[];
  readonly responseBody?: string;
  readonly engine?: 'on' | 'detect' | 'off';
  readonly environment?: Partial<Environment>;
}

export function ruleSetOfText(text: string, data: readonly (readonly [string, string])[] = []): RuleSet {
  const loaded = loadRules({ files: new Map([['test.conf', text], ...data]), entry: ['test.conf'] });
  if (loaded.ok) return loaded.ruleSet;
  throw new Error(loaded.problems.map(formatProblem).join('\n'));
}

export function exchange(ruleSet: RuleSet, given: Exchange): Outcome {
  const transaction = ruleSet.begin(
    {
      clientAddress: '192.0.2.7',
      clientPort: 4000,
      serverAddress: '192.0.2.1',
      serverPort: 443,
      engine: given.engine ?? 'on',
    },
    { nowMicros: 1_700_000_000_000_000, uniqueId: 'id-1', ...given.environment },
  );
  transaction.requestHead({
    method: given.method ?? (given.body === undefined ? 'GET' : 'POST'),
    target: given.target ?? '/',
    protocol: 'HTTP/1.1',
    fields: given.fields ?? [['Host', 'shop.example']],
  });
  transaction.requestBody(given.body ?? '', given.complete ?? true);
  transaction.responseHead({
    status: given.status ?? 200,
    protocol: 'HTTP/1.1',
    fields: given.responseFields ?? [['Content-Type', 'text/html']],
  });
  transaction.responseBody(given.responseBody ?? '', true);
  return transaction.log();
}

/** The ids of the rules that matched and are logged, in order. */
export function matchedIds(text: string, given: Exchange): number[] {
  return exchange(ruleSetOfText(text), given)
    .matches.filter((match) => match.logged)
    .map((match) => match.ruleId);
}
