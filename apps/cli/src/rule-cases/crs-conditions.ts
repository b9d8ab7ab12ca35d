import type { RuleSet, Transaction } from '@seawall/seclang';

/** Tests of CRS whose verdict depends on what the server in front makes of the request. */
export const SERVER_DECIDES: Readonly<Record<string, string>> = {
  '920181-1': 'expects the server to drop Content-Length where Transfer-Encoding stands',
  '920620-1': 'expects the server to join two Content-Type fields',
  '921140-1': 'expects the server to refuse a bare CR before the rules see it',
};

/** What every case is played with, so that two runs say the same. */
export function beginCase(ruleSet: RuleSet, engine: 'on' | 'detect'): Transaction {
  return ruleSet.begin(
    { clientAddress: '127.0.0.1', clientPort: 40_000, serverAddress: '127.0.0.1', serverPort: 80, engine },
    { nowMicros: 1_700_000_000_000_000, uniqueId: '1a2b3c4d' },
  );
}
