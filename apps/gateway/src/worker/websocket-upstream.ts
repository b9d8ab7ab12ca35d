import { createHash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import {
  acceptKey,
  createWebSocketReader,
  makeKey,
  type RequestHead1,
  type WebSocketHandler,
  type WebSocketReader,
  writeClose,
  writeFrame,
  writeMessage,
  OPCODE,
} from '@seawall/wire';
import { Fault } from '@seawall/faults';
import { fault } from '../faults.ts';
import type { HttpExchange } from './exchange.ts';
import { outgoing } from './exchange/pass-on.ts';
import { forwardToDecoy, forwardToService, type Outgoing } from './forward.ts';
import { fieldValue } from './source.ts';
import { type Answer, drained, type UpstreamConnection } from './upstream.ts';

/** Which service instance, or the decoy, is at the other end. */
export interface Place {
  readonly kind: 'service' | 'decoy';
  readonly instance: string;
}

/** The upstream side of one WebSocket: we are its client. */
export class WebSocketUpstream {
  readonly place: Place;
  readonly #socket: Socket;
  #reader: WebSocketReader | undefined;
  #rest: Buffer | undefined;
  #closed = false;

  constructor(socket: Socket, rest: Buffer, place: Place) {
    this.#socket = socket;
    this.#rest = rest;
    this.place = place;
  }

  listen(handler: Pick<WebSocketHandler, 'onMessage' | 'onClose'> & { onLost(): void }, maxBytes: number): void {
    const socket = this.#socket;
    const lost = (): void => {
      if (this.#closed) return;
      this.#closed = true;
      socket.destroy();
      handler.onLost();
    };
    const reader = createWebSocketReader(
      'client',
      {
        onMessage: (kind, data) => handler.onMessage(kind, data),
        onPing: (data) => this.#write(writeFrame({ opcode: OPCODE.pong, payload: data, mask: randomBytes(4) })),
        onPong: () => undefined,
        onClose: (code, reason) => {
          if (this.#closed) return;
          this.close(code === 1005 ? 1000 : code);
          handler.onClose(code, reason);
        },
        onFault: lost,
      },
      { maxMessageBytes: maxBytes, maxFragments: 1024 },
    );
    this.#reader = reader;
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
    socket.on('end', () => reader.end());
    socket.on('close', lost);
    const rest = this.#rest ?? Buffer.alloc(0);
    this.#rest = undefined;
    if (rest.length > 0) reader.push(rest);
  }

  pause(): void {
    this.#reader?.pause();
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
    this.#reader?.resume();
  }

  async send(kind: 'text' | 'binary', data: Buffer): Promise<boolean> {
    if (this.#closed || this.#socket.destroyed) return false;
    if (this.#socket.write(writeMessage(kind, data, randomBytes(4)))) return true;
    return drained(this.#socket);
  }

  /** Says good-bye; nothing more is heard from this side. */
  close(code: number): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#write(writeClose(code, '', randomBytes(4)));
    this.#socket.end();
    const force = setTimeout(() => this.#socket.destroy(), 1000);
    this.#socket.once('close', () => clearTimeout(force));
    this.#socket.resume();
  }

  #write(frame: Buffer): void {
    if (this.#socket.writable) this.#socket.write(frame);
  }
}

export interface Handshake {
  readonly kind: 'opened';
  readonly answer: Answer;
  readonly upstream: WebSocketUpstream;
}
export type Opened =
  | Handshake
  | { readonly kind: 'refused'; readonly answer: Answer; readonly connection: UpstreamConnection }
  | 'decoy-down';

/** Replays the client's handshake, cookies included, to an instance of the service, or to the decoy while the source is diverted. */
export async function connectWebSocket(exchange: HttpExchange): Promise<Opened> {
  const { gateway, service, head, trace } = exchange;
  if (head === undefined || service === undefined) throw fault('gateway.upstream-unreachable');
  const view = gateway.view;
  const key = makeKey(randomBytes(16));
  const handshake = handshakeRequest(exchange, head, key);
  const diverted = exchange.diverted !== undefined;
  const decoy = view.parts.decoy.upstream;
  if (diverted && decoy === undefined) return 'decoy-down';
  try {
    const forwarded =
      diverted && decoy !== undefined
        ? await forwardToDecoy(gateway, decoy, handshake, trace, service)
        : await forwardToService(gateway, view, service, handshake, trace);
    const { answer, connection } = forwarded;
    if (answer.head.status !== 101) return { kind: 'refused', answer, connection };
    if (fieldValue(answer.head.fields, 'sec-websocket-accept') !== expected(key)) {
      connection.destroy();
      throw fault('gateway.upstream-broken', { detail: 'wrong accept key' });
    }
    const place: Place = { kind: diverted ? 'decoy' : 'service', instance: trace.instance };
    const rest = connection.takeOver();
    return { kind: 'opened', answer, upstream: new WebSocketUpstream(connection.socket, rest, place) };
  } catch (error) {
    if (diverted && error instanceof Fault && error.row.source === 'upstream') return 'decoy-down';
    throw error;
  }
}

function expected(key: string): string {
  return acceptKey(key, (bytes) => createHash('sha1').update(bytes).digest());
}

const OWN_NAMES: ReadonlySet<string> = new Set(['sec-websocket-key', 'sec-websocket-extensions']);

/** RFC 6455, section 4.1: our own key; extensions are not offered, since messages must be readable. */
function handshakeRequest(exchange: HttpExchange, head: RequestHead1, key: string): Outgoing {
  const fields = [
    { name: 'Connection', value: 'Upgrade' },
    { name: 'Upgrade', value: 'websocket' },
    { name: 'Sec-WebSocket-Key', value: key },
  ];
  const read = { bytes: Buffer.alloc(0), complete: true };
  return outgoing(exchange, head, undefined, read, { names: OWN_NAMES, fields });
}
