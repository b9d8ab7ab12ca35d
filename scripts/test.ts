// npm test [-- --group NAME] [--file PART]: runs the tests on the pinned Node and closes with one plain line.
import { globSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';

/** What belongs to which group; `.ci/run` runs them one after another, each within its own time. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  engine: ['packages/seclang/src/**/*.test.ts', 'tests/rulesets/*.test.ts'],
  containers: ['packages/orchestrate/src/docker/*.test.ts', 'tests/containers/*.test.ts'],
  packages: ['packages/*/src/**/*.test.ts', 'testkit/src/**/*.test.ts', 'tests/*.test.ts', 'bench/**/*.test.ts'],
  gateway: ['apps/gateway/**/*.test.ts', 'apps/decoy/**/*.test.ts'],
  apps: [
    'apps/server/**/*.test.ts',
    'apps/cli/**/*.test.ts',
    'apps/responder/**/*.test.ts',
    'apps/dashboard/**/*.test.ts',
  ],
  examples: ['examples/*/**/*.test.ts'],
  path: ['tests/path/*.test.ts'],
};

const { values } = parseArgs({
  options: { group: { type: 'string', multiple: true }, file: { type: 'string', multiple: true } },
});
const groups = values.group ?? Object.keys(GROUPS);
const taken = new Set<string>();
const total = { passed: 0, failed: 0, skipped: 0 };

for (const group of groups) {
  const patterns = GROUPS[group];
  if (patterns === undefined)
    throw new Error(`there is no test group "${group}"; known: ${Object.keys(GROUPS).join(', ')}`);
  const files = globSync([...patterns], { exclude: ['**/node_modules/**'] })
    .filter((file) => !taken.has(file) && (values.file ?? ['']).some((part) => file.includes(part)))
    .sort();
  for (const file of files) taken.add(file);
  if (files.length > 0) await runGroup(group, files);
}
if (total.passed + total.failed === 0) {
  total.failed++;
  process.stdout.write('no test was found\n');
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed === 0 ? 0 : 1;

async function runGroup(group: string, files: string[]): Promise<void> {
  const started = Date.now();
  process.stdout.write(`\n== ${group}: ${files.length} files\n`);
  // Tests that start processes, sockets or containers of one kind do not run beside each other.
  const concurrency = group === 'path' || group === 'containers' ? 1 : 2;
  const stream = run({ files, concurrency, timeout: 600_000, execArgv: ['--disable-warning=ExperimentalWarning'] });
  stream.on('test:summary', (summary) => {
    if (summary.file !== undefined) return;
    total.passed += summary.counts.passed;
    total.failed += summary.counts.failed + summary.counts.cancelled;
    total.skipped += summary.counts.skipped + summary.counts.todo;
  });
  await new Promise<void>((resolve, reject) => {
    stream.compose(new spec()).on('end', resolve).on('error', reject).pipe(process.stdout, { end: false });
  });
  process.stdout.write(`== ${group}: ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}
