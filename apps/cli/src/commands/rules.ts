import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installedCrs, loadConfiguration } from '@seawall/config';
import { EXIT, Fault, formatProblem, type Problem } from '@seawall/faults';
import { describeRules, ENGINE_CONFIGURATION, loadRules, type LoadResult } from '@seawall/seclang';
import { fault } from '../faults.ts';
import { makePrivate, places } from '../places.ts';
import { printJson, visibleLines } from '../print.ts';
import { givenFiles } from '../rules/rule-source.ts';
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
  const loaded = loadRules(givenFiles(paths));
  return { problems: loaded.ok ? loaded.warnings : loaded.problems, sets: [['files', loaded]] };
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

/** How many rules there are, and how their patterns are matched: one that an attacker can slow down, or that costs each request, must be seen. */
function printSet(name: string, loaded: LoadResult & { ok: true }, { json, patterns }: CheckOptions): void {
  const rules = describeRules(loaded.ruleSet);
  const all = rules.flatMap((rule) =>
    rule.links.filter(({ matchedBy }) => matchedBy !== undefined).map((link) => ({ rule, ...link })),
  );
  const ways = new Map<string, number>();
  for (const { matchedBy = '' } of all) ways.set(matchedBy, (ways.get(matchedBy) ?? 0) + 1);
  if (patterns === true) {
    for (const { rule, line, matchedBy, why, operator, negated, needs } of all) {
      const place = { event: 'pattern', set: name, rule: rule.id, file: rule.file, line };
      if (json) printJson({ ...place, matchedBy, why, operator, negated, needs });
      else {
        const text = `${rule.file}:${line}: rule ${rule.id}: ${matchedBy} (${why ?? ''}); ${needsText(negated, needs)}`;
        process.stdout.write(`${visibleLines(text)}\n`);
      }
    }
  }
  const bare = [...new Set(all.filter(isUnfiltered).map(({ rule }) => rule.id))];
  if (json) {
    return printJson({
      event: 'set',
      set: name,
      rules: rules.length,
      patterns: Object.fromEntries(ways),
      withoutPrefilter: bare,
    });
  }
  const counts = [...ways].map(([way, count]) => `${count} by ${way}`).join(', ');
  process.stdout.write(`${visibleLines(`set ${name}: ${rules.length} rules; patterns: ${counts || 'none'}`)}\n`);
  if (bare.length > 0) {
    process.stdout.write(
      `  matched against every value, nothing that it must hold is known: rules ${bare.join(' ')}\n`,
    );
  }
}

type Link = ReturnType<typeof describeRules>[number]['links'][number];

function isUnfiltered({ needs }: Link): boolean {
  return needs === undefined || needs.clauses.length === 0;
}

function needsText(negated: boolean, needs: Link['needs']): string {
  if (negated) return 'no prefilter: negated';
  if (needs === undefined || needs.clauses.length === 0) {
    return needs === undefined || needs.minLength < 2 ? 'no prefilter' : `no prefilter but ${needs.minLength} bytes`;
  }
  return needs.clauses
    .map(({ oneOf, more }) => {
      const texts = oneOf.map((text) => JSON.stringify(text)).join(' ');
      return `needs ${oneOf.length > 1 ? 'one of ' : ''}${texts}${more > 0 ? ` or ${more} others` : ''}`;
    })
    .join(', ');
}
