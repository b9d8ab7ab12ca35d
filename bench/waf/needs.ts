import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter } from 'node:path';
import { hasCommand } from '@seawall/testkit';
import { Unobtainable } from '../../tests/conformance/suites/unobtainable.ts';

// What the peers need of the machine: had from Debian when it is missing.

interface Need {
  readonly packages: readonly string[];
  readonly what: string;
  present(): boolean;
}

const MODULE = '/usr/lib/nginx/modules/ngx_http_modsecurity_module.so';
const GO_FOLDERS = ['/usr/local/go/bin', '/usr/lib/go/bin'];

export const NEEDS = {
  taskset: { packages: ['util-linux'], what: 'taskset', present: () => hasCommand('taskset') },
  wrk: { packages: ['wrk'], what: 'wrk', present: () => hasCommand('wrk') },
  nginx: { packages: ['nginx'], what: 'nginx', present: () => hasCommand('nginx') },
  modsecurity: {
    packages: ['libnginx-mod-http-modsecurity'],
    what: 'ModSecurity v3 for nginx',
    present: () => existsSync(MODULE),
  },
  go: { packages: ['golang-go'], what: 'Go', present: () => hasCommand('go') },
} as const satisfies Readonly<Record<string, Need>>;

export type NeedName = keyof typeof NEEDS;

const POLICY = '/usr/sbin/policy-rc.d';

/** Installs what is missing, and says so. Throws Unobtainable, with what to do, where it cannot. */
export function obtain(names: readonly NeedName[]): void {
  if (process.platform !== 'linux')
    throw new Unobtainable('this bench needs Linux: it reads /proc and pins processes to cores');
  if (availableParallelism() < 2)
    throw new Unobtainable('this bench needs two cores: one for what is measured, one for load and backend');
  // Where Go is unpacked from its own archive it is rarely in the path of a service or of root.
  process.env['PATH'] = [process.env['PATH'], ...GO_FOLDERS, '/usr/sbin'].join(delimiter);
  const missing = names.filter((name) => !NEEDS[name].present());
  if (missing.length === 0) return;
  const packages = missing.flatMap((name) => [...NEEDS[name].packages]);
  const told = missing.map((name) => NEEDS[name].what).join(', ');
  if (process.getuid?.() !== 0) {
    throw new Unobtainable(`${told} must be installed, and only root may: sudo apt-get install ${packages.join(' ')}`);
  }
  console.error(`installing ${told} from Debian (apt-get install ${packages.join(' ')}) ...`);
  withoutServices(() => install(packages));
  const still = missing.find((name) => !NEEDS[name].present());
  if (still !== undefined) throw new Unobtainable(`${NEEDS[still].what} is still missing after its installation`);
}

function install(packages: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const command = ['install', '-y', '--no-install-recommends', '-q', ...packages];
  if (spawnSync('apt-get', command, { env, stdio: ['ignore', 2, 2] }).status === 0) return;
  // Lists that are older than the archive name files that are gone.
  execFileSync('apt-get', ['update', '-q'], { env, stdio: ['ignore', 2, 2] });
  const again = spawnSync('apt-get', command, { env, stdio: ['ignore', 2, 2] });
  if (again.status !== 0) throw new Unobtainable(`apt-get install ${packages.join(' ')} failed; its words are above`);
}

/** Debian starts what it installs, on all addresses; a policy that says no keeps it from that (policy-rc.d of invoke-rc.d(8)). */
function withoutServices(work: () => void): void {
  const own = !existsSync(POLICY);
  if (own) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    work();
  } finally {
    if (own) rmSync(POLICY);
  }
}
