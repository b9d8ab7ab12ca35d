import type { Match, Outcome, ResponseHead, RuleSet } from '@seawall/seclang';
import type { RuleCase, Stage } from './case-files.ts';
import { beginCase, SERVER_DECIDES } from './crs-conditions.ts';
import { requestOf, type Request } from './crs-request.ts';
import { logComplaints, logLine } from './log-verdict.ts';
import { reflect } from './reflection.ts';
import { exchangeWith, ORDINARY_PLACES, type ValueExchange } from './value-exchange.ts';

export interface CaseResult {
  readonly result: 'passed' | 'failed' | 'skipped';
  /** What happened, or why it was skipped. */
  readonly text: string;
}

const PASSED: CaseResult = { result: 'passed', text: '' };

/** Answers that servers give by themselves, to requests that they cannot read or that name nothing. */
const SERVER_STATUSES: ReadonlySet<number> = new Set([
  400, 404, 405, 408, 411, 413, 414, 415, 417, 426, 431, 500, 501, 505,
]);

/** Runs one case in this process: the rules decide alone, no server and no client stands beside them. */
export function runCase(ruleSet: RuleSet, one: RuleCase): CaseResult {
  switch (one.kind) {
    case 'stages': {
      const decided = SERVER_DECIDES[one.name];
      if (decided !== undefined) return { result: 'skipped', text: decided };
      return runStages(ruleSet, one.stages, one.era);
    }
    case 'value':
      return runValue(ruleSet, one);
    case 'ordinary': {
      const spoke = ORDINARY_PLACES.flatMap((place) => {
        const { matches, failures } = play(ruleSet, exchangeWith(place, one.value), 'detect');
        return matches.length + failures.length === 0 ? [] : [`in ${place}: ${idsOf(matches)} matched`];
      });
      return spoke.length === 0 ? PASSED : { result: 'failed', text: `${spoke.join('; ')}: ${quoted(one.value)}` };
    }
    default:
      return one satisfies never;
  }
}

function runValue(ruleSet: RuleSet, { rule, place, value, fires }: Extract<RuleCase, { kind: 'value' }>): CaseResult {
  const { matches, failures } = play(ruleSet, exchangeWith(place, value), 'detect');
  const wrong = failures.map((failure) => `rule ${failure.ruleId} failed: ${failure.text}`);
  const fired = matches.some(({ ruleId }) => ruleId === rule);
  if (fired !== fires) wrong.push(fires ? `${rule} did not match` : `${rule} matched`);
  if (wrong.length === 0) return PASSED;
  return { result: 'failed', text: `${wrong.join('; ')}: ${place} ${quoted(value)} (matched: ${idsOf(matches)})` };
}

function runStages(ruleSet: RuleSet, stages: readonly Stage[], era: 3 | 4): CaseResult {
  let last: CaseResult = { result: 'skipped', text: 'has no stage' };
  for (const stage of stages) {
    last = runStage(ruleSet, stage, era);
    if (last.result === 'failed') return last;
  }
  return last;
}

function runStage(ruleSet: RuleSet, { input, output }: Stage, era: 3 | 4): CaseResult {
  const { log, log_contains: wanted, no_log_contains: unwanted, status } = output;
  const request = requestOf(input, era);
  if (log !== undefined || wanted !== undefined || unwanted !== undefined) return runLog(ruleSet, request, output);
  if (status !== undefined) return runStatus(ruleSet, request, typeof status === 'number' ? [status] : status);
  return { result: 'skipped', text: `asserts only ${Object.keys(output).join(', ') || 'nothing'}: needs a server` };
}

/** In mode monitor, so that no rule keeps another from speaking. */
function runLog(ruleSet: RuleSet, request: Request, output: Stage['output']): CaseResult {
  const { matches, failures } = play(ruleSet, withAnswer(request), 'detect');
  const lines = matches.filter((match) => match.logged).map(logLine);
  const ids = new Set(matches.filter((match) => match.logged).map(({ ruleId }) => ruleId));
  const wrong = [
    ...failures.map(({ ruleId, text }) => `rule ${ruleId} failed: ${text}`),
    ...logComplaints(output, { ids, lines }),
  ];
  if (wrong.length === 0) return PASSED;
  return { result: 'failed', text: `${wrong.join('; ')} (matched: ${[...ids].join(' ') || 'nothing'})` };
}

/** In mode protect; a status that a server gives by itself cannot be judged here unless a rule gives it. */
function runStatus(ruleSet: RuleSet, request: Request, expected: readonly number[]): CaseResult {
  const exchange = withAnswer(request);
  const { decision, matches } = play(ruleSet, exchange, 'on');
  const refused = decision.kind === 'deny' || decision.kind === 'redirect';
  const status = refused ? decision.status : (exchange.answer?.head.status ?? 200);
  if (expected.includes(status)) return PASSED;
  if (expected.some((one) => SERVER_STATUSES.has(one))) {
    return {
      result: 'skipped',
      text: `expects status ${expected.join(' or ')}, which a server may give; the rules: ${status}`,
    };
  }
  return {
    result: 'failed',
    text: `status ${status} instead of ${expected.join(' or ')} (matched: ${idsOf(matches)})`,
  };
}

interface Played extends ValueExchange {
  readonly answer?: { readonly head: ResponseHead; readonly body: string };
}

function withAnswer(request: Request): Played {
  const { status, fields, body } = reflect(request.head.method, request.head.target, request.body);
  const length = ['Content-Length', String(body.length)] as const;
  return { ...request, answer: { head: { status, protocol: 'HTTP/1.1', fields: [...fields, length] }, body } };
}

function play(ruleSet: RuleSet, { head, body, message, response, answer }: Played, engine: 'on' | 'detect'): Outcome {
  const transaction = beginCase(ruleSet, engine);
  const given = answer ?? (response === undefined ? undefined : { head: PAGE, body: response });
  const steps = [
    () => transaction.requestHead(head),
    () => (message === undefined ? transaction.requestBody(body, true) : transaction.message(message, 'request')),
    ...(given === undefined
      ? []
      : [() => transaction.responseHead(given.head), () => transaction.responseBody(given.body, true)]),
  ];
  for (const step of steps) if (step().kind !== 'continue') break;
  return transaction.log();
}

const PAGE: ResponseHead = { status: 200, protocol: 'HTTP/1.1', fields: [['Content-Type', 'text/html']] };

function idsOf(matches: readonly Match[]): string {
  return [...new Set(matches.map(({ ruleId }) => ruleId))].join(' ') || 'nothing';
}

function quoted(value: string): string {
  return JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}…` : value);
}
