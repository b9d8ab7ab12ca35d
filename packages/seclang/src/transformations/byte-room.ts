import { Buffer } from 'node:buffer';

// Memory in which transformations work byte by byte: reading a string into it and out of it again costs less than any
// loop over the string itself, and the result is one flat string.
// 1. A transformation that holds the room calls no other one that takes it.
// 2. Nothing is read that was not written for this value.

/** Above this the memory is given back at once: a few large values must not fix it to each worker. */
const KEPT_BYTES = 1 << 21;

let room = Buffer.allocUnsafeSlow(1 << 14);

/** The value's bytes, from index 0 on. The rest is free to write on. */
export function bytesOf(value: string): Buffer {
  return bytesBehind(value, 0);
}

/** The value's bytes behind `gap` free ones, for what grows: written from 0 on, it never reaches the byte read next. */
export function bytesBehind(value: string, gap: number): Buffer {
  const bytes = roomFor(gap + value.length);
  bytes.write(value, gap, 'latin1');
  return bytes;
}

export function textOf(bytes: Buffer, length: number): string {
  return bytes.toString('latin1', 0, length);
}

function roomFor(length: number): Buffer {
  if (length <= room.length) return room;
  const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(length)));
  if (larger.length <= KEPT_BYTES) room = larger;
  return larger;
}
