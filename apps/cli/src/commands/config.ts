import { configSchema, loadConfiguration, type ConfigFileName } from '@seawall/config';
import { EXIT } from '@seawall/faults';
import { stringify } from 'yaml';
import { places } from '../places.ts';
import { printJson } from '../print.ts';
import { printProblems } from './rules.ts';

export interface Options {
  readonly data?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** Prints every problem of every file; exit code 2 when there is an error. */
export function check(options: Options): void {
  const { config, data } = places(options);
  const loaded = loadConfiguration(config, data);
  const problems = loaded.ok ? loaded.configuration.warnings : loaded.problems;
  printProblems(problems, options);
  if (!loaded.ok) process.exitCode = EXIT.usage;
  else if (!options.json) process.stdout.write(`${config}: no errors, ${problems.length} warnings\n`);
}

/** The configuration in force, defaults filled in. */
export function show(options: Options): void {
  const { config, data } = places(options);
  const loaded = loadConfiguration(config, data);
  if (!loaded.ok) return check(options);
  const { gateway, rules, database, startup } = loaded.configuration;
  const value = { gateway, rules, database, startup };
  if (options.json) return printJson(value);
  process.stdout.write(stringify(value));
}

/** The program lets no other name through. */
export function schema(name: string): void {
  process.stdout.write(`${JSON.stringify(configSchema(`${name}.yaml` as ConfigFileName), null, 2)}\n`);
}
