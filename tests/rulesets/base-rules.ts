import { readdirSync, readFileSync } from 'node:fs';
import { ENGINE_CONFIGURATION, loadRules } from '@seawall/seclang';
import type { ConnectionFacts, Environment, Outcome, RuleSet } from '@seawall/seclang';
import { formatProblem } from '@seawall/faults';
import type { ValueExchange } from '../../apps/cli/src/rule-cases/value-exchange.ts';

export const BASE_FOLDER = new URL('../../rulesets/base/', import.meta.url);

const CONNECTION: ConnectionFacts = {
  clientAddress: '192.0.2.10',
  clientPort: 40_000,
  serverAddress: '192.0.2.20',
  serverPort: 443,
  engine: 'on',
};
const ENVIRONMENT: Environment = { nowMicros: 1_750_000_000_000_000, uniqueId: 'case' };

export function loadBase(): RuleSet {
  const files = new Map([['engine.conf', ENGINE_CONFIGURATION]]);
  for (const name of readdirSync(BASE_FOLDER).filter((name) => name.endsWith('.conf'))) {
    files.set(name, readFileSync(new URL(name, BASE_FOLDER), 'latin1'));
  }
  const loaded = loadRules({
    files,
    entry: [...files.keys()].toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)),
  });
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded.ruleSet;
}

function rank(name: string): number {
  return name === 'engine.conf' ? 0 : 1;
}

/** Ids of the rules that judge something: those with a severity. The others only count. */
export function judgingRules(): Set<number> {
  const ids = new Set<number>();
  for (const name of readdirSync(BASE_FOLDER).filter((name) => name.endsWith('.conf'))) {
    const text = readFileSync(new URL(name, BASE_FOLDER), 'latin1');
    for (const rule of text.split(/^Sec(?=Rule|Action)/m)) {
      const id = /\bid:(\d+)/.exec(rule)?.[1];
      if (id !== undefined && rule.includes('severity:')) ids.add(Number(id));
    }
  }
  return ids;
}

export function outcomeOf(ruleSet: RuleSet, exchange: ValueExchange): Outcome {
  const transaction = ruleSet.begin(CONNECTION, ENVIRONMENT);
  const { head, body, message, response } = exchange;
  let decision = transaction.requestHead(head);
  if (decision.kind === 'continue') {
    decision = message === undefined ? transaction.requestBody(body, true) : transaction.message(message, 'request');
  }
  if (decision.kind === 'continue' && response !== undefined) {
    decision = transaction.responseHead({ status: 200, protocol: 'HTTP/1.1', fields: [['Content-Type', 'text/html']] });
    if (decision.kind === 'continue') transaction.responseBody(response, true);
  }
  return transaction.log();
}

export function firedBy(outcome: Outcome): number[] {
  return outcome.matches.map((match) => match.ruleId);
}
