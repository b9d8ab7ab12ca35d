import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Fault } from '@seawall/faults';
import { fault } from '../faults.ts';
import { CRS_MODULE, goModule } from './go-module.ts';
import { readTar } from './tar.ts';

/** Rule and data files by name, and the example setup: what every form of CRS boils down to. */
export interface CrsFiles {
  readonly version: string;
  readonly origin: string;
  /** `REQUEST-942-…conf`, `sql-errors.data` … */
  readonly rules: ReadonlyMap<string, Buffer>;
  readonly setup: Buffer;
}

export interface Release {
  readonly url: string;
  readonly sha256: string;
}

/** The official release, pinned: a release page that is taken over cannot change what is installed. */
export const RELEASE: Release = {
  url: 'https://github.com/coreruleset/coreruleset/releases/download/v4.29.0/coreruleset-4.29.0-minimal.tar.gz',
  sha256: '1aa1c5c8fc29e532d35293bcea36bf72de61db8f6ed4716a0f91ab14552b7fed',
};
const DEBIAN = { rules: '/usr/share/modsecurity-crs/rules', setup: '/etc/modsecurity/crs/crs-setup.conf' } as const;

/** The release is 280 kB; a hundred times that is not it. */
const MAX_ARCHIVE_BYTES = 32 * 1_048_576;
const DOWNLOAD_MS = 60_000;

export function fromPath(path: string): CrsFiles {
  try {
    const stat = statSync(path);
    // Debian parts the rules from their setup, which an administrator edits.
    if (stat.isDirectory()) return isDebian(path) ? fromDebian() : fromFolder(path, path);
    if (stat.size > MAX_ARCHIVE_BYTES) throw new Error(`it is larger than ${MAX_ARCHIVE_BYTES} bytes`);
    return fromArchive(readFileSync(path), path);
  } catch (error) {
    if (error instanceof Fault) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw fault('cli.unreadable', { path, reason: 'it does not exist' });
    const reason = error instanceof Error ? error.message : String(error);
    throw fault('cli.rules-source', { path, reason }, error);
  }
}

function isDebian(path: string): boolean {
  return [DEBIAN.rules, dirname(DEBIAN.rules)].includes(resolve(path));
}

/** Debian's package `modsecurity-crs`. Throws Fault `cli.rules-unreachable` when it is not installed. */
export function fromDebian(): CrsFiles {
  if (!existsSync(DEBIAN.rules)) {
    throw fault('cli.rules-unreachable', { from: 'Debian', reason: 'the package modsecurity-crs is not installed' });
  }
  const setup = existsSync(DEBIAN.setup) ? readFileSync(DEBIAN.setup) : undefined;
  return finish(readRules(globSync(`${DEBIAN.rules}/*`)), setup, 'Debian package modsecurity-crs');
}

/** Throws Fault `cli.rules-unreachable`, or `cli.rules-digest` when what came is not what was pinned. */
export async function fromRelease({ url, sha256 }: Release = RELEASE): Promise<CrsFiles> {
  const data = await download(url).catch((error: unknown) => {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw fault('cli.rules-unreachable', { from: url, reason }, error);
  });
  const got = createHash('sha256').update(data).digest('hex');
  if (got !== sha256) throw fault('cli.rules-digest', { from: url, kind: 'SHA-256', got, want: sha256 });
  return fromArchive(data, url);
}

async function download(url: string): Promise<Buffer> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_MS) });
  if (!answer.ok) throw new Error(`the release page answered ${answer.status}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ARCHIVE_BYTES) throw new Error(`it is larger than ${MAX_ARCHIVE_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Through an installed Go toolchain. */
export async function fromGo(): Promise<CrsFiles> {
  const folder = await goModule(CRS_MODULE);
  return fromFolder(join(folder, 'rules'), `Go module ${CRS_MODULE.path}@${CRS_MODULE.version}`);
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
  // The rules' own statement: comments in the same file name other versions.
  const version = /^SecComponentSignature\s+"?OWASP_CRS\/(\d+\.\d+\.\d+)/m.exec(initialization.toString('latin1'))?.[1];
  if (version === undefined) throw new Error('its version cannot be read from REQUEST-901');
  return { version, origin, rules, setup };
}
