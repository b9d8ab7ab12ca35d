import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, REPOSITORY } from '@seawall/testkit';
import { Unobtainable } from '../../tests/conformance/suites/unobtainable.ts';
import { answers } from './probe.ts';
import { Program, type Proxy } from './proxy.ts';
import { type RulesSetting, settingsOf } from './rules.ts';

const SOURCE = join(import.meta.dirname, 'coraza');
const BUILD_MS = 600_000;
const START_MS = 120_000;

/** Built once for a state of its source, kept beside the other things that are obtained. */
export async function buildCoraza(): Promise<string> {
  const digest = createHash('sha256');
  for (const name of ['main.go', 'go.mod', 'go.sum']) digest.update(readFileSync(join(SOURCE, name)));
  const folder = join(REPOSITORY, '.cache/bench');
  const program = join(folder, `coraza-${digest.digest('hex').slice(0, 16)}`);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  console.error('building the proxy with Coraza, once (go build, a minute) ...');
  const made = `${program}.${process.pid}`;
  const env = { ...process.env, GOFLAGS: '-mod=readonly', GOWORK: 'off', CGO_ENABLED: '0' };
  try {
    await promisify(execFile)('go', ['build', '-trimpath', '-o', made, '.'], { cwd: SOURCE, env, timeout: BUILD_MS });
  } catch (error) {
    const told = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new Unobtainable(
      `go build of bench/waf/coraza failed; it needs Go 1.21 or newer and its module proxy: ${told.split('\n').slice(-3).join(' / ')}`,
      { cause: error },
    );
  }
  renameSync(made, program);
  return program;
}

export interface CorazaOptions {
  readonly program: string;
  readonly folder: string;
  readonly core: number;
  readonly backend: number;
  readonly setting: RulesSetting;
}

export async function startCoraza({ program, folder, core, backend, setting }: CorazaOptions): Promise<Proxy> {
  mkdirSync(folder, { recursive: true });
  const settings = join(folder, 'settings.conf');
  writeFileSync(settings, settingsOf(setting));
  const port = await freePort();
  const args = ['-listen', `127.0.0.1:${port}`, '-backend', `http://127.0.0.1:${backend}`, '-settings', settings];
  const running = new Program({ program, args, core, env: { GOMAXPROCS: '1' } });
  try {
    await running.until('an answer', START_MS, () => answers(port));
  } catch (error) {
    await running.stop();
    throw error;
  }
  return { port, worker: running.pid, primary: undefined, stop: () => running.stop() };
}
