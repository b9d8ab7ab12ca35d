import { WORD } from './byte-set.ts';
import type { Assertion } from './syntax.ts';

// What an assertion can see on one side of a place, as bits.

/** Start of the value before, end of the value after the place. */
export const EDGE = 1;
export const NEWLINE_SIDE = 2;
export const WORD_SIDE = 4;
/** After the place only: the line feed ends the value. */
export const FINAL_SIDE = 8;
export const FINAL_NEWLINE = NEWLINE_SIDE | FINAL_SIDE;

const SIDES: Readonly<Uint8Array> = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === 10 ? NEWLINE_SIDE : WORD[byte] === 1 ? WORD_SIDE : 0,
);

export function sideOf(byte: number): number {
  return SIDES[byte] ?? 0;
}

export function sideBefore(value: string, at: number): number {
  return at === 0 ? EDGE : sideOf(value.charCodeAt(at - 1));
}

export function sideAfter(value: string, at: number): number {
  if (at >= value.length) return EDGE;
  const byte = value.charCodeAt(at);
  return byte === 10 && at === value.length - 1 ? FINAL_NEWLINE : sideOf(byte);
}

export function holds(assertion: Assertion, before: number, after: number): boolean {
  switch (assertion) {
    case 'textStart':
      return (before & EDGE) !== 0;
    case 'lineStart':
      return (before & EDGE) !== 0 || ((before & NEWLINE_SIDE) !== 0 && (after & EDGE) === 0);
    case 'textEnd':
      return (after & EDGE) !== 0;
    case 'textEndOrFinalNewline':
      return (after & (EDGE | FINAL_SIDE)) !== 0;
    case 'lineEnd':
      return (after & (EDGE | NEWLINE_SIDE)) !== 0;
    case 'wordBoundary':
      return ((before ^ after) & WORD_SIDE) !== 0;
    case 'notWordBoundary':
      return ((before ^ after) & WORD_SIDE) === 0;
    default:
      return assertion satisfies never;
  }
}

/** False when what stands before already rules the assertion out, whatever follows. */
export function mayHoldAfter(assertion: Assertion, before: number): boolean {
  if (assertion === 'textStart') return (before & EDGE) !== 0;
  return assertion !== 'lineStart' || (before & (EDGE | NEWLINE_SIDE)) !== 0;
}

/** The same for what stands after, when values are read backwards. */
export function mayHoldBefore(assertion: Assertion, after: number): boolean {
  if (assertion === 'textEnd') return (after & EDGE) !== 0;
  if (assertion === 'lineEnd') return (after & (EDGE | NEWLINE_SIDE)) !== 0;
  return assertion !== 'textEndOrFinalNewline' || (after & (EDGE | FINAL_SIDE)) !== 0;
}

/** The bits that these assertions look at. */
export function sidesAsked(assertions: ReadonlySet<Assertion>): number {
  let bits = 0;
  for (const assertion of assertions) {
    if (assertion === 'wordBoundary' || assertion === 'notWordBoundary') bits |= WORD_SIDE;
    else if (assertion === 'lineStart' || assertion === 'lineEnd') bits |= EDGE | NEWLINE_SIDE;
    else bits |= EDGE | FINAL_SIDE;
  }
  return bits;
}
