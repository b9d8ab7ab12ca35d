import type { RoutePolicy, Verdict } from '@seawall/contract';
import type { Outcome } from '@seawall/seclang';
import { nowMicros } from '../../clock.ts';
import { auditOutcome } from '../audit/audit-outcome.ts';
import type { After, HttpExchange } from '../exchange.ts';
import { hasFinding, type OwnRule, ownFinding, outcomeFinding } from '../finding.ts';
import { commitFinding } from '../gateway.ts';
import { Inspection, type Judgement, type Step } from '../inspect.ts';
import type { PolicyView } from '../policy-view.ts';
import { leadIsResponse } from '../rules-view.ts';
import type { Trace } from '../trace.ts';
import { findingInput } from './finding-input.ts';
import { sendRefusal } from './refuse.ts';

export function beginInspection(exchange: HttpExchange, route: RoutePolicy): void {
  const enforcing = exchange.enforcing && exchange.diverted === undefined;
  exchange.inspection = openInspection(exchange, { view: exchange.view, trace: exchange.trace, route, enforcing });
}

interface About {
  /** The policy that holds: an exchange keeps the one it began with, each WebSocket message takes the newest. */
  readonly view: PolicyView;
  readonly trace: Trace;
  readonly route: RoutePolicy;
  readonly enforcing: boolean;
}

/** A transaction of the route's rules about this client; undefined when there are no such rules. */
export function openInspection(
  { client, gateway }: HttpExchange,
  { view, trace, route, enforcing }: About,
): Inspection | undefined {
  const ruleSet = view.ruleSets.get(route.ruleSet);
  if (ruleSet === undefined) return undefined;
  return new Inspection({
    ruleSet,
    ruleSetName: route.ruleSet,
    facts: {
      clientAddress: trace.address,
      clientPort: client.port,
      serverAddress: client.localAddress,
      serverPort: client.localPort,
      engine: enforcing ? 'on' : 'detect',
    },
    nowMicros: trace.startedMicros,
    uniqueId: trace.id,
    workBudget: gateway.limits.workBudget,
    maxInlineBytes: gateway.limits.maxInlineBytes,
    collections: gateway.collections,
    thread: gateway.thread,
  });
}

/** Undefined = go on; a promise only when there is something to wait for. */
export function judge(exchange: HttpExchange, step: Step): Promise<After | undefined> | undefined {
  const judgement = exchange.inspection?.step(step);
  if (judgement === undefined) return undefined;
  if (judgement instanceof Promise) return judgement.then((judged) => obeyJudgement(exchange, judged));
  return judgement.kind === 'continue' ? undefined : obeyJudgement(exchange, judgement);
}

async function obeyJudgement(exchange: HttpExchange, judgement: Judgement): Promise<After | undefined> {
  if (judgement.kind === 'continue' || judgement.kind === 'overBudget') return undefined;
  if (judgement.kind === 'failed' || judgement.kind === 'ruleFailed') {
    return inspectionFailed(exchange, judgement.reason);
  }
  if (!exchange.enforcing || exchange.diverted !== undefined) return undefined;
  return block(exchange, judgement.kind === 'drop');
}

async function block(exchange: HttpExchange, drop: boolean): Promise<After> {
  const { trace } = exchange;
  trace.status = drop ? 0 : 403;
  trace.verdict = 'blocked';
  const outcome = await closeInspection(exchange, 'blocked');
  const direction = exchange.answer === undefined ? 'request' : 'response';
  const done =
    direction === 'request' ? 'The request was stopped; the service saw nothing of it.' : 'The answer was held back.';
  const input = { ...findingInput(exchange, 'seclang', 'blocked', done, { outcome }), direction } as const;
  const finding =
    (outcome && outcomeFinding(input, outcome)) ??
    ownFinding(input, { ...UNNAMED_BLOCK, title: 'A rule that is not logged stopped this' }, outcome);
  await commitFinding(exchange.gateway, trace, finding);
  if (drop) return 'destroy';
  return sendRefusal(exchange, 403, finding.id);
}

export async function inspectionFailed(exchange: HttpExchange, reason: string): Promise<After | undefined> {
  const closed = exchange.route?.onInspectionFailure === 'closed' && exchange.diverted === undefined;
  const noted = noteFailure(exchange, reason, closed);
  if (!closed) return undefined;
  await noted.committed;
  return sendRefusal(exchange, 403, noted.id);
}

function noteFailure(exchange: HttpExchange, reason: string, closed: boolean) {
  const { trace, gateway } = exchange;
  gateway.counters.count('inspection_failed');
  const verdict: Verdict = closed ? 'blocked' : exchange.diverted === undefined ? 'noted' : 'diverted';
  if (closed || trace.verdict === 'passed') trace.verdict = verdict;
  if (closed) trace.status = 403;
  const done = closed
    ? 'It was stopped: it could not be inspected as a whole.'
    : 'It was passed on without a whole inspection.';
  const finding = ownFinding(findingInput(exchange, 'gateway', verdict, done), {
    id: 'gateway/inspection-failed',
    name: 'inspection failed',
    family: 'other',
    severity: closed ? 'medium' : 'high',
    title: `Inspection failed: ${reason.slice(0, 200)}`,
  });
  return { id: finding.id, committed: commitFinding(gateway, trace, finding) };
}

/** Phase 5, once: changes of collections are shared, and what is to be noted is. */
export function closeInspection(exchange: HttpExchange, verdict?: Verdict): Logged {
  exchange.logged ??= { outcome: logInspection(exchange, verdict) };
  return exchange.logged.outcome;
}

/** A promise only while another thread inspects. */
type Logged = Outcome | undefined | Promise<Outcome | undefined>;

function logInspection(exchange: HttpExchange, verdict: Verdict | undefined): Logged {
  const { inspection } = exchange;
  if (inspection === undefined) return undefined;
  const logged = inspection.log();
  if (logged instanceof Promise) return logged.then((outcome) => noteOutcome(exchange, inspection, outcome, verdict));
  return noteOutcome(exchange, inspection, logged, verdict);
}

function noteOutcome(
  exchange: HttpExchange,
  inspection: Inspection,
  outcome: Outcome | undefined,
  verdict: Verdict | undefined,
): Outcome | undefined {
  const { trace, gateway } = exchange;
  if (outcome === undefined) {
    inspection.drop();
    return undefined;
  }
  shareOutcome(exchange, outcome);
  auditOutcome(exchange, trace, outcome);
  // Rules of phase 5 fail when the answer is on its way: that can only be told.
  if (outcome.failures.length > 0 && inspection.ruleFailure === undefined) {
    const [first] = outcome.failures;
    void noteFailure(exchange, `rule ${first?.ruleId}: ${first?.text}`, false).committed;
  }
  // Evidence is made for findings only: most transactions have nothing to say.
  if (verdict !== undefined || !hasFinding(outcome)) return outcome;
  const seen = exchange.diverted === undefined ? 'noted' : 'diverted';
  const done = seen === 'diverted' ? 'The request went to the decoy.' : 'It was noted and passed on.';
  const response = leadIsResponse(outcome);
  const input = findingInput(exchange, 'seclang', seen, done, { outcome, response });
  const finding = outcomeFinding({ ...input, direction: response ? 'response' : 'request' }, outcome);
  if (finding === undefined) return outcome;
  if (trace.verdict === 'passed') trace.verdict = seen;
  void commitFinding(gateway, trace, finding);
  return outcome;
}

export function shareOutcome(exchange: HttpExchange, outcome: Outcome): void {
  const { gateway } = exchange;
  if (outcome.failures.length > 0) gateway.counters.count('rule_failures', outcome.failures.length);
  if (outcome.collectionChanges.length === 0) return;
  const now = nowMicros();
  const changes = outcome.collectionChanges.map((change) => ({ change, nowMicros: now }));
  for (const change of changes) gateway.collections.apply(change);
  gateway.link.share(changes);
}

const UNNAMED_BLOCK: Omit<OwnRule, 'title'> = {
  id: 'gateway/blocked',
  name: 'blocked by an unlogged rule',
  family: 'other',
  severity: 'medium',
};
