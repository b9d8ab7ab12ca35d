import { globSync, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PolicyParts } from '@seawall/contract';
import { ENGINE_CONFIGURATION } from '@seawall/seclang';
import type { Problem } from '@seawall/faults';
import type { RulesFile, RuleSetFile } from './rules-file.ts';
import { fault } from './faults.ts';

/** Larger files are no rule files; reading them would only fill memory. */
const MAX_RULE_FILE_BYTES = 16 * 1_048_576;

/** Rules that the console makes stand here: an empty file that the server fills, loaded before all others. */
export const EXCEPTIONS_FILE = 'seawall/exceptions.conf';
const ENGINE_FILE = 'seawall/engine.conf';
const EXCLUSIONS_FILE = 'seawall/exclusions.conf';

const RULESETS = join(dirname(fileURLToPath(import.meta.url)), '../../../rulesets');

export interface RuleSources {
  /** Folder of rules.yaml: its `files` are relative to it. */
  readonly configFolder: string;
  /** Data folder: where `seawall rules install crs` put CRS. */
  readonly dataFolder: string;
}

export interface InstalledCrs {
  readonly folder: string;
  readonly version: string;
  readonly major: 3 | 4;
}

/** CRS as `seawall rules install crs` left it, or undefined. */
export function installedCrs(dataFolder: string): InstalledCrs | undefined {
  const folder = join(dataFolder, 'rules', 'crs');
  if (!existsSync(join(folder, 'version'))) return undefined;
  const version = readFileSync(join(folder, 'version'), 'utf8').trim();
  return { folder, version, major: version.startsWith('3') ? 3 : 4 };
}

/** Reads every file that the sets need, so that the engine itself never touches a disk. */
export function rulesPolicy(
  file: RulesFile,
  sources: RuleSources,
): { part: PolicyParts['rules']; problems: Problem[] } {
  const files: Record<string, string> = { [EXCEPTIONS_FILE]: '', [ENGINE_FILE]: ENGINE_CONFIGURATION };
  files[EXCLUSIONS_FILE] = exclusionRules(file.exclusions);
  const crs = installedCrs(sources.dataFolder);
  const sets: Record<string, RuleSetFile> = { ...file.sets };
  sets['default'] ??= defaultSet(crs !== undefined);
  const problems: Problem[] = [];

  const part = Object.entries(sets).map(([name, set]) => {
    const entry = [ENGINE_FILE];
    const settings = `seawall/set-${name}.conf`;
    const useCrs = set.use.includes('crs');
    if (useCrs && crs === undefined) problems.push(missingCrs(name));
    if (useCrs && crs !== undefined) {
      addFolder(files, crs.folder, 'crs');
      entry.push('crs/crs-setup.conf');
    }
    entry.push(settings, EXCEPTIONS_FILE, EXCLUSIONS_FILE);
    if (set.use.includes('base')) addFolder(files, join(RULESETS, 'base'), 'base');
    entry.push(...ruleOrder(files, useCrs && crs !== undefined, set.use.includes('base')));
    const own: string[] = [];
    for (const pattern of set.files) {
      const found = globSync(pattern, { cwd: sources.configFolder }).toSorted();
      if (found.length === 0) problems.push(missingFiles(name, pattern));
      for (const path of found) {
        const key = `own/${path}`;
        files[key] = readRuleFile(join(sources.configFolder, path));
        own.push(files[key]);
        if (!path.endsWith('.data')) entry.push(key);
      }
    }
    // CRS brings its own, and only one may stand for a phase.
    const hasDefaults = (useCrs && crs !== undefined) || own.some((text) => /^[ \t]*SecDefaultAction\b/im.test(text));
    files[settings] = setSettings(set, useCrs ? crs : undefined, hasDefaults);
    return { name, entry };
  });
  return { part: { sets: part, files }, problems };
}

function defaultSet(crs: boolean): RuleSetFile {
  return { use: crs ? ['base', 'crs'] : ['base'], files: [], paranoia: 1, inboundThreshold: 5, outboundThreshold: 4 };
}

/**
 * Base rules stand right behind the initialization of CRS: their points are added before its blocking evaluation, so that
 * both sets add to one score.
 */
function ruleOrder(files: Readonly<Record<string, string>>, crs: boolean, base: boolean): string[] {
  const named = (prefix: string) =>
    Object.keys(files)
      .filter((path) => path.startsWith(prefix) && path.endsWith('.conf'))
      .toSorted();
  const baseFiles = base ? named('base/') : [];
  if (!crs) return baseFiles;
  const crsFiles = named('crs/rules/');
  const isInit = (path: string) => /REQUEST-90[0-3]-|REQUEST-905-/.test(path);
  return [...crsFiles.filter(isInit), ...baseFiles, ...crsFiles.filter((path) => !isInit(path))];
}

function setSettings(set: RuleSetFile, crs: InstalledCrs | undefined, hasDefaults: boolean): string {
  const detection = set.detectionParanoia ?? set.paranoia;
  const values: [string, number][] =
    crs?.major === 3
      ? [
          ['paranoia_level', set.paranoia],
          ['executing_paranoia_level', detection],
        ]
      : [
          ['blocking_paranoia_level', set.paranoia],
          ['detection_paranoia_level', detection],
        ];
  values.push(['inbound_anomaly_score_threshold', set.inboundThreshold]);
  values.push(['outbound_anomaly_score_threshold', set.outboundThreshold]);
  // CRS 3 and 4 refuse to run without the setup version.
  values.push(['crs_setup_version', crs?.major === 3 ? 334 : 4250]);
  const setvars = values.map(([name, value]) => `setvar:tx.${name}=${value}`).join(',');
  const defaults = hasDefaults
    ? ''
    : 'SecDefaultAction "phase:1,log,auditlog,pass"\nSecDefaultAction "phase:2,log,auditlog,pass"\n';
  return `${defaults}SecAction "id:9000001,phase:1,pass,nolog,t:none,${setvars}"\n`;
}

function exclusionRules(exclusions: RulesFile['exclusions']): string {
  return exclusions
    .map(({ rule, target, path }, index) => {
      const control =
        target === undefined ? `ctl:ruleRemoveById=${rule}` : `ctl:ruleRemoveTargetById=${rule};${target}`;
      const id = 9_100_000 + index;
      if (path === undefined) return `SecAction "id:${id},phase:1,pass,nolog,t:none,${control}"\n`;
      return `SecRule REQUEST_FILENAME "@streq ${path.replaceAll(/["\\%]/g, '\\$&')}" "id:${id},phase:1,pass,nolog,t:none,${control}"\n`;
    })
    .join('');
}

function addFolder(files: Record<string, string>, folder: string, prefix: string): void {
  for (const path of globSync(['**/*.conf', '**/*.data'], { cwd: folder }).toSorted()) {
    files[`${prefix}/${path}`] ??= readRuleFile(join(folder, path));
  }
}

function readRuleFile(path: string): string {
  try {
    if (statSync(path).size > MAX_RULE_FILE_BYTES)
      throw fault('config.too-large', { path, limit: MAX_RULE_FILE_BYTES });
    // One code unit is one byte, as everywhere in the engine.
    return readFileSync(path, 'latin1');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw fault('config.unreadable', { path: relative('.', path), reason }, error);
  }
}

function missingCrs(set: string): Problem {
  return {
    severity: 'warning',
    code: 'config.crs-missing',
    file: 'rules.yaml',
    line: 1,
    column: 1,
    text: `the set "${set}" uses CRS, which is not installed`,
    hint: 'run: seawall rules install crs',
  };
}

function missingFiles(set: string, pattern: string): Problem {
  return {
    severity: 'error',
    code: 'config.no-such-rules',
    file: 'rules.yaml',
    line: 1,
    column: 1,
    text: `the set "${set}" names "${pattern}", and no file matches`,
    hint: 'paths are relative to rules.yaml',
  };
}
