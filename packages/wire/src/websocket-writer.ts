import { Buffer } from 'node:buffer';
import { fault } from './faults.ts';
import { isCloseCode, OPCODE, type Opcode } from './websocket-api.ts';
import { applyMask } from './websocket-reader.ts';

export interface FrameToWrite {
  readonly opcode: Opcode;
  readonly payload: Uint8Array;
  /** Default true. */
  readonly final?: boolean;
  /** Four fresh random bytes from the caller: needed when we are the client (RFC 6455, 5.3), absent when the server. */
  readonly mask?: Uint8Array | undefined;
}

/** RFC 6455, 5.2. */
export function writeFrame(frame: FrameToWrite): Buffer {
  const { opcode, payload, final = true, mask } = frame;
  const { length } = payload;
  if (opcode >= 8 && (length > 125 || !final)) throw fault('wire.unsafe-frame', { opcode, length });
  if (mask !== undefined && mask.length !== 4) throw fault('wire.unsafe-frame', { mask: mask.length });
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const start = 2 + extended + (mask ? 4 : 0);
  const bytes = Buffer.allocUnsafe(start + length);
  bytes[0] = (final ? 0x80 : 0) | opcode;
  bytes[1] = (mask ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) bytes.writeUInt16BE(length, 2);
  if (extended === 8) bytes.writeBigUInt64BE(BigInt(length), 2);
  bytes.set(payload, start);
  if (mask) {
    bytes.set(mask, start - 4);
    applyMask(bytes.subarray(start), mask, 0);
  }
  return bytes;
}

export function writeMessage(kind: 'text' | 'binary', payload: Uint8Array, mask?: Uint8Array): Buffer {
  return writeFrame({ opcode: OPCODE[kind], payload, mask });
}

/** A close frame (RFC 6455, 5.5.1); code 1005 writes one without body. The reason is cut to 123 bytes at a character. */
export function writeClose(code: number, reason = '', mask?: Uint8Array): Buffer {
  if (code === 1005) return writeFrame({ opcode: OPCODE.close, payload: Buffer.alloc(0), mask });
  if (!isCloseCode(code)) throw fault('wire.unsafe-frame', { code });
  const text = Buffer.from(reason, 'utf8');
  let end = Math.min(text.length, 123);
  while (end > 0 && end < text.length && ((text[end] ?? 0) & 0xc0) === 0x80) end--;
  const payload = Buffer.alloc(2 + end);
  payload.writeUInt16BE(code, 0);
  text.copy(payload, 2, 0, end);
  return writeFrame({ opcode: OPCODE.close, payload, mask });
}
