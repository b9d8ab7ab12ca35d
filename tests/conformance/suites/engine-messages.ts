import type { Match, Outcome } from '@seawall/seclang';
import type { DebugLog } from './engine-log.ts';

// The lines that ModSecurity's server log and audit log have for matches.

export function errorLog(outcome: Outcome, log: DebugLog): string {
  return outcome.matches
    .filter((match) => match.logged)
    .map((match) => `${line(match, outcome, log)}\n`)
    .join('');
}

/** Head and part H of a record; '' when the rules do not want one. */
export function auditLog(outcome: Outcome, log: DebugLog): string {
  if (outcome.audited !== true) return '';
  const messages = outcome.matches.filter((match) => match.audited === true).map((match) => line(match, outcome, log));
  return ['---case---A--', '---case---H--', ...messages, '---case---Z--', ''].join('\n');
}

function line(match: Match, outcome: Outcome, log: DebugLog): string {
  const place = match.places.at(-1);
  const { name, parameter } = log.operators.get(match.ruleId) ?? { name: '', parameter: '' };
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
