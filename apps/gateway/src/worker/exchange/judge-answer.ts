import type { RoutePolicy } from '@seawall/contract';
import type { RequestHead1, ResponseHead1 } from '@seawall/wire';
import type { After, HttpExchange } from '../exchange.ts';
import type { Forwarded } from '../forward.ts';
import type { Inspection } from '../inspect.ts';
import { rulesAnswerHead } from '../rules-view.ts';
import { fieldValue } from '../source.ts';
import { decodeAnswer } from './decode-answer.ts';
import { judge } from './judge.ts';

const NOTHING = Buffer.alloc(0);

export type JudgedAnswer =
  | { readonly kind: 'stopped'; readonly after: After }
  | { readonly kind: 'passed'; readonly prefix: Buffer; readonly complete: boolean };

/** Phases 3 and 4. */
export function judgeAnswer(
  exchange: HttpExchange,
  head: RequestHead1,
  route: RoutePolicy,
  forwarded: Forwarded,
): JudgedAnswer | Promise<JudgedAnswer> {
  const { inspection } = exchange;
  if (inspection === undefined || !route.inspectResponse || inspection.failure !== undefined) return UNJUDGED;
  return inspectAnswer(exchange, inspection, { head, route, answer: forwarded.answer });
}

const UNJUDGED: JudgedAnswer = { kind: 'passed', prefix: NOTHING, complete: false };

interface Answered {
  readonly head: RequestHead1;
  readonly route: RoutePolicy;
  readonly answer: Forwarded['answer'];
}

async function inspectAnswer(
  exchange: HttpExchange,
  inspection: Inspection,
  { head, route, answer }: Answered,
): Promise<JudgedAnswer> {
  const early = await judgeAnswerHead(exchange, answer.head);
  if (early !== undefined) return { kind: 'stopped', after: early };
  if (!bodyInspected(head, answer.head.fields, inspection)) {
    return UNJUDGED;
  }
  const whole = answer.body.bytes <= route.maxInspectedResponseBytes ? answer.body.takeWhole() : undefined;
  const collected =
    whole === undefined ? await answer.body.collect(route.maxInspectedResponseBytes) : { bytes: whole, complete: true };
  const decoding = decodeAnswer(exchange, route, answer, collected);
  const readable = decoding instanceof Promise ? await decoding : decoding;
  if (readable === 'uninspected') return { kind: 'passed', prefix: collected.bytes, complete: collected.complete };
  if ('stopped' in readable) return { kind: 'stopped', after: readable.stopped };
  const inspected = readable.bytes.subarray(0, route.maxInspectedResponseBytes);
  exchange.answer = { head: answer.head.text, body: inspected, bytes: answer.body.bytes };
  if (!readable.complete) exchange.gateway.counters.count('response_prefix_inspected');
  const body = inspected.toString('latin1');
  const late = await judge(exchange, { kind: 'responseBody', body, complete: readable.complete });
  if (late !== undefined) return { kind: 'stopped', after: late };
  return { kind: 'passed', prefix: collected.bytes, complete: collected.complete };
}

/** Phase 3. */
export function judgeAnswerHead(exchange: HttpExchange, answer: ResponseHead1): Promise<After | undefined> | undefined {
  if (exchange.route?.inspectResponse !== true || exchange.diverted !== undefined) return undefined;
  exchange.answer = { head: answer.text, body: NOTHING, bytes: 0 };
  return judge(exchange, { kind: 'responseHead', head: rulesAnswerHead(answer) });
}

function bodyInspected(head: RequestHead1, fields: ResponseHead1['fields'], inspection: Inspection): boolean {
  if (!inspection.ruleSet.needsResponseBody || head.method === 'HEAD') return false;
  const type = (fieldValue(fields, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return inspection.ruleSet.responseMimeTypes.has(type);
}
