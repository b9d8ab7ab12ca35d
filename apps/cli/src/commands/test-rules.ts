import { EXIT } from '@seawall/faults';
import { loadRules, type LoadResult } from '@seawall/seclang';
import { places } from '../places.ts';
import { printJson, visibleLines } from '../print.ts';
import { readCases, type RuleCase } from '../rule-cases/case-files.ts';
import { runCase, type CaseResult } from '../rule-cases/run-case.ts';
import { runnableFiles } from '../rules/rule-source.ts';
import { printProblems } from './rules.ts';

export interface TestOptions {
  readonly data?: string;
  readonly config?: string;
  readonly json?: boolean;
  readonly rules?: readonly string[];
  readonly set?: string;
  readonly only?: string;
  readonly paranoia?: number;
  readonly verbose?: boolean;
}

const SETTINGS_FILE = 'seawall/test-settings.conf';

/** The level, and the limits that CRS's own tests are written for: its setup file leaves them open. */
function settingsFor(level: number): string {
  return String.raw`SecAction "id:9990001,phase:1,pass,nolog,t:none,\
  setvar:tx.blocking_paranoia_level=${level},setvar:tx.detection_paranoia_level=${level},\
  setvar:tx.paranoia_level=${level},setvar:tx.executing_paranoia_level=${level},\
  setvar:tx.arg_name_length=100,setvar:tx.arg_length=400,setvar:tx.total_arg_length=64000,setvar:tx.max_num_args=255,\
  setvar:tx.max_file_size=64100,setvar:tx.combined_file_sizes=65535,setvar:tx.crs_validate_utf8_encoding=1"
`;
}

/** Exit code 0: all passed or were skipped; 1: some failed; 2: cases or rules are wrong. */
export async function testRules(paths: readonly string[], options: TestOptions): Promise<void> {
  const cases = readCases(paths).filter(({ name }) => options.only === undefined || isOf(name, options.only));
  const loaded = await load(options, cases);
  if (loaded === undefined) return;
  if (!loaded.ok) {
    printProblems(loaded.problems, options);
    process.exitCode = EXIT.usage;
    return;
  }
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const one of cases) {
    const told = attempt(() => runCase(loaded.ruleSet, one));
    counts[told.result]++;
    print(one, told, options);
  }
  if (counts.failed > 0) process.exitCode = EXIT.findings;
  if (options.json) return printJson({ event: 'tested', ...counts });
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
}

/** `942100` is `942100-1` too, and not `9421001`. */
function isOf(name: string, only: string): boolean {
  return name === only || name.startsWith(`${only}-`);
}

/** A case that nobody can run has failed; the others go on. */
function attempt(run: () => CaseResult): CaseResult {
  try {
    return run();
  } catch (error) {
    return { result: 'failed', text: error instanceof Error ? error.message : String(error) };
  }
}

function print({ name }: RuleCase, { result, text }: CaseResult, { json, verbose }: TestOptions): void {
  if (result !== 'failed' && !verbose) return;
  if (json) return printJson({ event: 'case', name, result, text });
  process.stdout.write(`${visibleLines(`${result}  ${name}${text === '' ? '' : `: ${text}`}`)}\n`);
}

async function load(options: TestOptions, cases: readonly RuleCase[]): Promise<LoadResult | undefined> {
  if (options.rules !== undefined) {
    const { files, entry } = runnableFiles(options.rules);
    // Cases of CRS ask for rules of every level; others for the rules as they are.
    const level = options.paranoia ?? (cases.some(({ kind }) => kind === 'stages') ? 4 : undefined);
    const setup = entry.findIndex((path) => /crs-setup\.conf(?:\.example)?$/.test(path));
    return loadRules(
      level === undefined ? { files, entry } : withSettings(files, entry, Math.max(setup, 0) + 1, level),
    );
  }
  const { configuredRules, EXCEPTIONS_FILE, setOf } = await import('../rules/configured-rules.ts');
  const configured = configuredRules(places(options));
  if (!configured.ok) return configured;
  const name = options.set ?? 'default';
  const { files, entry } = setOf(configured.rules, name);
  if (options.paranoia === undefined) return loadRules({ files, entry });
  return loadRules(withSettings(files, entry, entry.indexOf(EXCEPTIONS_FILE), options.paranoia));
}

function withSettings(files: ReadonlyMap<string, string>, entry: readonly string[], at: number, level: number) {
  return {
    files: new Map([...files, [SETTINGS_FILE, settingsFor(level)]]),
    entry: entry.toSpliced(at, 0, SETTINGS_FILE),
  };
}
