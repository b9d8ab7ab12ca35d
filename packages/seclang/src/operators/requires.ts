import type { Needs } from '../detect/index.ts';
import type { Requirements } from '../regex/index.ts';

/** A set of bytes as a table of 256 cells; a letter is in it when it is so in either case, as clauses must be. */
export function bytesWhere(isIn: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (isIn(byte) || isIn(otherCase(byte)) ? 1 : 0));
}

function otherCase(byte: number): number {
  const isLetter = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
  return isLetter ? byte ^ 0x20 : byte;
}

/** What a detector needs to see, in the form that operators tell it. */
export function requiresOf({ clauses, minLength }: Needs): Requirements {
  return {
    clauses: clauses.map((bytes) => ({ kind: 'bytes', bytes: bytesWhere((byte) => bytes[byte] === 1) })),
    minLength,
  };
}
