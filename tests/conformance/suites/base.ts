import { loadBase, outcomeOf } from '../../rulesets/base-rules.ts';
import { readCases, type CrsCase } from './crs-cases.ts';
import { requestOf } from '../../../apps/cli/src/rule-cases/crs-request.ts';
import type { Report } from './report.ts';

// How many of the attacks in CRS's regression tests the base rules block, and how many of its negative tests they flag. No bar: the suite
// tests CRS's own patterns at paranoia 4, many of its fragments attack nothing, and its negative tests are negative for one rule alone.
// `failed` counts attacks that pass and negative tests that are blocked.

const FAMILIES: Readonly<Record<string, string>> = {
  '930': 'file access',
  '931': 'remote files',
  '932': 'commands',
  '933': 'PHP',
  '934': 'generic and server requests',
  '941': 'script in pages',
  '942': 'SQL',
  '943': 'session fixation',
  '944': 'Java',
};

interface Count {
  attacks: number;
  blocked: number;
  negatives: number;
  flagged: number;
}

type Kind = 'attack' | 'negative';

function familyOf(test: CrsCase): { readonly family: string; readonly kind: Kind } | undefined {
  const log = test.stages[0]?.output.log;
  const attack = log?.expect_ids?.find((id) => FAMILIES[String(id).slice(0, 3)] !== undefined);
  if (attack !== undefined) return { family: String(attack).slice(0, 3), kind: 'attack' };
  const negative = log?.no_expect_ids?.find((id) => FAMILIES[String(id).slice(0, 3)] !== undefined);
  return negative === undefined ? undefined : { family: String(negative).slice(0, 3), kind: 'negative' };
}

export function runBase({ tests, only = '' }: { tests: string; only?: string | undefined }, report: Report): void {
  const ruleSet = loadBase();
  const empty = { attacks: 0, blocked: 0, negatives: 0, flagged: 0 };
  const counts = new Map(Object.keys(FAMILIES).map((family): [string, Count] => [family, { ...empty }]));
  for (const test of readCases(tests)) {
    const found = familyOf(test);
    const count = found === undefined ? undefined : counts.get(found.family);
    if (found === undefined || count === undefined || !test.name.startsWith(only)) continue;
    const stages = test.stages.map(({ input }) => requestOf(input, test.era));
    const outcomes = stages.map(({ head, body }) =>
      outcomeOf(ruleSet, { head: { ...head, protocol: 'HTTP/1.1' }, body }),
    );
    const blocked = outcomes.some(({ decision }) => decision.kind !== 'continue');
    if (found.kind === 'attack') count.attacks++;
    else count.negatives++;
    if (blocked) count[found.kind === 'attack' ? 'blocked' : 'flagged']++;
    const rules = outcomes.flatMap(({ matches }) => matches.map(({ ruleId }) => ruleId));
    const request = stages.map(({ head, body }) => `${head.method} ${head.target} ${body}`).join(' | ');
    const right = blocked === (found.kind === 'attack');
    report.case(`${test.name} (${found.kind})`, right ? 'passed' : 'failed', right ? '' : request.slice(0, 400), {
      kind: found.kind,
      blocked,
      rules,
    });
  }
  tell(counts, report);
}

function tell(counts: ReadonlyMap<string, Count>, report: Report): void {
  const total: Count = { attacks: 0, blocked: 0, negatives: 0, flagged: 0 };
  for (const [family, count] of counts) {
    for (const key of ['attacks', 'blocked', 'negatives', 'flagged'] as const) total[key] += count[key];
    report.note(line(`${family} ${FAMILIES[family]}`, count), {
      event: 'family',
      family,
      name: FAMILIES[family],
      ...count,
    });
  }
  report.note(line('all', total), { event: 'families', ...total });
}

function line(name: string, { attacks, blocked, negatives, flagged }: Count): string {
  return `${name}: ${blocked} of ${attacks} attacks blocked, ${flagged} of ${negatives} negative tests blocked`;
}
