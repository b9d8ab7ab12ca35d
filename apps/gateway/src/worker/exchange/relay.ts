import type { RequestHead1 } from '@seawall/wire';
import { canKeep, relayAnswer } from '../answer.ts';
import type { After, HttpExchange } from '../exchange.ts';
import type { Forwarded } from '../forward.ts';

/** The answer goes to the client: `prefix` was read for inspection. */
export async function relay(
  exchange: HttpExchange,
  head: RequestHead1,
  forwarded: Forwarded,
  prefix: Buffer,
  complete: boolean,
): Promise<After> {
  const { client, trace, gateway } = exchange;
  const { answer, connection } = forwarded;
  const keep = client.mayKeep && canKeep(answer.head, head) && exchange.body.ended;
  const rest = complete ? undefined : answer.body;
  client.answered = true;
  const sample = exchange.diverted === undefined && trace.verdict === 'passed' && trace.mode !== 'off';
  const tap = sample ? gateway.sampler.start(trace, answer.head) : undefined;
  const relaying = relayAnswer(client, { head: answer.head, prefix, rest }, { request: head, keep }, tap?.chunk);
  const relayed = relaying instanceof Promise ? await relaying : relaying;
  trace.bytesOut = relayed.bytes;
  exchange.upstream = undefined;
  if (!relayed.whole) {
    connection.destroy();
    if (!exchange.gone) gateway.counters.count('answers_broken');
    trace.verdict = trace.verdict === 'passed' ? 'failed' : trace.verdict;
    return 'destroy';
  }
  tap?.end();
  const { sent } = forwarded;
  if (exchange.body.ended && (typeof sent === 'boolean' ? sent : await sent)) gateway.pool.release(connection);
  else connection.destroy();
  return keep ? 'keep' : 'close';
}
