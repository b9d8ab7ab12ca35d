import { existsSync, readFileSync } from 'node:fs';
import { loadConfiguration, watchConfiguration, type Configuration, type Loaded } from '@seawall/config';
import type { PolicyParts } from '@seawall/contract';
import { formatProblem, type Problem, type Redacted } from '@seawall/faults';
import type { Logger } from 'pino';
import { writePrivate } from './data-folder.ts';
import type { PolicySource } from './policy-source.ts';

const DAY_MS = 86_400_000;

export interface ConfigSourceOptions {
  readonly folder: string;
  readonly dataFolder: string;
  readonly decoy: { readonly address: string; readonly port: number } | undefined;
  readonly decoySecret: Redacted;
  /** File of the configuration that was last in force; a start begins with it when the files are bad. Absent = such a start is refused. */
  readonly lastGood?: string | undefined;
  readonly log: Logger;
}

export interface ConfigSource extends PolicySource {
  readonly first: Configuration;
}

/** The configuration files, read again when they change. A reload with problems leaves the old ones in force, and says so. */
export function openConfigSource(
  options: ConfigSourceOptions,
):
  | { readonly ok: true; readonly source: ConfigSource }
  | { readonly ok: false; readonly problems: readonly Problem[] } {
  const loaded = loadConfiguration(options.folder, options.dataFolder);
  if (loaded.ok) {
    keep(options, loaded.configuration);
    return { ok: true, source: makeConfigSource(options, loaded.configuration, []) };
  }
  const kept = readKept(options);
  if (kept === undefined) return { ok: false, problems: loaded.problems };
  const problems = textsOf(loaded.problems);
  options.log.error({ problems }, 'the configuration is bad; the one that was in force before holds on');
  return { ok: true, source: makeConfigSource(options, kept, problems) };
}

function textsOf(problems: readonly Problem[]): readonly string[] {
  return problems.filter((problem) => problem.severity === 'error').map(formatProblem);
}

function keep({ lastGood, log }: ConfigSourceOptions, configuration: Configuration): void {
  if (lastGood === undefined) return;
  try {
    writePrivate(lastGood, JSON.stringify(configuration));
  } catch (error) {
    log.warn({ err: error }, 'the configuration in force could not be kept for the next start');
  }
}

function readKept({ lastGood, log }: ConfigSourceOptions): Configuration | undefined {
  if (lastGood === undefined || !existsSync(lastGood)) return undefined;
  try {
    return JSON.parse(readFileSync(lastGood, 'utf8')) as Configuration; // written by `keep`, 0600 in our own folder
  } catch (error) {
    log.error({ err: error }, 'the configuration that was kept cannot be read');
    return undefined;
  }
}

function makeConfigSource(
  options: ConfigSourceOptions,
  first: Configuration,
  atStart: readonly string[],
): ConfigSource {
  const { decoy, log } = options;
  let current = first;
  let problems = atStart;
  const listeners: (() => void)[] = [];

  const reloaded = (loaded: Loaded) => {
    if (loaded.ok) {
      current = loaded.configuration;
      problems = [];
      keep(options, current);
      log.info('the configuration was read again and is in force');
      for (const listener of listeners) listener();
    } else {
      problems = textsOf(loaded.problems);
      log.error({ problems }, 'the changed configuration is not taken over; the old one stays in force');
    }
  };
  const watcher = watchConfiguration(options.folder, options.dataFolder, reloaded);

  return {
    first,
    parts: () => ({
      ...current.policy,
      decoy: { ...(decoy ? { upstream: decoy } : {}), secret: options.decoySecret.reveal() },
    }),
    playbooks: () => current.playbooks,
    playbookFile: () => ({ path: current.playbookFile, text: current.playbookText }),
    ruleSetFacts: () => current.policy.rules.sets.map((set) => factsOf(set, current.policy.rules.files)),
    retentionDays: () => current.database.records.keepFindings / DAY_MS,
    problems: () => problems,
    onChange: (listener) => {
      listeners.push(listener);
    },
    close: () => watcher.close(),
  };
}

type RuleSetPart = PolicyParts['rules']['sets'][number];

/** Counted in the text: the gateways alone compile rules. */
function factsOf({ name, entry }: RuleSetPart, files: Readonly<Record<string, string>>) {
  const texts = entry.map((path) => files[path] ?? '');
  const rules = texts.reduce((sum, text) => sum + (text.match(/^[ \t]*Sec(?:Rule|Action)[ \t]/gm)?.length ?? 0), 0);
  const signatures = texts.flatMap((text) =>
    [...text.matchAll(/^[ \t]*SecComponentSignature[ \t]+"([^"\n]{1,100})"/gm)].map((match) => match[1] ?? ''),
  );
  return { name, rules, version: [...new Set(signatures)].join(' ') };
}
