import type { Match, Outcome } from '@seawall/seclang';
import type { JsonObject } from './engine-json.ts';
import { operatorOf } from './engine-log.ts';

// The line that ModSecurity's server log has for a match.

export function errorLog(outcome: Outcome, _stated: JsonObject): string {
  return outcome.matches
    .filter((match) => match.logged)
    .map((match) => `${line(match, outcome)}\n`)
    .join('');
}

function line(match: Match, outcome: Outcome): string {
  const place = match.places.at(-1);
  const { name, parameter } = operatorOf(match.operator);
  const told =
    place === undefined
      ? 'Unconditional match in SecAction.'
      : `Matched "Operator \`${name}' with parameter \`${parameter}' against variable \`${place.target}' (Value: \`${place.value}' )`;
  const { decision } = outcome;
  const head =
    !match.disruptive || decision.kind === 'continue' || decision.kind === 'overBudget'
      ? 'ModSecurity: Warning.'
      : `ModSecurity: Access denied with code ${decision.kind === 'drop' ? 403 : decision.status} (phase ${match.phase}).`;
  const fields: [string, string][] = [
    ['file', match.file],
    ['line', String(match.line)],
    ['id', String(match.ruleId)],
    ['msg', match.message],
    ['data', match.logdata],
    ['severity', String(match.severity ?? 0)],
    ['ver', match.version],
    ...match.tags.map((tag): [string, string] => ['tag', tag]),
  ];
  return `${head} ${told} ${fields.map(([key, value]) => `[${key} "${value}"]`).join(' ')}`;
}
