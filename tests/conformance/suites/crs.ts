import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { formatProblem } from '@seawall/faults';
import {
  ENGINE_CONFIGURATION,
  loadRules,
  type Match,
  type ResponseHead,
  type RuleSet,
  type Transaction,
} from '@seawall/seclang';
import { readCases, type CrsCase, type Stage } from './crs-cases.ts';
import { requestOf, type Request } from './crs-request.ts';
import type { Report, Result } from './report.ts';

// Runs the regression tests of OWASP CRS 4 or 3.3 against the engine in this process, in detection mode at paranoia 4. With `blocking` each
// test's request is sent in blocking mode at that paranoia level instead, and the question is whether it is refused exactly when the
// points of the rules that matched reach the threshold. What needs a server is skipped, with the reason.

export interface CrsRun {
  /** Folder of *.conf and *.data; crs-setup.conf(.example) is beside it or in it. */
  readonly rules: string;
  readonly tests: string;
  /** Only the tests of this rule, or one test. */
  readonly only?: string | undefined;
  /** Paranoia level, 1 to 4. */
  readonly blocking?: number;
}

const settingsFor = (level: number): string => String.raw`
SecAction "id:9990001,phase:1,pass,nolog,\
  setvar:tx.blocking_paranoia_level=${level},setvar:tx.detection_paranoia_level=${level},\
  setvar:tx.paranoia_level=${level},setvar:tx.executing_paranoia_level=${level},\
  setvar:tx.arg_name_length=100,setvar:tx.arg_length=400,setvar:tx.total_arg_length=64000,setvar:tx.max_num_args=255,\
  setvar:tx.max_file_size=64100,setvar:tx.combined_file_sizes=65535,setvar:tx.crs_validate_utf8_encoding=1"
`;

/** Tests whose verdict depends on what the server in front makes of the request. */
const SERVER_DECIDES: Readonly<Record<string, string>> = {
  '920181-1': 'expects the server to drop Content-Length where Transfer-Encoding stands',
  '920620-1': 'expects the server to join two Content-Type fields',
  '921140-1': 'expects the server to refuse a bare CR before the rules see it',
};

interface Verdict {
  readonly result: Result;
  readonly text: string;
}

function loadFolder(folder: string, level: number): RuleSet {
  const files = new Map([
    ['engine.conf', ENGINE_CONFIGURATION],
    ['settings.conf', settingsFor(level)],
  ]);
  const setup = ['crs-setup.conf', 'crs-setup.conf.example']
    .flatMap((name) => [join(folder, name), join(folder, '..', name)])
    .find((path) => existsSync(path));
  if (setup !== undefined) files.set('setup.conf', readFileSync(setup, 'latin1'));
  for (const name of readdirSync(folder)) {
    if (/\.(?:conf|data)$/.test(name)) files.set(`rules/${name}`, readFileSync(join(folder, name), 'latin1'));
  }
  const entry = ['engine.conf', ...(setup === undefined ? [] : ['setup.conf']), 'settings.conf', 'rules/*.conf'];
  const loaded = loadRules({ files, entry });
  if (loaded.ok) return loaded.ruleSet;
  throw new Error(`the rules do not load:\n${loaded.problems.map(formatProblem).join('\n')}`);
}

/** The answer of the suite's backend: `/reflect` says what it is told to say, everything else is an empty 200. */
function responseTo({ head, body }: Request): { readonly head: ResponseHead; readonly body: string } {
  const answer = (status: number, fields: [string, string][], text: string) => ({
    head: {
      status,
      protocol: 'HTTP/1.1',
      fields: [...fields, ['Content-Length', String(text.length)]] as [string, string][],
    },
    body: text,
  });
  if (head.method !== 'POST' || !/^\/reflect(?:[/?]|$)/.test(head.target)) return answer(200, [], '');
  try {
    const spec = JSON.parse(Buffer.from(body, 'latin1').toString('utf8')) as {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      readonly encodedBody?: string;
    };
    const bytes = spec.body ? Buffer.from(spec.body, 'utf8') : Buffer.from(spec.encodedBody ?? '', 'base64');
    const fields = Object.entries(spec.headers ?? {});
    if (!fields.some(([name]) => name.toLowerCase() === 'content-type'))
      fields.push(['Content-Type', 'text/html; charset=utf-8']);
    return answer(spec.status ?? 200, fields, bytes.toString('latin1'));
  } catch {
    // As the backend does with a specification that is no JSON.
    return answer(400, [['Content-Type', 'text/plain; charset=utf-8']], 'Invalid JSON in request body');
  }
}

/** One line a match, in the bracketed form that the tests' patterns expect. */
function logLine(match: Match): string {
  const targets = match.places.map((place) => place.target).join(' ');
  const tags = match.tags.map((tag) => `[tag "${tag}"]`).join(' ');
  return `Warning. Matched "${match.operator}" at ${targets}. [file "${basename(match.file)}"] [line "${match.line}"] [id "${match.ruleId}"] [msg "${match.message}"] [data "${match.logdata}"] [severity "${match.severity ?? ''}"] [ver "${match.version}"] ${tags}`;
}

function begin(ruleSet: RuleSet, engine: 'on' | 'detect'): Transaction {
  return ruleSet.begin(
    { clientAddress: '127.0.0.1', clientPort: 40000, serverAddress: '127.0.0.1', serverPort: 80, engine },
    { nowMicros: 1_700_000_000_000_000, uniqueId: '1a2b3c4d' },
  );
}

function runStage(ruleSet: RuleSet, request: Request): { readonly lines: string[]; readonly failures: string[] } {
  const transaction = begin(ruleSet, 'detect');
  transaction.requestHead(request.head);
  transaction.requestBody(request.body, true);
  const response = responseTo(request);
  transaction.responseHead(response.head);
  transaction.responseBody(response.body, true);
  const outcome = transaction.log();
  return {
    lines: outcome.matches.filter((match) => match.logged).map(logLine),
    failures: outcome.failures.map(({ ruleId, text }) => `rule ${ruleId} failed: ${text}`),
  };
}

/** The tests' patterns are RE2's; a flag group in front is all that JavaScript does not take. */
function pattern(text: string): RegExp {
  return new RegExp(text.replace(/^\(\?s\)/, ''), 's');
}

function judge(ruleSet: RuleSet, { input, output }: Stage, era: 3 | 4): Verdict {
  const { log, log_contains: wanted, no_log_contains: unwanted } = output;
  if (log === undefined && wanted === undefined && unwanted === undefined) {
    return { result: 'skipped', text: `asserts only ${Object.keys(output).join(', ') || 'nothing'}: needs a server` };
  }
  const { lines, failures } = runStage(ruleSet, requestOf(input, era));
  const ids = new Set(lines.map((line) => Number(/\[id "(\d+)"\]/.exec(line)?.[1])));
  const wrong = [...failures];
  for (const id of log?.expect_ids ?? []) if (!ids.has(id)) wrong.push(`${id} did not match`);
  for (const id of log?.no_expect_ids ?? []) if (ids.has(id)) wrong.push(`${id} matched: ${lineOf(lines, id)}`);
  const all = lines.join('\n');
  for (const text of [log?.match_regex, wanted])
    if (text !== undefined && !pattern(text).test(all)) wrong.push(`nothing matches ${text}`);
  for (const text of [log?.no_match_regex, unwanted])
    if (text !== undefined && pattern(text).test(all)) wrong.push(`something matches ${text}`);
  if (wrong.length === 0) return { result: 'passed', text: '' };
  return { result: 'failed', text: `${wrong.join('; ')} (matched: ${[...ids].join(' ')})` };
}

/** The inbound evaluation rules of CRS 4 (early and ordinary) and 3.3. */
const EVALUATION = [949_110, 949_111];

function judgeBlocking(ruleSet: RuleSet, request: Request): Verdict {
  const transaction = begin(ruleSet, 'on');
  transaction.requestHead(request.head);
  transaction.requestBody(request.body, true);
  const { decision, matches, inboundScore, inboundThreshold, failures } = transaction.log();
  const refusedBy = decision.kind === 'deny' ? decision.rule.ruleId : 0;
  if (refusedBy >= 200_000 && refusedBy < 200_010) {
    return { result: 'skipped', text: `rule ${refusedBy} refused the body before the score counted` };
  }
  const points = matches.filter(({ phase }) => phase <= 2).reduce((sum, { score }) => sum + score, 0);
  const refused = EVALUATION.includes(refusedBy);
  const right = refused === points >= inboundThreshold && inboundScore === points && failures.length === 0;
  const text = `points ${points}, score ${inboundScore}, threshold ${inboundThreshold}, decision ${decision.kind} ${refusedBy}`;
  return right ? { result: 'passed', text } : { result: 'failed', text };
}

function lineOf(lines: readonly string[], id: number): string {
  return lines.find((line) => line.includes(`[id "${id}"]`))?.slice(0, 300) ?? '';
}

function runCase(ruleSet: RuleSet, { name, stages, era }: CrsCase, blocking: boolean): Verdict {
  const decided = SERVER_DECIDES[name];
  if (decided !== undefined && !blocking) return { result: 'skipped', text: decided };
  let verdict: Verdict = { result: 'skipped', text: 'has no stage' };
  for (const stage of stages) {
    verdict = blocking ? judgeBlocking(ruleSet, requestOf(stage.input, era)) : judge(ruleSet, stage, era);
    if (verdict.result === 'failed') return verdict;
  }
  return verdict;
}

export function runCrs({ rules, tests, only, blocking }: CrsRun, report: Report): void {
  const ruleSet = loadFolder(rules, blocking ?? 4);
  const facts = { version: ruleSet.version, ...(blocking === undefined ? {} : { level: blocking }) };
  const place = blocking === undefined ? '' : ` at paranoia ${blocking}`;
  for (const test of readCases(tests)) {
    if (only !== undefined && test.name !== only && !test.name.startsWith(`${only}-`)) continue;
    const { result, text } = runCase(ruleSet, test, blocking !== undefined);
    report.case(`${test.name}${place}`, result, text, facts);
  }
}
