import type { ServicePolicy } from '@seawall/contract';
import { CHUNK_TAIL, chunkHead, type Framing, lastChunk } from '@seawall/wire';
import { Fault } from '@seawall/faults';
import { fault } from '../faults.ts';
import { nowMicros } from '../clock.ts';
import type { IncomingBody } from './body.ts';
import type { Gateway } from './gateway.ts';
import type { PolicyView } from './policy-view.ts';
import type { Trace } from './trace.ts';
import type { Answer, Target, UpstreamConnection } from './upstream.ts';

/** A request as it goes upstream: written anew from what was inspected. */
export interface Outgoing {
  readonly method: string;
  /** Its head as it is written to this target, latin1. */
  head(upstream: Target): string;
  readonly framing: Framing;
  /** What was read for inspection. */
  readonly prefix: Buffer;
  /** What is still to come; undefined when `prefix` is all. */
  readonly rest: IncomingBody | undefined;
  /** Told which connection is used, so that it can be closed when the client goes away. */
  onConnection(connection: UpstreamConnection): void;
}

export interface Forwarded {
  readonly answer: Answer;
  readonly connection: UpstreamConnection;
  /** Resolves when the request was written to its end; to false when that was not possible. No promise when it was written at once. */
  readonly sent: Promise<boolean> | boolean;
}

const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** A request up to this is written as one text: no buffer is made, and it fits the stack of Node's socket. */
const MAX_TEXT = 15_000;

interface Timeouts {
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
}

/** To one instance of the service: round robin, the next one when connecting fails. */
export async function forwardToService(
  gateway: Gateway,
  view: PolicyView,
  service: ServicePolicy,
  outgoing: Outgoing,
  trace: Trace,
): Promise<Forwarded> {
  let last: unknown;
  for (const upstream of gateway.balancer.candidates(service, view.orders, Date.now())) {
    trace.instance = upstream.instance;
    try {
      const forwarded = await attempt(gateway, upstream, outgoing, trace, service);
      gateway.balancer.worked(service.name, upstream.instance);
      return forwarded;
    } catch (error) {
      last = error;
      if (!isUnreachable(error)) throw error;
      gateway.balancer.failed(service.name, upstream.instance, Date.now());
    }
  }
  throw last ?? fault('gateway.upstream-unreachable', { service: service.name });
}

export function forwardToDecoy(
  gateway: Gateway,
  decoy: Target,
  outgoing: Outgoing,
  trace: Trace,
  timeouts: Timeouts,
): Promise<Forwarded> {
  trace.instance = 'decoy';
  return attempt(gateway, decoy, outgoing, trace, timeouts);
}

async function attempt(
  gateway: Gateway,
  target: Target,
  outgoing: Outgoing,
  trace: Trace,
  timeouts: Timeouts,
): Promise<Forwarded> {
  const idempotent = IDEMPOTENT.has(outgoing.method);
  const waiting = gateway.pool.reuse(target, idempotent);
  if (waiting !== undefined) {
    try {
      return await exchange(waiting, outgoing, trace, timeouts);
    } catch (error) {
      // RFC 9110, 9.2.2: a connection that was closed while it waited; nothing came, so the request is sent once more.
      const again = idempotent && outgoing.rest === undefined && waiting.bytesIn === 0 && !isSlow(error);
      if (!again) throw error;
      gateway.counters.count('upstream_retried');
    }
  }
  const started = nowMicros();
  const connection = await gateway.pool.open(target, timeouts.connectTimeoutMs);
  trace.connectMicros = nowMicros() - started;
  return exchange(connection, outgoing, trace, timeouts);
}

function exchange(
  connection: UpstreamConnection,
  outgoing: Outgoing,
  trace: Trace,
  timeouts: Timeouts,
): Promise<Forwarded> {
  outgoing.onConnection(connection);
  let head: string;
  try {
    head = outgoing.head(connection.target);
  } catch (error) {
    connection.destroy();
    throw error;
  }
  const started = nowMicros();
  const answered = connection.begin(outgoing.method, timeouts.answerTimeoutMs);
  const { prefix, rest } = outgoing;
  if (rest === undefined && head.length + prefix.length <= MAX_TEXT && outgoing.framing.kind !== 'chunked') {
    const text = prefix.length === 0 ? head : head + prefix.toString('latin1');
    const room = connection.write(text);
    return answered.then((answer) => {
      trace.firstByteMicros = nowMicros() - started;
      return { answer, connection, sent: room };
    });
  }
  return exchangeStream(connection, outgoing, { head, started, answered }, trace);
}

interface Begun {
  readonly head: string;
  readonly started: number;
  readonly answered: Promise<Answer>;
}

async function exchangeStream(
  connection: UpstreamConnection,
  outgoing: Outgoing,
  { head, started, answered }: Begun,
  trace: Trace,
): Promise<Forwarded> {
  const sent = sendRequest(connection, head, outgoing);
  let inBody: unknown;
  sent.catch((error: unknown) => {
    // The client's body broke off: the service must not take what came for the whole, and the client's fault is what is told.
    inBody = error;
    connection.destroy();
  });
  const answer = await answered.catch((error: unknown) => {
    throw inBody ?? error;
  });
  trace.firstByteMicros = nowMicros() - started;
  return { answer, connection, sent: sent.catch(() => false) };
}

async function sendRequest(connection: UpstreamConnection, head: string, outgoing: Outgoing): Promise<boolean> {
  const { prefix, rest, framing } = outgoing;
  const chunked = framing.kind === 'chunked';
  connection.socket.cork();
  let room = connection.write(head);
  if (prefix.length > 0) room = writePart(connection, prefix, chunked);
  process.nextTick(() => connection.socket.uncork());
  if (!(await room)) return false;
  if (rest !== undefined) {
    for (let chunk = await rest.read(); chunk !== undefined; chunk = await rest.read()) {
      if (!(await writePart(connection, chunk, chunked))) return false;
    }
  }
  return chunked ? connection.write(lastChunk()) : true;
}

function writePart(connection: UpstreamConnection, part: Buffer, chunked: boolean): Promise<boolean> | boolean {
  if (!chunked) return connection.write(part);
  void connection.write(chunkHead(part.length));
  void connection.write(part);
  return connection.write(CHUNK_TAIL);
}

function isUnreachable(error: unknown): boolean {
  return error instanceof Fault && error.code === 'gateway.upstream-unreachable';
}

function isSlow(error: unknown): boolean {
  return error instanceof Fault && error.code === 'gateway.upstream-slow';
}
