import { readFileSync, truncateSync } from 'node:fs';
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';

// A record: length of the payload (32 bits), CRC-32 of the payload, then one byte (1 = deflated) and JSON in UTF-8.

export const RECORD_HEAD = 8;
const DEFLATE_ABOVE_BYTES = 1024;
/** An event that is larger is refused when it is published. */
export const MAX_RECORD_BYTES = 1024 * 1024;

export function writeRecord(json: string): Buffer {
  const plain = Buffer.from(json, 'utf8');
  const packed = plain.length > DEFLATE_ABOVE_BYTES;
  const payload = Buffer.concat([Buffer.from([packed ? 1 : 0]), packed ? deflateRawSync(plain, { level: 1 }) : plain]);
  const head = Buffer.alloc(RECORD_HEAD);
  head.writeUInt32BE(payload.length, 0);
  head.writeUInt32BE(crc32(payload), 4);
  return Buffer.concat([head, payload]);
}

/** The record at `offset`; undefined when the bytes there are none. */
export function readRecord(bytes: Buffer, offset: number): { readonly json: string; readonly end: number } | undefined {
  if (offset + RECORD_HEAD > bytes.length) return undefined;
  const length = bytes.readUInt32BE(offset);
  const end = offset + RECORD_HEAD + length;
  if (length < 1 || length > MAX_RECORD_BYTES * 2 || end > bytes.length) return undefined;
  const payload = bytes.subarray(offset + RECORD_HEAD, end);
  if (crc32(payload) !== bytes.readUInt32BE(offset + 4)) return undefined;
  const body = payload.subarray(1);
  const plain = payload[0] === 1 ? inflateRawSync(body, { maxOutputLength: 2 * MAX_RECORD_BYTES }) : body;
  return { json: plain.toString('utf8'), end };
}

/** Ends of all whole records. What follows the last one was torn by a crash and is cut off. */
export function scanSegment(path: string): { readonly ends: readonly number[]; readonly cutBytes: number } {
  const bytes = readFileSync(path);
  const ends: number[] = [];
  let offset = 0;
  for (;;) {
    const record = readRecord(bytes, offset);
    if (!record) break;
    offset = record.end;
    ends.push(offset);
  }
  if (offset < bytes.length) truncateSync(path, offset);
  return { ends, cutBytes: bytes.length - offset };
}
