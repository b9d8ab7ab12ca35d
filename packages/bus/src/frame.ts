import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { busFault } from './faults.ts';

// A frame: length of what follows (32 bits, big-endian), one byte (1 = deflated), then JSON in UTF-8.

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

const DEFLATE_ABOVE_BYTES = 1024;
/** Whoever has the token could otherwise make the other side hold any amount. */
export const MAX_FRAME_BYTES = 32 * 1024 * 1024;
/** Bound after inflating: what a compressed frame may cost. */
export const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;
/** Before the token was checked: enough for a hello. */
export const MAX_HELLO_BYTES = 8 * 1024;

export async function writeFrame(json: string): Promise<Buffer> {
  const plain = Buffer.from(json, 'utf8');
  const packed = plain.length > DEFLATE_ABOVE_BYTES;
  const payload = packed ? await deflate(plain, { level: 1 }) : plain;
  if (payload.length >= MAX_FRAME_BYTES || plain.length > MAX_PAYLOAD_BYTES) throw busFault('bus.too-large');
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length + 1);
  head[4] = packed ? 1 : 0;
  return Buffer.concat([head, payload]);
}

/** Cuts a stream into frames. */
export class FrameReader {
  maxBytes = MAX_HELLO_BYTES;
  #parts: Buffer[] = [];
  #held = 0;

  /** The frames that are complete by these bytes, still packed. Throws `bus.frame`. */
  push(bytes: Buffer): readonly Buffer[] {
    this.#parts.push(bytes);
    this.#held += bytes.length;
    const frames: Buffer[] = [];
    for (;;) {
      const length = this.#length();
      if (length === undefined || this.#held < 4 + length) return frames;
      const all = this.#joined();
      frames.push(all.subarray(4, 4 + length));
      this.#parts = [all.subarray(4 + length)];
      this.#held -= 4 + length;
    }
  }

  #length(): number | undefined {
    if (this.#held < 4) return undefined;
    const first = this.#parts[0];
    const head = first && first.length >= 4 ? first : this.#joined();
    const length = head.readUInt32BE(0);
    if (length < 1 || length > this.maxBytes) throw busFault('bus.frame', { length });
    return length;
  }

  #joined(): Buffer {
    const all = this.#parts.length === 1 && this.#parts[0] ? this.#parts[0] : Buffer.concat(this.#parts);
    this.#parts = [all];
    return all;
  }
}

/** `maxBytes` bounds what a deflated frame may grow to. Throws `bus.frame`. */
export async function readFrame(frame: Buffer, maxBytes: number): Promise<Readonly<Record<string, unknown>>> {
  try {
    const body = frame.subarray(1);
    const plain = frame[0] === 1 ? await inflate(body, { maxOutputLength: maxBytes }) : body;
    const value: unknown = JSON.parse(plain.toString('utf8'));
    if (value && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>; // just checked
  } catch (error) {
    throw busFault('bus.frame', {}, error);
  }
  throw busFault('bus.frame');
}
