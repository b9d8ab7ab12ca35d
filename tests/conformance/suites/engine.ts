import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { formatProblem, type Problem } from '@seawall/faults';
import { loadRules, removedRules, type Decision, type Outcome, type RuleFiles, type RuleSet } from '@seawall/seclang';
import { excludedCases } from './engine-excluded.ts';
import { JsonObject, readJson, type Json } from './engine-json.ts';
import { DebugLog } from './engine-log.ts';
import { auditLog, errorLog } from './engine-messages.ts';
import { REFUSALS, REFUSED_WHILE_RUNNING } from './engine-words.ts';
import type { Report } from './report.ts';

// ModSecurity v3's regression files: a rule file, an exchange, and what must be seen: a status, a refusal of the rules, lines of a log.

/** All that the package of Debian 12 holds; a file that is lost or not understood must show. */
const CASES = 639;

interface Options {
  readonly only: string | undefined;
  readonly showLog: boolean;
}

interface Played {
  readonly status: number;
  readonly location: string;
  readonly log: DebugLog;
  readonly outcome: Outcome;
}

export function runEngine(folder: string, { only, showLog }: Options, report: Report): void {
  const data = dataFiles(folder);
  const wanted = new RegExp(only ?? '');
  const excluded = excludedCases();
  const unknown = new Set(excluded.keys());
  let count = 0;
  let plain = 0;
  let held = 0;
  for (const { name, file, stated, strict } of readCases(folder)) {
    count++;
    unknown.delete(name);
    if (!wanted.test(name)) continue;
    const why = excluded.get(name);
    const told = judge(stated, file, data, showLog);
    if (why === undefined) report.case(name, told === '' ? 'passed' : 'failed', told);
    else if (told === '') report.case(name, 'failed', `is excluded, but holds: ${why}`);
    else report.case(name, 'skipped', why);
    if (strict) {
      plain++;
      if (told === '') held++;
    }
  }
  if (only === undefined) {
    const share = ((held / plain) * 100).toFixed(1);
    const text = `of the ${plain} cases in files that are strict JSON, ${held} hold (${share} %)`;
    report.note(text, { event: 'share', cases: plain, held });
  }
  if (count !== CASES) report.case('all cases', 'failed', `${count} were read instead of ${CASES}`);
  for (const name of unknown) report.case(name, 'failed', 'is excluded, but there is no such case');
}

interface Case {
  readonly name: string;
  readonly file: string;
  readonly stated: JsonObject;
  /** Its file is JSON as JSON.parse takes it; usual counts of the suite leave the others out. */
  readonly strict: boolean;
}

function* readCases(folder: string): Generator<Case> {
  for (const path of globSync('regression/*.json', { cwd: folder }).sort()) {
    const file = basename(path);
    const text = readFileSync(join(folder, path), 'latin1');
    const read = readJson(text);
    const strict = isStrict(text);
    const cases: readonly Json[] = Array.isArray(read) ? read : [read];
    for (const [index, stated] of cases.entries()) {
      if (stated instanceof JsonObject) yield { name: `${file.replace('.json', '')}#${index}`, file, stated, strict };
    }
  }
}

function isStrict(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** By the names under which the cases know them. */
function dataFiles(folder: string): ReadonlyMap<string, string> {
  const files = globSync('data/**/*', { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [`test-cases${path.slice(folder.length)}`, readFileSync(path, 'latin1')];
    }),
  );
}

/** '' = the case holds. */
function judge(stated: JsonObject, file: string, data: ReadonlyMap<string, string>, showLog: boolean): string {
  const expected = stated.object('expected');
  const files: RuleFiles = { files: new Map([[file, stated.lines('rules')], ...data]), entry: [file] };
  const loaded = loadRules(files);
  const refusal = expected.text('parser_error');
  if (refusal !== '')
    return loaded.ok ? `loads, but should say: ${refusal}` : refusalComplaint(refusal, loaded.problems);
  const log = expected.text('debug_log');
  const faulty = REFUSED_WHILE_RUNNING.find(([theirs]) => theirs.test(log))?.[1];
  if (faulty !== undefined && !loaded.ok && loaded.problems.some(({ code, text }) => faulty.test(`${code} ${text}`)))
    return '';
  if (!loaded.ok) return `does not load: ${loaded.problems.map(formatProblem).join(' / ')}`;
  const played = play(stated, loaded.ruleSet);
  const error = errorLog(played.outcome, played.log);
  if (showLog) console.log(played.log.text, error);
  return [
    statusComplaint(expected, played),
    logComplaint('debug', expected.text('debug_log'), played.log.text),
    logComplaint('error', expected.text('error_log'), error),
    logComplaint('audit', expected.text('audit_log'), auditLog(played.outcome, played.log)),
    played.outcome.failures.map(({ ruleId, text }) => `rule ${ruleId} failed: ${text}`).join(', '),
  ]
    .filter((text) => text !== '')
    .join('; ');
}

function refusalComplaint(expected: string, problems: readonly Problem[]): string {
  const ours = REFUSALS.find(([theirs]) => theirs.test(expected))?.[1];
  const line = /File: \S*\. Line: (\d+)\./.exec(expected)?.[1];
  const found = problems.some(
    (problem) =>
      ours?.test(`${problem.code} ${problem.text}`) === true && (line === undefined || problem.line === Number(line)),
  );
  return found ? '' : `should say: ${expected}; says: ${problems.map(formatProblem).join(' / ')}`;
}

function statusComplaint(expected: JsonObject, { status, location }: Played): string {
  const code = expected.text('http_code');
  const url = expected.text('redirect_url');
  if (code !== '' && code !== String(status)) return `answers ${status}, should ${code}`;
  return url !== '' && url !== location ? `redirects to ${location}, should to ${url}` : '';
}

function logComplaint(kind: string, pattern: string, log: string): string {
  if (pattern === '' || new RegExp(pcreToJavaScript(pattern), 'ms').test(log)) return '';
  return `the ${kind} log should hold /${pattern}/: ${log.slice(-500)}`;
}

/** The patterns use `\A` and `\z`, and escapes of signs that need none. */
function pcreToJavaScript(pattern: string): string {
  return pattern.replaceAll('\\A', '(?<![^])').replaceAll('\\z', '(?![^])');
}

function headersOf(message: JsonObject): (readonly [string, string])[] {
  // RFC 9112 5: white space around a value is none of it, and the codec in front of the engine takes it off.
  return message
    .object('headers')
    .entries.map(([name, value]) => [name, String(value).replace(/^[ \t]+|[ \t]+$/g, '')]);
}

function play(stated: JsonObject, ruleSet: RuleSet): Played {
  const log = new DebugLog();
  for (const { id, by } of removedRules(ruleSet)) {
    const words = /ById$/i.test(by) ? 'an SecRuleRemove' : `a ${by}`;
    log.write(9, `Skipped rule id '${id}'. Removed by ${words} directive.`);
  }
  const client = stated.object('client');
  const server = stated.object('server');
  const started = process.hrtime.bigint();
  const engine = ruleSet.engine ?? 'detect';
  const transaction = ruleSet.begin(
    {
      clientAddress: client.text('ip'),
      clientPort: Number(client.text('port')),
      serverAddress: server.text('ip'),
      serverPort: Number(server.text('port')),
      engine,
    },
    {
      nowMicros: Date.now() * 1000,
      uniqueId: `${Math.floor(Date.now() / 1000)}.${process.pid}`,
      variables: new Map([
        ...Object.entries(process.env).map(([key, value]): [string, string] => [key, value ?? '']),
        ['MODSECURITY', 'ModSecurity regression tests'],
      ]),
      elapsedMicros: () => Number((process.hrtime.bigint() - started) / 1000n),
      observer: log,
    },
  );
  const status = { code: 200, location: '' };
  const obey = (decision: Decision): boolean => {
    if (decision.kind === 'continue' || decision.kind === 'overBudget') return false;
    status.code = decision.kind === 'drop' ? 403 : decision.status;
    if (decision.kind === 'redirect') status.location = decision.location;
    return true;
  };
  const refuse = (body: string, limit: number, action: string | undefined): boolean => {
    if (engine !== 'on' || action !== 'reject' || body.length <= limit) return false;
    status.code = 403;
    return true;
  };
  const request = stated.object('request');
  const response = stated.object('response');
  const requestBody = request.lines('body');
  const responseBody = response.lines('body');
  const steps: (() => boolean)[] = [
    () =>
      obey(
        transaction.requestHead({
          method: request.text('method') || 'GET',
          target: request.text('uri') || '/',
          protocol: `HTTP/${request.text('http_version') || '1.1'}`,
          fields: headersOf(request),
        }),
      ),
    () => obey(transaction.requestBody(requestBody, true)),
    () => refuse(requestBody, ruleSet.requestBodyLimit, ruleSet.requestBodyLimitAction),
  ];
  const refused = steps.some((step) => step());
  const head = obey(
    transaction.responseHead({
      status: status.code,
      protocol: response.text('protocol') || 'HTTP/1.1',
      fields: headersOf(response),
    }),
  );
  if (!refused && !head && !refuse(responseBody, ruleSet.responseBodyLimit, ruleSet.responseBodyLimitAction))
    obey(transaction.responseBody(responseBody, true));
  const outcome = transaction.log();
  return { status: status.code, location: status.location, log, outcome };
}
