import type { Outcome, RuleSet } from '@seawall/seclang';
import { DEFAULT_LIMITS } from '../../apps/gateway/src/limits.ts';
import type { Request } from './requests.ts';

const NO_VALUES: ReadonlyMap<string, string> = new Map();

export const ANSWER = {
  head: {
    status: 200,
    protocol: 'HTTP/1.1',
    fields: [
      ['Server', 'nginx'],
      ['Content-Type', 'text/html'],
      ['Content-Length', '66'],
    ],
  },
  body: '<!doctype html><title>Shop</title><p>Thank you, we have got it.</p>',
} as const;

let count = 0;

/** One exchange through phases 1 to 5, in the steps that a worker of the gateway takes. */
export function judge(ruleSet: RuleSet, { head, body }: Request, engine: 'on' | 'detect' = 'on'): Outcome {
  count += 1;
  const transaction = ruleSet.begin(
    { clientAddress: '127.0.0.1', clientPort: 40_000, serverAddress: '127.0.0.1', serverPort: 80, engine },
    {
      nowMicros: 1_760_000_000_000_000 + count,
      uniqueId: `bench-${count}`,
      workBudget: DEFAULT_LIMITS.workBudget,
      collections: { read: () => NO_VALUES },
    },
  );
  const steps = [
    () => transaction.requestHead(head),
    () => transaction.requestBody(body, true),
    () => transaction.responseHead(ANSWER.head),
    () => (ruleSet.needsResponseBody ? transaction.responseBody(ANSWER.body, true) : ({ kind: 'continue' } as const)),
  ];
  for (const step of steps) if (step().kind !== 'continue') break;
  return transaction.log();
}

/** A bench that measures refusals, or transactions that gave up, would measure the wrong thing. */
export function mustPass(outcome: Outcome, what: string): void {
  const { decision, failures } = outcome;
  if (failures[0] !== undefined) throw new Error(`${what}: rule ${failures[0].ruleId} failed: ${failures[0].text}`);
  if (decision.kind === 'continue') return;
  const rules = outcome.matches.filter(({ logged }) => logged).map(({ ruleId }) => ruleId);
  throw new Error(`${what} was to pass, and the decision is ${decision.kind} (rules ${rules.join(', ')})`);
}
