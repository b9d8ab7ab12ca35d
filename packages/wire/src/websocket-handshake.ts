import { Buffer } from 'node:buffer';
import { listOf } from './characters.ts';
import type { Field, RequestHead1 } from './http1-api.ts';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Sec-WebSocket-Accept for a key (RFC 6455, 4.2.2, step 5.4). `sha1` gives the 20 bytes of the digest. */
export function acceptKey(key: string, sha1: (bytes: Uint8Array) => Uint8Array): string {
  return Buffer.from(sha1(Buffer.from(key + GUID, 'latin1'))).toString('base64');
}

/** Sec-WebSocket-Key from 16 random bytes (RFC 6455, 4.1, step 7). */
export function makeKey(random: Uint8Array): string {
  return Buffer.from(random).toString('base64');
}

export type WebSocketRequest =
  | { readonly kind: 'websocket'; readonly key: string; readonly protocols: readonly string[] }
  | { readonly kind: 'other' }
  /** Wants a WebSocket, but not as RFC 6455 says; answer 400, or 426 with `Sec-WebSocket-Version: 13`. */
  | { readonly kind: 'invalid'; readonly status: 400 | 426; readonly detail: string };

const valuesOf = (fields: readonly Field[], name: string): string[] =>
  fields.filter((field) => field.name.toLowerCase() === name).map((field) => field.value);

/** RFC 6455, 4.2.1: what a client's handshake must hold. */
export function readWebSocketRequest(head: RequestHead1): WebSocketRequest {
  if (head.upgrade === undefined || !listOf(head.upgrade).includes('websocket')) return { kind: 'other' };
  const invalid = (detail: string, status: 400 | 426 = 400): WebSocketRequest => ({ kind: 'invalid', status, detail });
  if (head.method !== 'GET') return invalid('the method is not GET');
  if (head.framing.kind !== 'none') return invalid('the handshake has a body');
  const versions = valuesOf(head.fields, 'sec-websocket-version');
  if (versions.length !== 1 || versions[0] !== '13') return invalid('the version is not 13', 426);
  const [key, ...more] = valuesOf(head.fields, 'sec-websocket-key');
  // 16 bytes in base64.
  if (key === undefined || more.length > 0 || !/^[A-Za-z0-9+/]{21}[AQgw]==$/.test(key)) {
    return invalid('the key is not 16 bytes in base64');
  }
  const protocols = valuesOf(head.fields, 'sec-websocket-protocol').flatMap((value) =>
    value
      .split(',')
      .map((protocol) => protocol.trim())
      .filter((protocol) => protocol !== ''),
  );
  return { kind: 'websocket', key, protocols };
}
