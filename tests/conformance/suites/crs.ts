import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatProblem } from '@seawall/faults';
import { ENGINE_CONFIGURATION, loadRules, type RuleSet } from '@seawall/seclang';
import type { Stage } from '../../../apps/cli/src/rule-cases/case-files.ts';
import { beginCase, SERVER_DECIDES } from '../../../apps/cli/src/rule-cases/crs-conditions.ts';
import { requestOf, type Request } from '../../../apps/cli/src/rule-cases/crs-request.ts';
import { logLine } from '../../../apps/cli/src/rule-cases/log-verdict.ts';
import { reflect } from '../../../apps/cli/src/rule-cases/reflection.ts';
import { chosenCases, type CrsCase } from './crs-cases.ts';
import { suiteSettings } from './crs-settings.ts';
import { asksTheLog, complaintsOf } from './crs-verdict.ts';
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

interface Verdict {
  readonly result: Result;
  readonly text: string;
}

function loadFolder(folder: string, level: number): RuleSet {
  const files = new Map([
    ['engine.conf', ENGINE_CONFIGURATION],
    ['settings.conf', suiteSettings(level)],
  ]);
  const setup = setupFile(folder);
  if (setup !== undefined) files.set('setup.conf', readFileSync(setup, 'latin1'));
  for (const name of readdirSync(folder)) {
    if (/\.(?:conf|data)$/.test(name)) files.set(`rules/${name}`, readFileSync(join(folder, name), 'latin1'));
  }
  const entry = ['engine.conf', ...(setup === undefined ? [] : ['setup.conf']), 'settings.conf', 'rules/*.conf'];
  const loaded = loadRules({ files, entry });
  if (loaded.ok) return loaded.ruleSet;
  throw new Error(`the rules do not load:\n${loaded.problems.map(formatProblem).join('\n')}`);
}

/** crs-setup.conf, or its example, in a folder of rules or beside it. */
export function setupFile(folder: string): string | undefined {
  return ['crs-setup.conf', 'crs-setup.conf.example']
    .flatMap((name) => [join(folder, name), join(folder, '..', name)])
    .find((path) => existsSync(path));
}

function runStage(ruleSet: RuleSet, request: Request): { readonly lines: string[]; readonly failures: string[] } {
  const transaction = beginCase(ruleSet, 'detect');
  transaction.requestHead(request.head);
  transaction.requestBody(request.body, true);
  const { status, fields, body } = reflect(request.head.method, request.head.target, request.body);
  const length = ['Content-Length', String(body.length)] as const;
  transaction.responseHead({ status, protocol: 'HTTP/1.1', fields: [...fields, length] });
  transaction.responseBody(body, true);
  const outcome = transaction.log();
  return {
    lines: outcome.matches.filter((match) => match.logged).map(logLine),
    failures: outcome.failures.map(({ ruleId, text }) => `rule ${ruleId} failed: ${text}`),
  };
}

function judge(ruleSet: RuleSet, stage: Stage, era: 3 | 4): Verdict {
  if (!asksTheLog(stage)) return { result: 'skipped', text: `asserts only ${Object.keys(stage.output).join(', ')}` };
  const { lines, failures } = runStage(ruleSet, requestOf(stage.input, era));
  const wrong = [...failures, ...complaintsOf(stage, { lines, status: undefined })];
  return { result: wrong.length === 0 ? 'passed' : 'failed', text: wrong.join('; ') };
}

/** The inbound evaluation rules of CRS 4 (early and ordinary) and 3.3. */
const EVALUATION = [949_110, 949_111];

function judgeBlocking(ruleSet: RuleSet, request: Request): Verdict {
  const transaction = beginCase(ruleSet, 'on');
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
  for (const test of chosenCases(tests, only)) {
    const { result, text } = runCase(ruleSet, test, blocking !== undefined);
    report.case(`${test.name}${place}`, result, text, facts);
  }
}
