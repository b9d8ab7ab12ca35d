import { parseArgs } from 'node:util';
import { loadBase, outcomeOf } from '../rulesets/base-rules.ts';
import { readCases, type CrsCase } from './crs-cases.ts';
import { requestOf } from './crs-request.ts';

// How much of the attacks in CRS's regression tests the base rules block, and how much of its negative tests they flag:
//   node tests/conformance/base.ts --tests DIR [--json] [--list] [--only PREFIX]
// No bar: the suite tests CRS's own patterns at paranoia 4, many of its fragments attack nothing, and its negative tests are negative for
// one rule alone. `--list` prints the attacks that pass and the negative tests that are blocked.

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

function main(): number {
  const { values } = parseArgs({
    options: {
      tests: { type: 'string' },
      json: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
    },
  });
  if (values.tests === undefined) {
    console.error('Give the folder of the tests: --tests DIR');
    return 2;
  }
  const ruleSet = loadBase();
  const counts = new Map(
    Object.keys(FAMILIES).map((family): [string, Count] => [
      family,
      { attacks: 0, blocked: 0, negatives: 0, flagged: 0 },
    ]),
  );
  for (const test of readCases(values.tests)) {
    const found = familyOf(test);
    const count = found === undefined ? undefined : counts.get(found.family);
    if (found === undefined || count === undefined || !test.name.startsWith(values.only)) continue;
    const stages = test.stages.map(({ input }) => requestOf(input, test.era));
    const outcomes = stages.map(({ head, body }) => outcomeOf(ruleSet, { ...head, body }));
    const blocked = outcomes.some(({ decision }) => decision.kind !== 'continue');
    if (found.kind === 'attack') count.attacks++;
    else count.negatives++;
    if (blocked) count[found.kind === 'attack' ? 'blocked' : 'flagged']++;
    if (values.list && blocked === (found.kind === 'negative')) {
      const rules = outcomes.flatMap(({ matches }) => matches.map(({ ruleId }) => ruleId)).join(' ');
      const shown = stages.map(({ head, body }) => `${head.method} ${head.target} ${body}`).join(' | ');
      console.log(JSON.stringify({ event: found.kind, test: test.name, rules, request: shown.slice(0, 400) }));
    }
  }
  report(counts, values.json);
  return [...counts.values()].some(({ attacks }) => attacks > 0) ? 0 : 2;
}

function report(counts: ReadonlyMap<string, Count>, json: boolean): void {
  const total: Count = { attacks: 0, blocked: 0, negatives: 0, flagged: 0 };
  for (const [family, count] of counts) {
    for (const key of ['attacks', 'blocked', 'negatives', 'flagged'] as const) total[key] += count[key];
    if (json) console.log(JSON.stringify({ event: 'family', family, name: FAMILIES[family], ...count }));
    else console.log(line(`${family} ${FAMILIES[family]}`, count));
  }
  if (json) console.log(JSON.stringify({ event: 'summary', ...total }));
  else console.log(line('all', total));
}

function line(name: string, { attacks, blocked, negatives, flagged }: Count): string {
  return `${name}: ${blocked} of ${attacks} attacks blocked, ${flagged} of ${negatives} negative tests blocked`;
}

process.exitCode = main();
