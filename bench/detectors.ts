// npm run bench -- detectors [--json] [--seed N] [--each N] [--misses FILE]: how many attacks and how many harmless texts our grammars and libinjection report, in one run.
// Fragments are made anew from a grammar with each run; the seed that is printed repeats them.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { detectSqli, detectXss } from '@seawall/seclang';
import { foundTexts, writtenTexts } from './detectors/benign.ts';
import { askLibinjection, buildLibinjection } from './detectors/libinjection.ts';
import { markupFragments } from './detectors/markup-fragments.ts';
import { Random } from './detectors/random.ts';
import { sqlFragments, type Fragment } from './detectors/sql-fragments.ts';

interface Row {
  readonly detector: 'sqli' | 'xss';
  readonly texts: 'attack' | 'written' | 'found';
  readonly family: string;
  readonly total: number;
  readonly seawall: number;
  readonly libinjection: number;
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    seed: { type: 'string' },
    each: { type: 'string' },
    /** Writes what each misses or flags wrongly; found texts are left out, they stay unseen. */
    misses: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const each = Number(values.each ?? 500);
if (!Number.isInteger(seed) || seed < 0 || !(each >= 1 && each <= 20_000)) {
  console.error('--seed is a whole number, --each from 1 to 20000 fragments a family');
  process.exit(2);
}
const built = buildLibinjection();
if ('missing' in built) {
  console.error(built.missing);
  process.exit(4);
}

const random = new Random(seed);
const attacks = { sqli: unique(sqlFragments(random, each)), xss: unique(markupFragments(random, each)) };
const written = unique(writtenTexts(random, each));
const found = foundTexts(random, each * 4);
const detect = { sqli: detectSqli, xss: detectXss };
const rows: Row[] = [];
const wrong: string[] = [];
for (const detector of ['sqli', 'xss'] as const) {
  rows.push(...compare(detector, 'attack', attacks[detector]));
  rows.push(...compare(detector, 'written', written));
  rows.push(...compare(detector, 'found', unique(found.texts)));
}
if (values.misses !== undefined) writeFileSync(values.misses, `${wrong.join('\n')}\n`);
if (values.json === true) {
  for (const row of rows) console.log(JSON.stringify({ bench: 'detectors', seed, ...row }));
} else printTables();
const lost = losses();
for (const loss of lost) console.error(loss);
process.exitCode = lost.length === 0 ? 0 : 1;

function unique(fragments: readonly Fragment[]): Fragment[] {
  return [...new Map(fragments.map((fragment) => [`${fragment.family}\n${fragment.value}`, fragment])).values()];
}

function compare(detector: Row['detector'], texts: Row['texts'], fragments: readonly Fragment[]): Row[] {
  const theirs = askLibinjection(
    (built as { program: string }).program,
    detector,
    fragments.map(({ value }) => value),
  ); // checked above
  const counts = new Map<string, { total: number; seawall: number; libinjection: number }>();
  for (const [index, { family, value }] of fragments.entries()) {
    const count = counts.get(family) ?? { total: 0, seawall: 0, libinjection: 0 };
    counts.set(family, count);
    const ours = detect[detector](value);
    count.total++;
    if (ours !== null) count.seawall++;
    if (theirs[index] === true) count.libinjection++;
    if (texts !== 'found' && (ours !== null) !== (texts === 'attack'))
      wrong.push(`${detector} ${texts} ${family}: ${JSON.stringify(value)} ${ours?.detail ?? ''}`);
  }
  return [...counts].map(([family, count]) => ({ detector, texts, family, ...count }));
}

function sum(detector: string, harmless: boolean): { total: number; seawall: number; libinjection: number } {
  const total = { total: 0, seawall: 0, libinjection: 0 };
  for (const row of rows) {
    if (row.detector !== detector || (row.texts !== 'attack') !== harmless) continue;
    total.total += row.total;
    total.seawall += row.seawall;
    total.libinjection += row.libinjection;
  }
  return total;
}

function losses(): string[] {
  return (['sqli', 'xss'] as const).flatMap((detector) => {
    const hits = sum(detector, false);
    const noise = sum(detector, true);
    return [
      ...(hits.seawall < hits.libinjection
        ? [`${detector}: fewer attacks than libinjection (${hits.seawall} < ${hits.libinjection})`]
        : []),
      ...(noise.seawall >= noise.libinjection
        ? [`${detector}: not fewer harmless texts than libinjection (${noise.seawall} >= ${noise.libinjection})`]
        : []),
    ];
  });
}

function printTables(): void {
  console.log(`seed ${seed}, up to ${each} of each family; repeat with --seed ${seed} --each ${each}`);
  for (const source of found.sources) console.log(`found texts: ${source}`);
  const share = (part: number, total: number): string => `${part} (${((100 * part) / total).toFixed(1)} %)`;
  for (const detector of ['sqli', 'xss'] as const) {
    console.log(`\n| ${detector}: reported | of | Seawall | libinjection |\n|---|---:|---:|---:|`);
    for (const row of rows.filter((one) => one.detector === detector))
      console.log(
        `| ${row.texts === 'attack' ? '' : 'harmless: '}${row.family} | ${row.total} | ${share(row.seawall, row.total)} | ${share(row.libinjection, row.total)} |`,
      );
    for (const [name, harmless] of [
      ['all attacks', false],
      ['all harmless texts', true],
    ] as const) {
      const all = sum(detector, harmless);
      console.log(
        `| **${name}** | ${all.total} | **${share(all.seawall, all.total)}** | **${share(all.libinjection, all.total)}** |`,
      );
    }
  }
}
