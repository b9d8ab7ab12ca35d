import type { RoutePolicy, ServicePolicy } from '@seawall/contract';
import type { RequestHead1 } from '@seawall/wire';
import { nowMicros } from '../../clock.ts';
import type { After, HttpExchange, ReadBody } from '../exchange.ts';
import { isLogin } from '../login.ts';
import { checkAccount } from './check-login.ts';
import { judge } from './judge.ts';
import { refuseOverLimit } from './refuse.ts';

const NOTHING = Buffer.alloc(0);

/** Reads what is to be inspected, judges it (phase 2), and looks whose log-in it is. At once when the body has come with its head. */
export function readBody(
  exchange: HttpExchange,
  head: RequestHead1,
  route: RoutePolicy,
  service: ServicePolicy,
): ReadBody | Promise<After | ReadBody> {
  const { inspection, trace, body } = exchange;
  const login = trace.mode !== 'off' && isLogin(service, head.method, trace.path);
  const wanted = inspection !== undefined && (login || inspection.ruleSet.needsRequestBody);
  const bodiless = head.framing.kind === 'none';
  const mayTake = !wanted || body.bytes <= route.maxInspectedBodyBytes;
  const whole = bodiless ? NOTHING : mayTake ? body.takeWhole() : undefined;
  if (whole === undefined && wanted) return collectAndJudge(exchange, head, route, login ? service : undefined);
  const read: ReadBody = { bytes: whole ?? NOTHING, complete: whole !== undefined };
  const stopped = judgeBody(exchange, route, wanted ? read : { bytes: NOTHING, complete: bodiless });
  if (stopped === undefined && !login) return read;
  return finish(exchange, read, stopped, login ? service : undefined);
}

async function collectAndJudge(
  exchange: HttpExchange,
  head: RequestHead1,
  route: RoutePolicy,
  login: ServicePolicy | undefined,
): Promise<After | ReadBody> {
  const collected = await collectBody(exchange, head, route);
  if (typeof collected === 'string') return collected;
  return finish(exchange, collected, judgeBody(exchange, route, collected), login);
}

function judgeBody(exchange: HttpExchange, route: RoutePolicy, read: ReadBody): Promise<After | undefined> | undefined {
  exchange.inspected = read.bytes;
  if (exchange.inspection === undefined) return undefined;
  const body = read.bytes.toString('latin1', 0, route.maxInspectedBodyBytes);
  return judge(exchange, { kind: 'requestBody', body, complete: read.complete });
}

async function finish(
  exchange: HttpExchange,
  read: ReadBody,
  stopping: Promise<After | undefined> | undefined,
  login: ServicePolicy | undefined,
): Promise<After | ReadBody> {
  const stopped = await stopping;
  if (stopped !== undefined) return stopped;
  const ordered = login === undefined ? undefined : await checkAccount(exchange, login, read.bytes);
  return ordered ?? read;
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
