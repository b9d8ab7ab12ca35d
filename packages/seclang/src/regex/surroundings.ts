import { WORD } from './byte-set.ts';
import type { Assertion } from './syntax.ts';

/** What an assertion can see on one side of a place. */
export interface Side {
  /** Start of the value before, end of the value after the place. */
  readonly edge: boolean;
  readonly newline: boolean;
  readonly word: boolean;
  /** After the place only: a line feed that ends the value. */
  readonly finalNewline: boolean;
}

export const EDGE: Side = { edge: true, newline: false, word: false, finalNewline: false };

const SIDES: readonly Side[] = Array.from({ length: 256 }, (_, byte) => ({
  edge: false,
  newline: byte === 10,
  word: WORD[byte] === 1,
  finalNewline: false,
}));

export const FINAL_NEWLINE: Side = { edge: false, newline: true, word: false, finalNewline: true };

export function sideOf(byte: number): Side {
  return SIDES[byte] ?? EDGE;
}

export function holds(assertion: Assertion, before: Side, after: Side): boolean {
  switch (assertion) {
    case 'textStart':
      return before.edge;
    case 'lineStart':
      return before.edge || (before.newline && !after.edge);
    case 'textEnd':
      return after.edge;
    case 'textEndOrFinalNewline':
      return after.edge || after.finalNewline;
    case 'lineEnd':
      return after.edge || after.newline;
    case 'wordBoundary':
      return before.word !== after.word;
    case 'notWordBoundary':
      return before.word === after.word;
    default:
      return assertion satisfies never;
  }
}

/** False when what stands before already rules the assertion out, whatever follows. */
export function mayHold(assertion: Assertion, before: Side): boolean {
  if (assertion === 'textStart') return before.edge;
  if (assertion === 'lineStart') return before.edge || before.newline;
  return true;
}
