import { createHash } from 'node:crypto';
import { acceptKey, type Field, type WebSocketRequest, writeResponseHead } from '@seawall/wire';
import type { After, HttpExchange } from './exchange.ts';
import { judgeAnswerHead } from './exchange/judge-answer.ts';
import { decoyDown } from './exchange/pass-on.ts';
import { responseFields } from './forward-fields.ts';
import { relayAnswer } from './answer.ts';
import { connectWebSocket, type Handshake } from './websocket-upstream.ts';
import { WebSocketRelay } from './websocket-relay.ts';

/**
 * Opens the upstream side first: what it answers decides. Its 101 is written anew with the accept key of the client's own
 * handshake, any other answer goes back as it is.
 */
export async function openWebSocket(
  exchange: HttpExchange,
  request: Extract<WebSocketRequest, { kind: 'websocket' }>,
): Promise<After> {
  const { client, trace, gateway, head } = exchange;
  if (head === undefined) return 'destroy';
  if (exchange.diverted !== undefined) trace.verdict = 'diverted';
  const opened = await connectWebSocket(exchange);
  if (opened === 'decoy-down') return decoyDown(exchange);
  trace.status = opened.answer.head.status;
  if (opened.kind === 'refused') {
    client.answered = true;
    const { head: answerHead, body } = opened.answer;
    const answering = { request: head, keep: false };
    const relayed = await relayAnswer(client, { head: answerHead, prefix: Buffer.alloc(0), rest: body }, answering);
    trace.bytesOut = relayed.bytes;
    opened.connection.destroy();
    return relayed.whole ? 'close' : 'destroy';
  }
  const stopped = await judgeAnswerHead(exchange, opened.answer.head);
  if (stopped !== undefined) {
    opened.upstream.close(1001);
    return stopped;
  }
  client.answered = true;
  const answer = writeResponseHead({
    status: 101,
    reason: 'Switching Protocols',
    fields: handshakeAnswer(opened, request.key),
    framing: { kind: 'none' },
  });
  trace.bytesOut = answer.length;
  const rest = client.takeOver();
  client.write(answer);
  gateway.counters.count('websockets');
  new WebSocketRelay(exchange, opened.upstream).start(rest);
  return 'taken';
}

/** RFC 6455, section 4.2.2; no extension is ever agreed, since messages must be readable. */
function handshakeAnswer(opened: Handshake, key: string): Field[] {
  const own = new Set(['sec-websocket-accept', 'sec-websocket-extensions', 'content-length']);
  const accept = acceptKey(key, (bytes) => createHash('sha1').update(bytes).digest());
  return [
    { name: 'Upgrade', value: 'websocket' },
    { name: 'Connection', value: 'Upgrade' },
    { name: 'Sec-WebSocket-Accept', value: accept },
    ...responseFields(opened.answer.head).filter((field) => !own.has(field.name.toLowerCase())),
  ];
}
