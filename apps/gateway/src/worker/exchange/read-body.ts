import type { RoutePolicy, ServicePolicy } from '@seawall/contract';
import type { RequestHead1 } from '@seawall/wire';
import { nowMicros } from '../../clock.ts';
import type { After, HttpExchange, ReadBody } from '../exchange.ts';
import { isLogin } from '../login.ts';
import { checkAccount } from './check-login.ts';
import { judge } from './judge.ts';
import { refuseOverLimit } from './refuse.ts';

const NOTHING = Buffer.alloc(0);

/** Reads what is to be inspected, judges it (phase 2), and looks whose log-in it is. */
export async function readBody(
  exchange: HttpExchange,
  head: RequestHead1,
  route: RoutePolicy,
  service: ServicePolicy,
): Promise<After | ReadBody> {
  const { inspection, trace } = exchange;
  const login = trace.mode !== 'off' && isLogin(service, head.method, trace.path);
  const wanted = inspection !== undefined && (login || inspection.ruleSet.needsRequestBody);
  let read: ReadBody = { bytes: NOTHING, complete: head.framing.kind === 'none' };
  if (wanted && head.framing.kind !== 'none') {
    const collected = await collectBody(exchange, head, route);
    if (typeof collected === 'string') return collected;
    read = collected;
  }
  exchange.inspected = read.bytes;
  const text = read.bytes.subarray(0, route.maxInspectedBodyBytes).toString('latin1');
  const stopped = await judge(exchange, { kind: 'requestBody', body: text, complete: read.complete });
  if (stopped !== undefined) return stopped;
  if (login) {
    const ordered = await checkAccount(exchange, service, read.bytes);
    if (ordered !== undefined) return ordered;
  }
  return read;
}

async function collectBody(exchange: HttpExchange, head: RequestHead1, route: RoutePolicy): Promise<After | ReadBody> {
  const max = route.maxInspectedBodyBytes;
  const rejects = route.bodyOverLimit === 'reject' && exchange.enforcing && exchange.diverted === undefined;
  const tooLarge = (): Promise<After> =>
    refuseOverLimit(exchange, 413, 'limit/body', 'The body of the request is larger than what is inspected');
  if (rejects && head.framing.kind === 'length' && head.framing.bytes > max) return tooLarge();
  const started = nowMicros();
  exchange.client.wantBody();
  const collected = await exchange.body.collect(max);
  exchange.trace.waitMicros += nowMicros() - started;
  if (collected.complete || !rejects) return collected;
  return tooLarge();
}
