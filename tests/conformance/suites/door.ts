import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { EXIT, Fault, visible } from '@seawall/faults';
import { Report } from './report.ts';
import { Unobtainable } from './unobtainable.ts';

export type Values = Readonly<Record<string, string | undefined>>;

export interface Door {
  readonly suite: string;
  /** Options that take a text, beside `--json`; what each is for. */
  readonly options: Readonly<Record<string, string>>;
  /** Options without a value; given, their value is `yes`. */
  readonly flags?: Readonly<Record<string, string>>;
  /** False: the figures are told, and none of them is a failure; `--only` lists cases. */
  readonly bar?: false;
  /** Failures that may be argued. */
  readonly maxArgued?: number;
  run(values: Values, report: Report): void | Promise<void>;
}

/**
 * Runs one suite: reads its options, gives it a report, closes that and sets the exit code: 0 all passed but what is argued, 1 a case failed or there was
 * none, 2 wrong usage, 3 the data cannot be had on this machine, 4 the suite itself failed.
 */
export async function openDoor(door: Door): Promise<void> {
  const json = process.argv.includes('--json');
  const values = readValues(door);
  if (values === undefined) {
    process.exitCode = EXIT.usage;
    return;
  }
  const report = new Report(door.suite, { json, listed: door.bar !== false || values['only'] !== undefined });
  try {
    await door.run(values, report);
  } catch (error) {
    process.exitCode = complain(error);
    return;
  }
  report.close();
  const { passed, failed } = report.counts;
  const unargued = failed - Math.min(report.arguedCount, door.maxArgued ?? 0);
  const fine = door.bar === false ? passed + failed > 0 : unargued === 0 && passed > 0;
  process.exitCode = fine ? EXIT.ok : EXIT.findings;
}

function readValues({ suite, options, flags = {} }: Door): Values | undefined {
  const config: ParseArgsOptionsConfig = { json: { type: 'boolean' }, help: { type: 'boolean' } };
  for (const name of Object.keys(flags)) config[name] = { type: 'boolean' };
  for (const name of Object.keys(options)) config[name] = { type: 'string' };
  try {
    const { values } = parseArgs({ options: config, strict: true });
    const { json: _json, help, ...rest } = values;
    const texts = Object.entries(rest).map(([name, value]) => [name, value === true ? 'yes' : value]);
    if (help !== true) return Object.fromEntries(texts) as Values; // `strict` lets nothing but what is declared through
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
  }
  const lines = Object.entries({ json: 'a line of JSON a case', ...flags, ...options }).map(
    ([name, text]) => `  --${name}  ${text}`,
  );
  console.error(`npm run conformance -- ${suite}\n${lines.join('\n')}`);
  return undefined;
}

function complain(error: unknown): number {
  if (error instanceof Unobtainable) {
    console.error(`The data cannot be had here: ${visible(error.message)}`);
    return EXIT.unreachable;
  }
  // Something else was downloaded than what is pinned.
  if (error instanceof Fault) {
    console.error(`${visible(error.row.text)} [${error.code}]`);
    return EXIT.unreachable;
  }
  console.error(error instanceof Error ? error.stack : String(error));
  return EXIT.internal;
}
