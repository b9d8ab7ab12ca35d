/** WebSocket (RFC 6455) for both ends of the examples: text messages, ping, close; no extensions. */
import { createHash, randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';

/** Above this an end would hold memory for a sender who never finishes. */
const MAX_MESSAGE_BYTES = 256 << 10;
const OPCODE = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 } as const;

/** Section 4.2.2, step 5.4. */
export function acceptKey(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

/** Section 5.2. A client masks, a server does not. */
export function encodeFrame(opcode: number, payload: Buffer, mask?: Buffer): Buffer {
  const long = payload.length > 0xffff ? 8 : payload.length > 125 ? 2 : 0;
  const head = Buffer.alloc(2 + long);
  head[0] = 0x80 | opcode;
  head[1] = (mask ? 0x80 : 0) | (long === 8 ? 127 : long === 2 ? 126 : payload.length);
  if (long === 2) head.writeUInt16BE(payload.length, 2);
  if (long === 8) head.writeBigUInt64BE(BigInt(payload.length), 2);
  return mask ? Buffer.concat([head, mask, masked(payload, mask)]) : Buffer.concat([head, payload]);
}

function masked(payload: Buffer, mask: Buffer): Buffer {
  return Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
}

export interface PeerEvents {
  onMessage(text: string): void;
  onClose(code: number): void;
}

export class WebSocketPeer {
  readonly #socket: Duplex;
  readonly #isClient: boolean;
  readonly #events: PeerEvents;
  #input: Buffer = Buffer.alloc(0);
  #message: Buffer[] = [];
  #closed = false;

  constructor(socket: Duplex, isClient: boolean, events: PeerEvents) {
    this.#socket = socket;
    this.#isClient = isClient;
    this.#events = events;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#finish(1006));
  }

  /** Reads what had already arrived behind the handshake. */
  begin(head: Buffer): void {
    if (head.length > 0) this.#read(head);
  }

  send(text: string): void {
    this.#frame(OPCODE.text, Buffer.from(text));
  }

  ping(): void {
    this.#frame(OPCODE.ping, Buffer.alloc(0));
  }

  close(code = 1000): void {
    const reason = Buffer.alloc(2);
    reason.writeUInt16BE(code);
    this.#frame(OPCODE.close, reason);
    this.#socket.end();
    this.#finish(code);
  }

  #frame(opcode: number, payload: Buffer): void {
    if (this.#closed || !this.#socket.writable) return;
    this.#socket.write(encodeFrame(opcode, payload, this.#isClient ? randomBytes(4) : undefined));
  }

  #finish(code: number): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#events.onClose(code);
  }

  #read(chunk: Buffer): void {
    this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
    while (!this.#closed) {
      const frame = takeFrame(this.#input);
      if (frame === 'too-long') return this.close(1009);
      if (frame === undefined) return;
      this.#input = this.#input.subarray(frame.length);
      // Section 5.1: frames from a client are masked, frames from a server are not.
      if (frame.isMasked === this.#isClient) return this.close(1002);
      this.#take(frame);
    }
  }

  #take(frame: Frame): void {
    if (frame.opcode === OPCODE.ping) return this.#frame(OPCODE.pong, frame.payload);
    if (frame.opcode === OPCODE.pong) return;
    if (frame.opcode === OPCODE.close) {
      return this.close(frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : 1000);
    }
    if (frame.opcode !== OPCODE.text && frame.opcode !== OPCODE.continuation) return this.close(1003);
    this.#message.push(frame.payload);
    if (this.#message.reduce((sum, part) => sum + part.length, 0) > MAX_MESSAGE_BYTES) return this.close(1009);
    if (!frame.isLast) return;
    const text = Buffer.concat(this.#message).toString('utf8');
    this.#message = [];
    this.#events.onMessage(text);
  }
}

interface Frame {
  readonly opcode: number;
  readonly isLast: boolean;
  readonly isMasked: boolean;
  readonly payload: Buffer;
  /** Bytes of head and payload together. */
  readonly length: number;
}

function takeFrame(input: Buffer): Frame | 'too-long' | undefined {
  if (input.length < 2) return undefined;
  const [first = 0, second = 0] = input;
  let at = 2;
  let size = second & 0x7f;
  if (size === 126) {
    if (input.length < 4) return undefined;
    size = input.readUInt16BE(2);
    at = 4;
  } else if (size === 127) {
    if (input.length < 10) return undefined;
    size = Number(input.readBigUInt64BE(2));
    at = 10;
  }
  if (size > MAX_MESSAGE_BYTES) return 'too-long';
  const isMasked = (second & 0x80) !== 0;
  const end = at + (isMasked ? 4 : 0) + size;
  if (input.length < end) return undefined;
  const raw = input.subarray(end - size, end);
  const payload = isMasked ? masked(raw, input.subarray(at, at + 4)) : Buffer.from(raw);
  return { opcode: first & 0x0f, isLast: (first & 0x80) !== 0, isMasked, payload, length: end };
}
