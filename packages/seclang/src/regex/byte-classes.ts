import { NEWLINE, WORD, type ByteSet } from './byte-set.ts';
import type { Program } from './program.ts';

export interface ByteClasses {
  readonly classes: Uint8Array;
  /** One byte of each class. */
  readonly samples: readonly number[];
}

/** Bytes that no set of the program and no assertion tells apart share a class. */
export function byteClasses(program: Program): ByteClasses {
  const classes = new Uint8Array(256);
  let samples = refine(classes, NEWLINE);
  const { assertions } = program;
  if (assertions.has('wordBoundary') || assertions.has('notWordBoundary')) samples = refine(classes, WORD);
  for (const set of program.sets) samples = refine(classes, set);
  return { classes, samples };
}

/** Splits every class that `set` cuts, numbering classes anew by their first byte. */
function refine(classes: Uint8Array, set: ByteSet): readonly number[] {
  const numbers = new Map<number, number>();
  const samples: number[] = [];
  for (let byte = 0; byte < 256; byte++) {
    const pair = (classes[byte] ?? 0) * 2 + (set[byte] ?? 0);
    let number = numbers.get(pair);
    if (number === undefined) {
      number = samples.push(byte) - 1;
      numbers.set(pair, number);
    }
    classes[byte] = number;
  }
  return samples;
}
