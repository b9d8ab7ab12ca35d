// npm run check: types, lint, format and import directions; all at once, each with its own output.
import { spawn } from 'node:child_process';

const CHECKS: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ['types', 'node_modules/.bin/tsc', ['-p', '.']],
  ['types of the dashboard', 'node_modules/.bin/tsc', ['-p', 'apps/dashboard']],
  ['lint', 'node_modules/.bin/oxlint', ['--deny-warnings']],
  ['format', 'node_modules/.bin/oxfmt', ['--check']],
  ['directions', process.execPath, ['--test', '--test-reporter=dot', 'tests/directions.test.ts']],
];

const results = await Promise.all(CHECKS.map(([name, command, args]) => check(name, command, args)));
for (const result of results) {
  process.stdout.write(`${result.ok ? 'ok    ' : 'FAILED'} ${result.name} (${(result.ms / 1000).toFixed(1)} s)\n`);
  if (!result.ok) process.stdout.write(`${result.output}\n`);
}
process.exitCode = results.every((result) => result.ok) ? 0 : 1;

function check(name: string, command: string, args: readonly string[]) {
  const started = Date.now();
  return new Promise<{ name: string; ok: boolean; ms: number; output: string }>((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', (error) => resolve({ name, ok: false, ms: Date.now() - started, output: error.message }));
    child.on('close', (code) => resolve({ name, ok: code === 0, ms: Date.now() - started, output }));
  });
}
