import type { Needs } from '../detect/index.ts';
import type { Requirements } from '../regex/index.ts';

/** A set of bytes as a table of 256 cells. */
export function bytesWhere(isIn: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (isIn(byte) ? 1 : 0));
}

/** What a detector needs to see, in the form that operators tell it. */
export function requiresOf({ clauses, minLength }: Needs): Requirements {
  return { clauses: clauses.map((bytes) => ({ kind: 'bytes', bytes: Uint8Array.from(bytes) })), minLength };
}
