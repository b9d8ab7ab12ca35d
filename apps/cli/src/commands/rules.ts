import { globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installedCrs, loadConfiguration } from '@seawall/config';
import { EXIT, Fault, formatProblem, type Problem } from '@seawall/faults';
import { describeRules, ENGINE_CONFIGURATION, loadRules, type LoadResult } from '@seawall/seclang';
import { fault } from '../faults.ts';
import { makePrivate, places } from '../places.ts';
import { printJson, visibleLines } from '../print.ts';
import { fromDebian, fromGo, fromPath, fromRelease, type CrsFiles } from '../rules/crs-source.ts';

export interface InstallOptions {
  readonly data?: string;
  readonly json?: boolean;
  /** A folder, an archive, or one of the words debian, release, go. */
  readonly from?: string;
}

export async function install(_what: string, options: InstallOptions): Promise<void> {
  const files = await obtain(options.from);
  putInPlace(files, places(options).data);
  const { version, origin } = files;
  if (options.json) return printJson({ event: 'installed', what: 'crs', version, origin, files: files.rules.size });
  process.stdout.write(
    visibleLines(
      `OWASP CRS ${version} installed (${files.rules.size} files, from ${origin}).\nIt is in force at the next start, together with the base rules; choose otherwise in rules.yaml.\n`,
    ),
  );
}

/** Puts CRS into the data folder when the engine can load it. The old copy stays until the new one is whole. */
export function putInPlace(files: CrsFiles, data: string): void {
  refuseBroken(files);
  const folder = makePrivate(join(makePrivate(data), 'rules'));
  const fresh = mkdtempSync(join(folder, '.new-'));
  const old = join(folder, `.old-${process.pid}`);
  try {
    mkdirSync(join(fresh, 'rules'));
    for (const [name, content] of files.rules) writeFileSync(join(fresh, 'rules', name), content, { mode: 0o600 });
    writeFileSync(join(fresh, 'crs-setup.conf'), files.setup, { mode: 0o600 });
    writeFileSync(join(fresh, 'version'), `${files.version}\n`, { mode: 0o600 });
    if (installedCrs(data) !== undefined) renameSync(join(folder, 'crs'), old);
    renameSync(fresh, join(folder, 'crs'));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

function refuseBroken({ rules, setup, version, origin }: CrsFiles): void {
  const files = new Map([
    ['engine.conf', ENGINE_CONFIGURATION],
    ['crs-setup.conf', setup.toString('latin1')],
    ...[...rules].map(([name, content]): [string, string] => [`rules/${name}`, content.toString('latin1')]),
  ]);
  const loaded = loadRules({ files, entry: ['engine.conf', 'crs-setup.conf', 'rules/*.conf'] });
  if (loaded.ok) return;
  const errors = loaded.problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const problem = first === undefined ? '' : `${first.file}:${first.line}: ${first.text}`;
  throw fault('cli.rules-bad', { version, origin, problem, count: errors.length });
}

async function obtain(from: string | undefined): Promise<CrsFiles> {
  switch (from) {
    case 'debian':
      return fromDebian();
    case 'release':
      return await fromRelease();
    case 'go':
      return await fromGo();
    case undefined:
      return await firstThatWorks();
    default:
      return fromPath(from);
  }
}

/** The newest first: the official release, then the Go module, then what Debian installed. */
async function firstThatWorks(): Promise<CrsFiles> {
  const reasons: string[] = [];
  for (const take of [fromRelease, fromGo, fromDebian]) {
    try {
      return await take();
    } catch (error) {
      // Only absence is a reason to look elsewhere: after a wrong digest somebody has to know.
      if (!(error instanceof Fault) || error.code !== 'cli.rules-unreachable') throw error;
      reasons.push(`${String(error.context['from'])}: ${String(error.context['reason'])}`);
    }
  }
  throw fault('cli.rules-nowhere', { reasons: reasons.join('; ') });
}

export interface CheckOptions {
  readonly data?: string;
  readonly config?: string;
  readonly json?: boolean;
  readonly patterns?: boolean;
}

/** Loads the rule sets of the configuration, or the given SecLang files alone, and prints every problem at once. */
export function check(paths: readonly string[], options: CheckOptions): void {
  const { problems, sets } = paths.length > 0 ? checkFiles(paths) : checkConfiguration(options);
  printProblems(problems, options);
  for (const [name, loaded] of sets) if (loaded.ok) printSet(name, loaded, options);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) process.exitCode = EXIT.usage;
  if (!options.json) process.stdout.write(`${errors} errors, ${problems.length - errors} warnings\n`);
}

export function printProblems(problems: readonly Problem[], { json }: { readonly json?: boolean }): void {
  for (const problem of problems) {
    if (json) printJson({ event: 'problem', ...problem });
    else process.stdout.write(`${visibleLines(formatProblem(problem))}\n`);
  }
}

interface Checked {
  readonly problems: readonly Problem[];
  readonly sets: readonly (readonly [name: string, loaded: LoadResult])[];
}

function checkFiles(paths: readonly string[]): Checked {
  const files = new Map(paths.flatMap(ruleFiles).map((path) => [path, readRules(path)]));
  const entry = [...files.keys()].filter((path) => !path.endsWith('.data'));
  if (entry.length === 0) throw fault('cli.value', { what: 'No rule file (*.conf) was given.' });
  const loaded = loadRules({ files, entry });
  return { problems: loaded.ok ? loaded.warnings : loaded.problems, sets: [['files', loaded]] };
}

function ruleFiles(path: string): string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
  return globSync('**/*.{conf,data}', { cwd: path })
    .toSorted()
    .map((name) => join(path, name));
}

function readRules(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    throw fault('cli.unreadable', { path, reason: error instanceof Error ? error.message : String(error) }, error);
  }
}

function checkConfiguration(options: CheckOptions): Checked {
  const { data, config } = places(options);
  const loaded = loadConfiguration(config, data);
  if (!loaded.ok) return { problems: loaded.problems, sets: [] };
  const { sets, files } = loaded.configuration.policy.rules;
  const all = new Map(Object.entries(files));
  return {
    problems: loaded.configuration.warnings,
    sets: sets.map(({ name, entry }) => [name, loadRules({ files: all, entry })] as const),
  };
}

/** How many rules there are, and which engine matches their patterns: one that an attacker can slow down must be seen. */
function printSet(name: string, loaded: LoadResult & { ok: true }, { json, patterns }: CheckOptions): void {
  const rules = describeRules(loaded.ruleSet);
  const links = rules.flatMap((rule) => rule.links.map((link) => ({ rule, ...link })));
  const ways = new Map<string, number>();
  for (const { matchedBy } of links) if (matchedBy !== undefined) ways.set(matchedBy, (ways.get(matchedBy) ?? 0) + 1);
  if (patterns === true) {
    for (const { rule, line, matchedBy, why, operator } of links) {
      if (matchedBy === undefined) continue;
      if (json)
        printJson({ event: 'pattern', set: name, rule: rule.id, file: rule.file, line, matchedBy, why, operator });
      else
        process.stdout.write(`${visibleLines(`${rule.file}:${line}: rule ${rule.id}: ${matchedBy} (${why ?? ''})`)}\n`);
    }
  }
  if (json) return printJson({ event: 'set', set: name, rules: rules.length, patterns: Object.fromEntries(ways) });
  const counts = [...ways].map(([way, count]) => `${count} by ${way}`).join(', ');
  process.stdout.write(`${visibleLines(`set ${name}: ${rules.length} rules; patterns: ${counts || 'none'}`)}\n`);
}
