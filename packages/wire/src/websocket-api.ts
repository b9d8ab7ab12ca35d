import type { Buffer } from 'node:buffer';

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
export type Opcode = (typeof OPCODE)[keyof typeof OPCODE];

/** Which side we are: a server reads masked frames, a client unmasked ones (RFC 6455, 5.1). */
export type WebSocketRole = 'client' | 'server';

export interface WebSocketLimits {
  /** Above this a peer makes us hold bytes without end. */
  readonly maxMessageBytes: number;
  /** Above this a peer makes us work and remember per byte instead of per message. */
  readonly maxFragments: number;
}

export const DEFAULT_WEBSOCKET_LIMITS: WebSocketLimits = { maxMessageBytes: 1_048_576, maxFragments: 256 };

export interface WebSocketHandler {
  /** A whole message, fragments joined and unmasked; the buffer may be kept. Text is valid UTF-8. */
  onMessage(kind: 'text' | 'binary', data: Buffer): void;
  onPing(data: Buffer): void;
  onPong(data: Buffer): void;
  /** The peer's close frame; 1005 when it gave no code. Nothing is read after it. */
  onClose(code: number, reason: string): void;
  /** The peer broke the protocol or a limit: answer with a close frame of this code and end the connection. */
  onFault(closeCode: number, detail: string): void;
}

export interface WebSocketReader {
  push(chunk: Buffer): void;
  /** The peer closed its side; a fault (1006) when no close frame came before. */
  end(): void;
  /** No event is reported until `resume`; pushed bytes are kept. */
  pause(): void;
  resume(): void;
}

/** RFC 6455, 7.4: codes that may stand in a close frame. */
export function isCloseCode(code: number): boolean {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006;
}
