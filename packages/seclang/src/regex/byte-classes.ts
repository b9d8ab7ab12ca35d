import { NEWLINE, WORD, type ByteSet } from './byte-set.ts';
import type { Program } from './program.ts';

export interface ByteClasses {
  readonly classes: Uint8Array;
  /** One byte of each class. */
  readonly samples: Uint8Array;
}

/** Bytes that no set of the program and no assertion tells apart share a class. */
export function byteClasses(program: Program): ByteClasses {
  const classes = new Uint8Array(256);
  const numbers = new Int16Array(512);
  let samples = refine(classes, NEWLINE, numbers);
  const { assertions } = program;
  if (assertions.has('wordBoundary') || assertions.has('notWordBoundary')) samples = refine(classes, WORD, numbers);
  for (const set of program.sets) samples = refine(classes, set, numbers);
  return { classes, samples };
}

/** Splits every class that `set` cuts, numbering classes anew by their first byte. */
function refine(classes: Uint8Array, set: ByteSet, numbers: Int16Array): Uint8Array {
  numbers.fill(-1);
  const samples: number[] = [];
  for (let byte = 0; byte < 256; byte++) {
    const pair = (classes[byte] ?? 0) * 2 + (set[byte] ?? 0);
    let number = numbers[pair] ?? -1;
    if (number < 0) {
      number = samples.push(byte) - 1;
      numbers[pair] = number;
    }
    classes[byte] = number;
  }
  return Uint8Array.from(samples);
}
