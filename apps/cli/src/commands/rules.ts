import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installedCrs, loadConfiguration } from '@seawall/config';
import { EXIT, Fault, formatProblem } from '@seawall/faults';
import { loadRules } from '@seawall/seclang';
import { fault } from '../faults.ts';
import { makePrivate, places } from '../places.ts';
import { printJson } from '../print.ts';
import { fromDebian, fromGo, fromPath, fromRelease, type CrsFiles } from '../rules/crs-source.ts';

interface InstallOptions {
  readonly data?: string;
  readonly json?: boolean;
  /** A folder, an archive, or one of the words debian, release, go. */
  readonly from?: string;
}

/** Puts CRS into the data folder, from the first place that has it. The old copy stays until the new one is whole. */
export async function install(what: string, options: InstallOptions): Promise<void> {
  if (what !== 'crs') throw fault('cli.value', { what: `only "crs" can be installed, not "${what}"` });
  const files = await obtain(options.from);
  const { data } = places(options);
  const folder = join(makePrivate(data), 'rules');
  makePrivate(folder);
  const fresh = mkdtempSync(join(folder, '.new-'));
  mkdirSync(join(fresh, 'rules'));
  for (const [name, content] of files.rules) writeFileSync(join(fresh, 'rules', name), content, { mode: 0o600 });
  writeFileSync(join(fresh, 'crs-setup.conf'), files.setup, { mode: 0o600 });
  writeFileSync(join(fresh, 'version'), `${files.version}\n`, { mode: 0o600 });
  const old = join(folder, `.old-${process.pid}`);
  if (installedCrs(data) !== undefined) renameSync(join(folder, 'crs'), old);
  renameSync(fresh, join(folder, 'crs'));
  rmSync(old, { recursive: true, force: true });
  const { version, origin } = files;
  if (options.json) printJson({ installed: 'crs', version, origin, files: files.rules.size });
  else
    process.stdout.write(
      `OWASP CRS ${version} installed (${files.rules.size} files, from ${origin}).\nIt is in force at the next start, together with the base rules; choose otherwise in rules.yaml.\n`,
    );
}

async function obtain(from: string | undefined): Promise<CrsFiles> {
  switch (from) {
    case 'debian': {
      const files = fromDebian();
      if (files === undefined) throw fault('cli.value', { what: "Debian's package modsecurity-crs is not installed" });
      return files;
    }
    case 'release':
      return await fromRelease();
    case 'go':
      return fromGo();
    case undefined:
      return await firstThatWorks();
    default:
      return fromPath(from);
  }
}

/** The newest first: the official release, then the Go module, then what Debian installed. */
async function firstThatWorks(): Promise<CrsFiles> {
  const reasons: string[] = [];
  for (const [name, take] of [
    ['official release', fromRelease],
    ['Go', fromGo],
    ['Debian package', fromDebian],
  ] as const) {
    try {
      const files = await take();
      if (files !== undefined) return files;
      reasons.push(`${name}: not installed`);
    } catch (error) {
      // A wrong digest is no reason to try elsewhere silently.
      if (error instanceof Fault) throw error;
      reasons.push(`${name}: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`);
    }
  }
  throw fault('cli.rules-nowhere', { reasons: reasons.join('; ') });
}

/** Loads the rule sets of the configuration, or the given SecLang files alone, and prints every problem at once. */
export function check(paths: readonly string[], options: { data?: string; config?: string; json?: boolean }): void {
  const { data, config } = places(options);
  const problems = paths.length > 0 ? checkFiles(paths) : checkConfiguration(config, data);
  for (const problem of problems) {
    if (options.json) printJson(problem);
    else process.stdout.write(`${formatProblem(problem)}\n`);
  }
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  if (errors > 0) process.exitCode = EXIT.usage;
  if (!options.json) process.stdout.write(`${errors} errors, ${problems.length - errors} warnings\n`);
}

function checkFiles(paths: readonly string[]) {
  const files = new Map(paths.map((path) => [path, readFileSync(path, 'latin1')]));
  const entry = paths.filter((path) => !path.endsWith('.data'));
  const loaded = loadRules({ files, entry });
  return loaded.ok ? loaded.warnings : loaded.problems;
}

function checkConfiguration(config: string, data: string) {
  const loaded = loadConfiguration(config, data);
  return loaded.ok ? loaded.configuration.warnings : loaded.problems;
}
