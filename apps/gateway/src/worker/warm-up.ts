import type { RuleSet } from '@seawall/seclang';

const ROUNDS = 20;
const FIELDS = [
  ['Host', 'warm.invalid'],
  ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64)'],
  ['Accept', 'text/html,application/json;q=0.9'],
  ['Cookie', 'sid=0123456789abcdef; theme=dark'],
  ['Content-Type', 'application/x-www-form-urlencoded'],
] as const;

/** Made-up requests, so that the first real ones do not pay for automata and caches that are built when used. Nothing of them is kept. */
export function warmUp(ruleSets: Iterable<RuleSet>): void {
  for (const ruleSet of ruleSets) for (let round = 0; round < ROUNDS; round++) inspectOne(ruleSet, round);
}

function inspectOne(ruleSet: RuleSet, round: number): void {
  const facts = { clientAddress: '127.0.0.1', clientPort: 1, serverAddress: '127.0.0.1', serverPort: 1 } as const;
  const transaction = ruleSet.begin({ ...facts, engine: 'detect' }, { nowMicros: 0, uniqueId: '' });
  const target = `/page/${round}?q=some+words+${round}&sort=name`;
  transaction.requestHead({ method: 'POST', target, protocol: 'HTTP/1.1', fields: FIELDS });
  transaction.requestBody(`name=Ann&text=words+of+a+form+${round}`, true);
  transaction.log();
}
