import type { Verdict } from '@seawall/contract';
import { Fault } from '@seawall/faults';
import type { Field, RequestHead1, Violation } from '@seawall/wire';
import { sendPage } from '../answer.ts';
import { makePage } from '../block-page.ts';
import type { After, HttpExchange } from '../exchange.ts';
import { ownFinding } from '../finding.ts';
import { commitFinding } from '../gateway.ts';
import { rulesHead } from '../rules-view.ts';
import { NO_REQUEST } from '../unreadable-request.ts';
import { findingInput } from './finding-input.ts';
import { beginInspection, closeInspection } from './judge.ts';

/** Violations that have a status of their own. */
const VIOLATION_STATUS: Readonly<Record<string, number>> = {
  'head-too-large': 431,
  'too-many-fields': 431,
  'start-line-too-long': 414,
};

function statusOf(breach: Violation | undefined, head: RequestHead1 | undefined): number {
  // A well-formed CONNECT names another host than Host does; this is no proxy for it either way.
  if (breach?.code === 'host-mismatch' && head?.targetForm === 'authority') return 405;
  return VIOLATION_STATUS[breach?.code ?? ''] ?? 400;
}

/** A message that cannot be passed on, in every mode; the rules see it as far as it was read: its head in phases 1 and 2, then phase 5. */
export async function refuseMessage(exchange: HttpExchange, violations: readonly Violation[]): Promise<After> {
  const { trace, route } = exchange;
  const breach = violations.find((violation) => !violation.forwardable) ?? violations[0];
  const status = statusOf(breach, exchange.head);
  trace.status = status;
  trace.verdict = 'blocked';
  exchange.gateway.counters.count('messages_refused');
  if (route !== undefined && route.mode !== 'off' && exchange.inspection === undefined) {
    beginInspection(exchange, route);
    await inspectHead(exchange);
  }
  const outcome = await closeInspection(exchange, 'blocked');
  const done = `The message was answered ${status} and the connection closed.`;
  const finding = ownFinding(
    findingInput(exchange, 'protocol', 'blocked', done, { outcome }),
    {
      id: `protocol/${breach?.code ?? 'unreadable'}`,
      name: breach?.code ?? 'unreadable',
      family: 'protocol',
      severity: 'medium',
      title: `Not a message that can be passed on: ${breach?.detail ?? 'it could not be read'}`,
    },
    outcome,
  );
  await commitFinding(exchange.gateway, trace, finding);
  await sendRefusal(exchange, status, finding.id);
  return 'close';
}

/** Most rules are of phase 2: without it nobody would be told what was in the target and the fields. */
async function inspectHead({ inspection, head }: HttpExchange): Promise<void> {
  if (inspection === undefined || head === undefined) return;
  const judged = await inspection.step({ kind: 'requestHead', head: rulesHead(head) });
  // After a disruption only `log` may follow.
  if (judged.kind !== 'continue' && judged.kind !== 'ruleFailed') return;
  await inspection.step({ kind: 'requestBody', body: '', complete: head.framing.kind === 'none' });
}

export async function refuseOverLimit(
  exchange: HttpExchange,
  status: number,
  id: string,
  title: string,
): Promise<After> {
  const { trace } = exchange;
  trace.status = status;
  trace.verdict = 'blocked';
  exchange.gateway.counters.count('over_limit');
  const done = `The request was answered ${status}.`;
  const finding = ownFinding(findingInput(exchange, 'limit', 'blocked', done), {
    id,
    name: title,
    family: 'protocol',
    severity: 'low',
    title,
  });
  await commitFinding(exchange.gateway, trace, finding);
  return sendRefusal(exchange, status, finding.id);
}

/** What went wrong becomes an answer, when there can still be one. */
export async function answerFailure(exchange: HttpExchange, error: unknown): Promise<After> {
  const { trace, client } = exchange;
  const known = error instanceof Fault ? error : undefined;
  if (known?.code === 'gateway.framing') {
    const { violation } = known.context as { violation: Violation }; // made in connection.ts
    return refuseMessage(exchange, [violation]);
  }
  exchange.gateway.counters.count(known === undefined ? 'exchange_errors' : `faults_${known.code.replace(/\W/g, '_')}`);
  trace.verdict = trace.verdict === 'passed' || trace.verdict === 'noted' ? 'failed' : trace.verdict;
  exchange.upstream?.destroy();
  if (exchange.gone || client.answered || known?.code === 'gateway.client-gone') return 'destroy';
  return refuseWith(exchange, known?.row.status ?? 502, trace.verdict);
}

export function refuseWith(
  exchange: HttpExchange,
  status: number,
  verdict: Verdict,
  extra: readonly Field[] = [],
  retryAfterSeconds?: number,
): Promise<After> {
  exchange.trace.verdict = verdict;
  return sendRefusal(exchange, status, exchange.trace.id, extra, retryAfterSeconds);
}

export async function sendRefusal(
  exchange: HttpExchange,
  status: number,
  incident: string,
  extra: readonly Field[] = [],
  retryAfterSeconds?: number,
): Promise<After> {
  const { client, trace, head } = exchange;
  trace.status = status;
  if (client.answered || exchange.gone) return 'destroy';
  client.answered = true;
  const accept = head?.fields ?? [];
  const page = makePage({
    status,
    incident,
    accept,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
  if (head !== undefined && isSimpleRequest(head)) {
    await client.write(page.body);
    trace.bytesOut = page.body.length;
    return 'close';
  }
  const keep = head?.forwardable === true && head.keepAlive && client.mayKeep && exchange.body.ended;
  const request = head ?? NO_REQUEST;
  const fields = [...page.fields, ...extra];
  trace.bytesOut = await sendPage(client, { ...page, fields }, { request, keep });
  return keep ? 'keep' : 'close';
}

/** RFC 1945, 4.1: a request of HTTP/0.9 is method and target alone, and who sends it knows of no head in an answer. */
function isSimpleRequest({ method, target, version, violations }: RequestHead1): boolean {
  const codes = violations.map(({ code }) => code);
  return (
    method === 'GET' &&
    target !== '' &&
    version === '' &&
    codes.includes('version-missing') &&
    !codes.includes('target-space') &&
    // The version may stand behind what was read of the line.
    !codes.includes('start-line-too-long')
  );
}
