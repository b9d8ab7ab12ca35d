import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { fault } from '../faults.ts';
import { readTar } from './tar.ts';

/** Rule and data files by name, and the example setup: what every form of CRS boils down to. */
export interface CrsFiles {
  readonly version: string;
  readonly origin: string;
  /** `REQUEST-942-…conf`, `sql-errors.data` … */
  readonly rules: ReadonlyMap<string, Buffer>;
  readonly setup: Buffer;
}

/** The official release, pinned: a release page that is taken over cannot change what is installed. */
const RELEASE = {
  version: '4.29.0',
  url: 'https://github.com/coreruleset/coreruleset/releases/download/v4.29.0/coreruleset-4.29.0-minimal.tar.gz',
  sha256: '1aa1c5c8fc29e532d35293bcea36bf72de61db8f6ed4716a0f91ab14552b7fed',
} as const;
/** The Go module with the same files, pinned by Go's own module sum. */
const MODULE = {
  path: 'github.com/corazawaf/coraza-coreruleset/v4',
  version: 'v4.25.0',
  sum: 'h1:tqFO1lfVpTiyWtlN618OXpZMfw+nnN0Q4///W5W+/HM=',
} as const;
const DEBIAN = { rules: '/usr/share/modsecurity-crs/rules', setup: '/etc/modsecurity/crs/crs-setup.conf' } as const;

/** The release is 280 kB; a hundred times that is not it. */
const MAX_ARCHIVE_BYTES = 32 * 1_048_576;
const DOWNLOAD_MS = 60_000;

export function fromPath(path: string): CrsFiles {
  try {
    return statSync(path).isDirectory() ? fromFolder(path, path) : fromArchive(readFileSync(path), path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw fault('cli.rules-source', { path, reason }, error);
  }
}

/** Debian's package `modsecurity-crs`, when it is installed. */
export function fromDebian(): CrsFiles | undefined {
  if (!existsSync(DEBIAN.rules)) return undefined;
  const rules = readRules(globSync(`${DEBIAN.rules}/*`));
  return finish(
    rules,
    existsSync(DEBIAN.setup) ? readFileSync(DEBIAN.setup) : undefined,
    'Debian package modsecurity-crs',
  );
}

export async function fromRelease(): Promise<CrsFiles> {
  const answer = await fetch(RELEASE.url, { signal: AbortSignal.timeout(DOWNLOAD_MS) });
  if (!answer.ok) throw new Error(`the release page answered ${answer.status}`);
  const data = Buffer.from(await answer.arrayBuffer());
  const got = createHash('sha256').update(data).digest('hex');
  if (got !== RELEASE.sha256) throw fault('cli.rules-digest', { from: RELEASE.url, got, want: RELEASE.sha256 });
  return fromArchive(data, RELEASE.url);
}

/** Through an installed Go toolchain, which checks the module against its public log; we check the sum again. */
export function fromGo(): CrsFiles {
  // An empty folder, so that no go.mod or go.work of the caller matters.
  const folder = mkdtempSync(join(tmpdir(), 'seawall-crs-'));
  try {
    const output = execFileSync('go', ['mod', 'download', '-json', `${MODULE.path}@${MODULE.version}`], {
      cwd: folder,
      env: { ...process.env, GOWORK: 'off', GOFLAGS: '' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
    });
    const module = JSON.parse(output) as { Dir: string; Sum: string };
    if (module.Sum !== MODULE.sum) {
      throw fault('cli.rules-digest', { from: MODULE.path, got: module.Sum, want: MODULE.sum });
    }
    return fromFolder(join(module.Dir, 'rules'), `Go module ${MODULE.path}@${MODULE.version}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function fromFolder(folder: string, origin: string): CrsFiles {
  const rules = readRules(
    globSync(['rules/*', '@owasp_crs/*', '*.conf', '*.data'], { cwd: folder }).map((path) => join(folder, path)),
  );
  const setup = globSync(['crs-setup.conf', 'crs-setup.conf.example', '@crs-setup.conf.example'], {
    cwd: folder,
  }).toSorted()[0];
  return finish(rules, setup === undefined ? undefined : readFileSync(join(folder, setup)), origin);
}

function fromArchive(data: Buffer, origin: string): CrsFiles {
  const tar =
    data[0] === 0x1f && data[1] === 0x8b ? gunzipSync(data, { maxOutputLength: MAX_ARCHIVE_BYTES * 4 }) : data;
  const rules = new Map<string, Buffer>();
  let setup: Buffer | undefined;
  for (const { path, data: content } of readTar(tar)) {
    const name = basename(path);
    if (/^crs-setup\.conf(\.example)?$/.test(name)) setup = Buffer.from(content);
    else if (isRuleFile(name) && /(^|\/)rules\//.test(path)) rules.set(name, Buffer.from(content));
  }
  return finish(rules, setup, origin);
}

function isRuleFile(name: string): boolean {
  return /^(REQUEST|RESPONSE)-\d+[\w.-]*\.conf(\.example)?$/.test(name) || /^[\w.-]+\.data$/.test(name);
}

function readRules(paths: readonly string[]): Map<string, Buffer> {
  const named = paths.filter((path) => isRuleFile(basename(path)) && statSync(path).isFile());
  return new Map(named.map((path) => [basename(path), readFileSync(path)]));
}

function finish(all: Map<string, Buffer>, setup: Buffer | undefined, origin: string): CrsFiles {
  const rules = new Map([...all].filter(([name]) => !name.endsWith('.example')));
  const initialization = [...rules].find(([name]) => name.startsWith('REQUEST-901-'))?.[1];
  if (initialization === undefined) throw new Error('there is no REQUEST-901 file in it');
  if (setup === undefined) throw new Error('there is no crs-setup.conf in it');
  const version = /OWASP_CRS\/(\d+\.\d+\.\d+)/.exec(initialization.toString('latin1'))?.[1];
  if (version === undefined) throw new Error('its version cannot be read from REQUEST-901');
  return { version, origin, rules, setup };
}
