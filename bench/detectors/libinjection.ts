// Builds and asks a small Go program around the libinjection port that Coraza uses.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { REPOSITORY } from '@seawall/testkit';

const SOURCE = join(REPOSITORY, 'bench/detectors/libinjection');
const BUILT = join(REPOSITORY, '.cache/bench/libinjection');

/** Path of the built program, or words that say why there is none. */
export function buildLibinjection(): { program: string } | { missing: string } {
  const path = `${process.env['PATH'] ?? ''}${delimiter}/usr/local/go/bin${delimiter}/usr/lib/go/bin`;
  mkdirSync(join(BUILT, '..'), { recursive: true });
  const built = spawnSync('go', ['build', '-o', BUILT, '.'], {
    cwd: SOURCE,
    env: { ...process.env, PATH: path, GOFLAGS: '-mod=readonly' },
    encoding: 'utf8',
  });
  if (built.error !== undefined)
    return { missing: `Go is missing (${built.error.message}): install Go 1.24 or newer; the comparison needs it` };
  if (built.status !== 0 || !existsSync(BUILT)) return { missing: `go build failed: ${built.stderr.trim()}` };
  return { program: BUILT };
}

export function askLibinjection(program: string, kind: 'sqli' | 'xss', values: readonly string[]): boolean[] {
  const input = values.map((value) => `${kind} ${Buffer.from(value, 'latin1').toString('base64')}\n`).join('');
  const run = spawnSync(program, { input, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  if (run.status !== 0) throw new Error(`libinjection ended with ${run.status ?? run.signal}: ${run.stderr}`);
  const answers = run.stdout.trimEnd().split('\n');
  if (answers.length !== values.length) throw new Error(`${answers.length} answers for ${values.length} fragments`);
  return answers.map((answer) => answer.startsWith('1'));
}
