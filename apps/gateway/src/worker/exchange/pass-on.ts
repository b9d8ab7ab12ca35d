import type { RoutePolicy, ServicePolicy } from '@seawall/contract';
import { Fault } from '@seawall/faults';
import type { Field, Framing, RequestHead1 } from '@seawall/wire';
import type { After, HttpExchange, ReadBody } from '../exchange.ts';
import { forwardToDecoy, forwardToService, type Outgoing } from '../forward.ts';
import { type ForwardOptions, requestHead } from '../forward-fields.ts';
import { divertedField as sealedField } from '../orders.ts';
import { noteLogin } from './check-login.ts';
import { judgeAnswer } from './judge-answer.ts';
import { refuseWith } from './refuse.ts';
import { relay } from './relay.ts';
import { TOLD_BY_ANYBODY } from '../trusted-proxies.ts';

const NOTHING = Buffer.alloc(0);

/** To the service, or to the decoy; then the answer, judged and relayed. */
export async function passOn(
  exchange: HttpExchange,
  head: RequestHead1,
  route: RoutePolicy,
  service: ServicePolicy,
  read: ReadBody,
): Promise<After> {
  const { gateway, view, trace } = exchange;
  if (!read.complete) {
    // The service need not see the beginning of what has no end.
    if (exchange.body.error !== undefined) throw exchange.body.error;
    exchange.client.wantBody();
  }
  const wanted = outgoing(exchange, head, route, read);
  if (exchange.diverted !== undefined) return divert(exchange, head, service, wanted);
  const forwarded = await forwardToService(gateway, view, service, wanted, trace);
  trace.status = forwarded.answer.head.status;
  const judging = judgeAnswer(exchange, head, route, forwarded);
  const judged = judging instanceof Promise ? await judging : judging;
  if (judged.kind === 'stopped') {
    forwarded.connection.destroy();
    return judged.after;
  }
  if (exchange.account !== undefined) await noteLogin(exchange, service);
  return relay(exchange, head, forwarded, judged.prefix, judged.complete);
}

async function divert(
  exchange: HttpExchange,
  head: RequestHead1,
  service: ServicePolicy,
  outgoing: Outgoing,
): Promise<After> {
  const { gateway, trace } = exchange;
  const decoy = exchange.view.parts.decoy.upstream;
  trace.verdict = 'diverted';
  try {
    if (decoy === undefined) return await decoyDown(exchange);
    const forwarded = await forwardToDecoy(gateway, decoy, outgoing, trace, service);
    trace.status = forwarded.answer.head.status;
    return await relay(exchange, head, forwarded, NOTHING, false);
  } catch (error) {
    if (!(error instanceof Fault) || error.row.source !== 'upstream' || exchange.client.answered) throw error;
    return decoyDown(exchange);
  }
}

/** The source may not reach the service, and there is nobody else to answer. */
export function decoyDown(exchange: HttpExchange): Promise<After> {
  exchange.gateway.counters.count('decoy_down');
  return refuseWith(exchange, 403, 'blocked');
}

export function outgoing(
  exchange: HttpExchange,
  head: RequestHead1,
  route: RoutePolicy | undefined,
  read: ReadBody,
  own?: ForwardOptions['own'],
): Outgoing {
  const plainAnswer =
    exchange.inspection !== undefined && route?.inspectResponse === true && exchange.diverted === undefined;
  const diverted = divertedField(exchange);
  const target =
    head.targetForm === 'origin'
      ? head.target
      : head.target === '*'
        ? '*'
        : exchange.trace.path + (head.target.includes('?') ? `?${exchange.trace.query}` : '');
  const whole = read.complete;
  const framing: Framing =
    whole && head.framing.kind === 'chunked' ? { kind: 'length', bytes: read.bytes.length } : head.framing;
  return {
    method: head.method,
    head: (upstream) =>
      requestHead(head, {
        method: head.method,
        target,
        framing,
        address: exchange.client.address,
        told: exchange.view.trustedProxies?.toldBy(exchange.client.address) ?? TOLD_BY_ANYBODY,
        plainAnswer,
        diverted,
        fallbackHost: `${upstream.address}:${upstream.port}`,
        ...(own === undefined ? {} : { own }),
      }),
    framing,
    prefix: read.bytes,
    rest: whole ? undefined : exchange.body,
    onConnection: (connection) => {
      exchange.upstream = connection;
      if (exchange.gone) connection.destroy();
    },
  };
}

function divertedField(exchange: HttpExchange): Field | undefined {
  const { diverted, trace, view, service } = exchange;
  if (diverted === undefined) return undefined;
  const { source, id, address } = trace;
  const reason = `action ${diverted.action}`;
  return sealedField({ source, service: service?.name ?? '', exchange: id, address, reason }, view.parts.decoy.secret);
}
