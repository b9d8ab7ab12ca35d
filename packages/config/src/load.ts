import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import type { PolicyParts } from '@seawall/contract';
import { Fault, type Problem } from '@seawall/faults';
import { readPlaybooks, type Playbook } from '@seawall/respond';
import { loadRules } from '@seawall/seclang';
import { DatabaseFile } from './database-file.ts';
import { fault } from './faults.ts';
import { GatewayFile } from './gateway-file.ts';
import { gatewayPolicy } from './gateway-policy.ts';
import { rulesPolicy } from './rule-files.ts';
import { RulesFile } from './rules-file.ts';
import { StartupFile } from './startup-file.ts';
import { decode } from './strict.ts';
import { readYaml } from './yaml-file.ts';

/** A configuration of a megabyte would take seconds to decode and belongs to no person. */
const MAX_FILE_BYTES = 1_048_576;
const DEFAULT_PLAYBOOKS = join(dirname(fileURLToPath(import.meta.url)), '../../../rulesets/playbooks/default.yaml');

export const CONFIG_FILES = {
  'gateway.yaml': GatewayFile,
  'rules.yaml': RulesFile,
  'database.yaml': DatabaseFile,
  'startup.yaml': StartupFile,
} as const satisfies Record<string, z.ZodType>;
export type ConfigFileName = keyof typeof CONFIG_FILES;

export interface Configuration {
  readonly gateway: GatewayFile;
  readonly rules: RulesFile;
  readonly database: DatabaseFile;
  readonly startup: StartupFile;
  readonly playbooks: readonly Playbook[];
  readonly playbookText: string;
  readonly playbookFile: string;
  /** What gateways are given, as far as files say it. */
  readonly policy: Pick<PolicyParts, 'routes' | 'rules'>;
  readonly warnings: readonly Problem[];
}

export type Loaded =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads gateway.yaml, rules.yaml, database.yaml, startup.yaml and playbooks.yaml from a folder; none is required. Rule sets
 * are compiled once, so that a bad rule is found here. All problems of all files are returned at once.
 */
export function loadConfiguration(folder: string, dataFolder: string): Loaded {
  const problems: Problem[] = [];
  const gateway = readFile(folder, 'gateway.yaml', problems) as GatewayFile | undefined;
  const rules = readFile(folder, 'rules.yaml', problems) as RulesFile | undefined;
  const database = readFile(folder, 'database.yaml', problems) as DatabaseFile | undefined;
  const startup = readFile(folder, 'startup.yaml', problems) as StartupFile | undefined;
  const playbooks = readPlaybookFile(folder, problems);
  try {
    // Rules are judged even when another file is broken: one look shows everything that is to be mended.
    const judged = rules && rulesPolicy(rules, { configFolder: folder, dataFolder });
    if (judged) problems.push(...judged.problems, ...setProblems(judged.part));
    if (!gateway || !judged || !database || !startup || !playbooks) return { ok: false, problems };
    problems.push(...unknownSets(gateway, judged.part));
    if (problems.some((problem) => problem.severity === 'error')) return { ok: false, problems };
    const policy = { routes: gatewayPolicy(gateway), rules: judged.part };
    return { ok: true, configuration: { gateway, rules, database, startup, ...playbooks, policy, warnings: problems } };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ok: false, problems: [...problems, faultProblem(error, folder)] };
  }
}

/** One file alone, e.g. startup.yaml before there is a data folder. */
export function loadFile<N extends ConfigFileName>(
  folder: string,
  name: N,
): { ok: true; value: z.infer<(typeof CONFIG_FILES)[N]> } | { ok: false; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const value = readFile(folder, name, problems);
  if (value === undefined) return { ok: false, problems };
  return { ok: true, value: value as z.infer<(typeof CONFIG_FILES)[N]> }; // decoded by the schema of this name
}

function readFile(folder: string, name: ConfigFileName, problems: Problem[]): unknown {
  const text = readText(join(folder, name), problems);
  if (text === undefined) return undefined;
  const decoded = decode(CONFIG_FILES[name] as z.ZodType, readYaml(join(folder, name), text));
  if (decoded.ok) return decoded.value;
  problems.push(...decoded.problems);
  return undefined;
}

/** '' for a file that does not exist: every default then holds. */
function readText(path: string, problems: Problem[]): string | undefined {
  if (!existsSync(path)) return '';
  try {
    if (statSync(path).size > MAX_FILE_BYTES) throw fault('config.too-large', { path, limit: MAX_FILE_BYTES });
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    problems.push(faultProblem(error instanceof Fault ? error : fault('config.unreadable', { path, reason }), path));
    return undefined;
  }
}

function readPlaybookFile(folder: string, problems: Problem[]) {
  const own = join(folder, 'playbooks.yaml');
  const playbookFile = existsSync(own) ? own : DEFAULT_PLAYBOOKS;
  const playbookText = readText(playbookFile, problems);
  if (playbookText === undefined) return undefined;
  const yaml = readYaml(playbookFile, playbookText);
  if (yaml.problems.length > 0) {
    problems.push(...yaml.problems);
    return undefined;
  }
  const read = readPlaybooks(yaml.value);
  if (read.ok) return { playbooks: read.playbooks, playbookText, playbookFile };
  problems.push(...read.problems.map((problem) => yaml.problemAt(problem.path, 'config.playbook', problem.text)));
  return undefined;
}

function setProblems(part: PolicyParts['rules']): Problem[] {
  const files = new Map(Object.entries(part.files));
  return part.sets.flatMap((set) => {
    const loaded = loadRules({ files, entry: set.entry });
    return loaded.ok ? loaded.warnings : loaded.problems;
  });
}

function unknownSets(gateway: GatewayFile, rules: PolicyParts['rules']): Problem[] {
  const known = new Set(rules.sets.map((set) => set.name));
  return gateway.routes.flatMap((route) => {
    if (known.has(route.rules)) return [];
    return [
      {
        severity: 'error' as const,
        code: 'config.no-such-set',
        file: 'gateway.yaml',
        line: 1,
        column: 1,
        text: `route "${route.name}" uses the rule set "${route.rules}", which rules.yaml does not have`,
        hint: `known sets: ${[...known].join(', ')}`,
      },
    ];
  });
}

function faultProblem(error: Fault, file: string): Problem {
  return { severity: 'error', code: error.code, file, line: 1, column: 1, text: error.row.text };
}
