import { loadConfiguration, watchConfiguration, type Configuration, type Loaded } from '@seawall/config';
import type { PolicyParts } from '@seawall/contract';
import { formatProblem, type Problem, type Redacted } from '@seawall/faults';
import type { Logger } from 'pino';
import type { PolicySource } from './policy-source.ts';

const DAY_MS = 86_400_000;

export interface ConfigSourceOptions {
  readonly folder: string;
  readonly dataFolder: string;
  readonly decoy: { readonly address: string; readonly port: number } | undefined;
  readonly decoySecret: Redacted;
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
  if (!loaded.ok) return { ok: false, problems: loaded.problems };
  return { ok: true, source: makeConfigSource(options, loaded.configuration) };
}

function makeConfigSource(options: ConfigSourceOptions, first: Configuration): ConfigSource {
  const { decoy, log } = options;
  let current = first;
  let problems: readonly string[] = [];
  const listeners: (() => void)[] = [];

  const reloaded = (loaded: Loaded) => {
    if (loaded.ok) {
      current = loaded.configuration;
      problems = [];
      log.info('the configuration was read again and is in force');
      for (const listener of listeners) listener();
    } else {
      problems = loaded.problems.filter((problem) => problem.severity === 'error').map(formatProblem);
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
