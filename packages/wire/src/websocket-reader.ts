import { Buffer, isUtf8 } from 'node:buffer';
import {
  DEFAULT_WEBSOCKET_LIMITS,
  isCloseCode,
  OPCODE,
  type WebSocketHandler,
  type WebSocketLimits,
  type WebSocketReader,
  type WebSocketRole,
} from './websocket-api.ts';

// Invariants: events depend on the bytes alone, not on how they were cut; after a fault or a close frame nothing is read;
// memory never exceeds maxMessageBytes plus one control frame and one frame head.
//
// head --all of it read--> payload --all read--> head;  any breach or close frame --> over

const MAX_HEAD_BYTES = 14;
const MAX_CONTROL_BYTES = 125;

interface Frame {
  readonly final: boolean;
  readonly opcode: number;
  readonly mask: Buffer | undefined;
  readonly length: number;
}

class FrameReader implements WebSocketReader {
  readonly #role: WebSocketRole;
  readonly #handler: WebSocketHandler;
  readonly #limits: WebSocketLimits;
  readonly #headBytes = Buffer.alloc(MAX_HEAD_BYTES);
  #headLength = 0;
  #frame: Frame | undefined;
  #read = 0;
  #parts: Buffer[] = [];
  #message:
    | { readonly kind: 'text' | 'binary'; readonly parts: Buffer[]; bytes: number; fragments: number }
    | undefined;
  #held: Buffer[] = [];
  #state: 'open' | 'paused' | 'over' = 'open';
  #busy = false;
  #ended = false;

  constructor(role: WebSocketRole, handler: WebSocketHandler, limits: WebSocketLimits) {
    this.#role = role;
    this.#handler = handler;
    this.#limits = limits;
  }

  push(chunk: Buffer): void {
    if (this.#state === 'over') return;
    this.#held.push(this.#busy || this.#state === 'paused' ? Buffer.from(chunk) : chunk);
    this.#drain();
  }

  end(): void {
    this.#ended = true;
    this.#drain();
  }

  pause(): void {
    if (this.#state === 'open') this.#state = 'paused';
  }

  resume(): void {
    if (this.#state === 'paused') this.#state = 'open';
    this.#drain();
  }

  #drain(): void {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#state === 'open' && this.#held.length > 0) this.#run(this.#held.shift() ?? Buffer.alloc(0));
    } finally {
      this.#busy = false;
    }
    if (this.#state === 'over') this.#held = [];
    // RFC 6455, 7.1.5: closed without a close frame.
    else if (this.#state === 'open' && this.#ended) this.#fail(1006, 'the connection ended without a close frame');
  }

  #run(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && this.#state === 'open') {
      at = this.#frame ? this.#readPayload(chunk, at, this.#frame) : this.#readHead(chunk, at);
    }
    if (at < chunk.length && this.#state === 'paused') this.#held.unshift(Buffer.from(chunk.subarray(at)));
  }

  /** RFC 6455, 5.2: two bytes, then 0, 2 or 8 bytes of length, then the mask. */
  #readHead(chunk: Buffer, start: number): number {
    let at = start;
    while (at < chunk.length) {
      this.#headBytes[this.#headLength++] = chunk[at++] ?? 0;
      if (this.#headLength < 2) continue;
      const [first = 0, second = 0] = this.#headBytes;
      if (this.#headLength === 2 && !this.#checkFirstBytes(first, second)) return at;
      if (this.#headLength < headSize(second)) continue;
      this.#startFrame(first, second);
      return at;
    }
    return at;
  }

  #checkFirstBytes(first: number, second: number): boolean {
    const opcode = first & 0x0f;
    const short = second & 0x7f;
    // 5.2: no extension was agreed, so the reserved bits must be 0 and reserved opcodes fail.
    if ((first & 0x70) !== 0) return this.#fail(1002, 'a reserved bit is set');
    if ((opcode > 2 && opcode < 8) || opcode > 10) return this.#fail(1002, 'a reserved opcode');
    // 5.1: exactly the frames of a client are masked.
    if (((second & 0x80) !== 0) !== (this.#role === 'server')) return this.#fail(1002, 'wrong masking');
    // 5.5: control frames are short and whole.
    if (opcode >= 8 && (short > MAX_CONTROL_BYTES || (first & 0x80) === 0)) {
      return this.#fail(1002, 'a control frame that is long or fragmented');
    }
    // 5.4: a continuation needs a start, and a start no open message.
    if (opcode === OPCODE.continuation && !this.#message) return this.#fail(1002, 'a continuation of nothing');
    if ((opcode === OPCODE.text || opcode === OPCODE.binary) && this.#message) {
      return this.#fail(1002, 'a new message inside a fragmented one');
    }
    return true;
  }

  #startFrame(first: number, second: number): void {
    const bytes = this.#headBytes;
    const short = second & 0x7f;
    const masked = (second & 0x80) !== 0;
    let length = short;
    if (short === 126) length = bytes.readUInt16BE(2);
    if (short === 127) length = bytes.readUInt32BE(2) * 2 ** 32 + bytes.readUInt32BE(6);
    const size = this.#headLength;
    this.#headLength = 0;
    // 5.2: the shortest form must be used, and the highest bit of the long form is 0.
    const padded = (short === 126 && length < 126) || (short === 127 && length < 65_536);
    if (padded || (short === 127 && (bytes[2] ?? 0) > 0x7f)) return void this.#fail(1002, 'a length in a wrong form');
    const opcode = first & 0x0f;
    if (opcode < 8 && (this.#message?.bytes ?? 0) + length > this.#limits.maxMessageBytes) {
      return void this.#fail(1009, 'the message is too big');
    }
    const mask = masked ? Buffer.from(bytes.subarray(size - 4, size)) : undefined;
    this.#frame = { final: (first & 0x80) !== 0, opcode, mask, length };
    this.#read = 0;
    this.#parts = [];
    if (length === 0) this.#endFrame(this.#frame);
  }

  #readPayload(chunk: Buffer, at: number, frame: Frame): number {
    const end = Math.min(chunk.length, at + frame.length - this.#read);
    const part = Buffer.from(chunk.subarray(at, end));
    if (frame.mask) applyMask(part, frame.mask, this.#read);
    this.#read += part.length;
    this.#parts.push(part);
    // One-byte segments must not cost an object each.
    if (this.#parts.length > 64) this.#parts = [Buffer.concat(this.#parts)];
    if (this.#read === frame.length) this.#endFrame(frame);
    return end;
  }

  #endFrame(frame: Frame): void {
    this.#frame = undefined;
    const payload = this.#parts.length === 1 && this.#parts[0] ? this.#parts[0] : Buffer.concat(this.#parts);
    this.#parts = [];
    if (frame.opcode >= 8) this.#control(frame.opcode, payload);
    else this.#data(frame, payload);
  }

  #data(frame: Frame, payload: Buffer): void {
    const kind = frame.opcode === OPCODE.text ? 'text' : 'binary';
    const message = this.#message ?? { kind, parts: [], bytes: 0, fragments: 0 };
    message.parts.push(payload);
    message.bytes += payload.length;
    message.fragments++;
    if (message.fragments > this.#limits.maxFragments) return void this.#fail(1008, 'too many fragments');
    if (!frame.final) {
      this.#message = message;
      return;
    }
    this.#message = undefined;
    const whole = message.parts.length === 1 ? payload : Buffer.concat(message.parts);
    // 8.1: text that is not UTF-8 fails the connection.
    if (message.kind === 'text' && !isUtf8(whole)) return void this.#fail(1007, 'text that is not UTF-8');
    this.#handler.onMessage(message.kind, whole);
  }

  #control(opcode: number, payload: Buffer): void {
    if (opcode === OPCODE.ping) return this.#handler.onPing(payload);
    if (opcode === OPCODE.pong) return this.#handler.onPong(payload);
    if (payload.length === 0) return this.#close(1005, '');
    // 5.5.1: if there is a body, its first two bytes are a code, the rest is UTF-8.
    const code = payload.length === 1 ? 0 : payload.readUInt16BE(0);
    if (!isCloseCode(code)) return void this.#fail(1002, 'a close code that may not be sent');
    const reason = payload.subarray(2);
    if (!isUtf8(reason)) return void this.#fail(1007, 'a close reason that is not UTF-8');
    this.#close(code, reason.toString('utf8'));
  }

  #close(code: number, reason: string): void {
    this.#state = 'over';
    this.#handler.onClose(code, reason);
  }

  #fail(code: number, detail: string): false {
    this.#state = 'over';
    this.#message = undefined;
    this.#parts = [];
    this.#handler.onFault(code, detail);
    return false;
  }
}

function headSize(second: number): number {
  const short = second & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  return 2 + lengthBytes + ((second & 0x80) !== 0 ? 4 : 0);
}

/** RFC 6455, 5.3, in place; `offset` is the position of the first byte within the payload. */
export function applyMask(bytes: Buffer, mask: Uint8Array, offset: number): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = (bytes[i] ?? 0) ^ (mask[(offset + i) & 3] ?? 0);
}

export function createWebSocketReader(
  role: WebSocketRole,
  handler: WebSocketHandler,
  limits: WebSocketLimits = DEFAULT_WEBSOCKET_LIMITS,
): WebSocketReader {
  return new FrameReader(role, handler, limits);
}
