import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from '@seawall/faults';
import { CRS_MODULE, goModule } from '../../../apps/cli/src/rules/go-module.ts';
import { debianSource } from './debian-source.ts';
import { Unobtainable } from './unobtainable.ts';

// Where the suites get their data: obtained once from their publishers into .cache/conformance, which git ignores. Nothing of it is
// ever committed.

const CACHE = join(dirname(fileURLToPath(import.meta.url)), '../../../.cache/conformance');

export interface CrsFolders {
  /** `*.conf` and `*.data`; `crs-setup.conf.example` stands beside this folder. */
  readonly rules: string;
  readonly tests: string;
}

export async function crs4(): Promise<CrsFolders> {
  const folder = await obtained('crs4', CRS_MODULE.version, async (target) => {
    const module = await goModule(CRS_MODULE).catch(needGo);
    copyFiles(join(module, 'rules/@owasp_crs'), '*.{conf,data}', join(target, 'rules'));
    copyFiles(join(module, 'tests'), '**/*.yaml', join(target, 'tests'));
    writeFileSync(join(target, 'crs-setup.conf.example'), readFileSync(join(module, 'rules/@crs-setup.conf.example')));
    return CRS_MODULE.version;
  });
  return { rules: join(folder, 'rules'), tests: join(folder, 'tests') };
}

function needGo(error: unknown): never {
  if (!(error instanceof Fault) || error.code !== 'cli.rules-unreachable') throw error;
  const { from, reason } = error.context;
  throw new Unobtainable(`${String(from)}: ${String(reason)}. Needed are an installed Go and its module proxy.`, {
    cause: error,
  });
}

export async function crs33(): Promise<CrsFolders> {
  const folder = await obtained('crs33', undefined, async (target) => {
    const { folder: source, version } = await debianSource('modsecurity-crs', join(CACHE, 'apt'), `${target}-source`);
    copyFiles(join(source, 'rules'), '*.{conf,data}', join(target, 'rules'));
    copyFiles(join(source, 'tests/regression/tests'), '**/*.yaml', join(target, 'tests'));
    writeFileSync(join(target, 'crs-setup.conf.example'), readFileSync(join(source, 'crs-setup.conf.example')));
    return version;
  });
  return { rules: join(folder, 'rules'), tests: join(folder, 'tests') };
}

/** Folder of `operators/`, `transformations/` and `data/`. */
export async function vectors(): Promise<string> {
  return await obtained('vectors', undefined, async (target) => {
    const { folder: source, version } = await debianSource('modsecurity', join(CACHE, 'apt'), `${target}-source`);
    const cases = join(source, 'test/test-cases');
    for (const kind of ['operators', 'transformations']) {
      copyFiles(join(cases, 'secrules-language-tests', kind), '**/*', join(target, kind));
    }
    copyFiles(join(cases, 'data'), '**/*', join(target, 'data'));
    return version;
  });
}

/** Folder of `regression/` and `data/`: whole-transaction cases of ModSecurity v3. */
export async function engineCases(): Promise<string> {
  return await obtained('engine', undefined, async (target) => {
    const { folder: source, version } = await debianSource('modsecurity', join(CACHE, 'apt'), `${target}-source`);
    for (const kind of ['regression', 'data']) {
      copyFiles(join(source, 'test/test-cases', kind), '**/*', join(target, kind));
    }
    return version;
  });
}

/** The kept copy when it is whole (and of the wanted version), else a new one that takes its place when it is whole. */
async function obtained(
  name: string,
  wanted: string | undefined,
  make: (target: string) => Promise<string>,
): Promise<string> {
  const folder = join(CACHE, name);
  const mark = join(folder, '.version');
  if (existsSync(mark) && (wanted === undefined || readFileSync(mark, 'utf8').trim() === wanted)) return folder;
  console.error(`obtaining ${name}, once ...`);
  mkdirSync(CACHE, { recursive: true });
  const target = mkdtempSync(join(CACHE, `.${name}-`));
  try {
    const version = await make(target);
    writeFileSync(join(target, '.version'), `${version}\n`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(target, folder);
  } finally {
    for (const left of [target, `${target}-source`]) rmSync(left, { recursive: true, force: true });
  }
  return folder;
}

function copyFiles(from: string, pattern: string, to: string): void {
  const files = globSync(pattern, { cwd: from, withFileTypes: true }).filter((entry) => entry.isFile());
  if (files.length === 0) throw new Unobtainable(`there is no ${pattern} in ${basename(from)} of what was downloaded`);
  for (const entry of files) {
    const path = join(entry.parentPath, entry.name);
    const target = join(to, path.slice(from.length));
    mkdirSync(dirname(target), { recursive: true });
    // Written anew: files of Go's module cache are read-only, and a copy would be as well.
    writeFileSync(target, readFileSync(path));
  }
}
