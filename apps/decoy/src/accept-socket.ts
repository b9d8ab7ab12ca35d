import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Question } from '@seawall/likeness';
import { acceptKey, readWebSocketRequest, writeResponseHead, type RequestHead1 } from '@seawall/wire';
import type { Decoy } from './decoy.ts';
import type { Diversion } from './diversion.ts';
import type { DecoySession } from './sessions.ts';
import { SocketConversation } from './socket-conversation.ts';

const sha1 = (bytes: Uint8Array): Uint8Array => createHash('sha1').update(bytes).digest();

export interface AcceptedSocket {
  readonly head: Buffer;
  start(socket: Socket, rest: Buffer): SocketConversation;
}

interface Asking {
  readonly head: RequestHead1;
  readonly diversion: Diversion;
  readonly session: DecoySession;
}

/** The answer to a sound WebSocket handshake (RFC 6455, 4.2.2); undefined for anything else, which is answered as HTTP. */
export function acceptSocket(decoy: Decoy, asking: Asking, question: Question): AcceptedSocket | undefined {
  const asked = readWebSocketRequest(asking.head);
  if (asked.kind !== 'websocket') return undefined;
  const protocol = asked.protocols.find((one) => /^[\w.+-]{1,60}$/.test(one));
  const fields = [
    { name: 'Upgrade', value: 'websocket' },
    { name: 'Connection', value: 'Upgrade' },
    { name: 'Sec-WebSocket-Accept', value: acceptKey(asked.key, sha1) },
    ...(protocol === undefined ? [] : [{ name: 'Sec-WebSocket-Protocol', value: protocol }]),
  ];
  const head = writeResponseHead({ status: 101, reason: 'Switching Protocols', fields, framing: { kind: 'none' } });
  decoy.counters.count('websockets');
  return {
    head,
    start(socket, rest) {
      const conversation = new SocketConversation(decoy, socket, asking, question);
      conversation.begin(rest);
      return conversation;
    },
  };
}
