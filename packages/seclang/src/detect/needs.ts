// Necessary conditions, by byte: a value that fails one of them is never reported. The detectors ask them first and engines may ask them
// before they call, so that ids, tokens, words and dates cost one look at each byte.
//
// What an attacker gains: nothing while the tables hold what every production of the grammars needs; a test removes these bytes from hostile
// values and asks the grammars themselves.

export interface Needs {
  /** At least one byte of each set must be there: 256 cells, 1 or 0. */
  readonly clauses: readonly Readonly<Uint8Array>[];
  readonly minLength: number;
}

function bytesOf(text: string, ...others: readonly number[]): Uint8Array {
  const set = new Uint8Array(256);
  for (const character of text) set[character.charCodeAt(0)] = 1;
  for (const byte of others) set[byte] = 1;
  return set;
}

/**
 * Outside quotes words must be parted by blanks, comments, brackets or signs to be read as SQL; inside quotes the quote itself must come.
 * Letters, digits, `_ / : , % ? ^` and bytes above ASCII alone make one value.
 */
const BLANKS = Array.from({ length: 33 }, (_, byte) => byte);
export const SQLI_NEEDS: Readonly<Uint8Array> = bytesOf('\'"`()=<>|&;#*@![]{}$\\+-~.', 0xa0, ...BLANKS);

/** A tag, an added attribute, an address with a scheme (colon written or encoded), or the end of a script's string. */
export const XSS_NEEDS: Readonly<Uint8Array> = bytesOf('<=:&%\'"`{');

/** And what makes it run: a tag, a call, an assignment, a member, a path or a type. */
const XSS_RUNS: Readonly<Uint8Array> = bytesOf('<(`=[.+;/%&,');

export const SQLI_REQUIRES: Needs = { clauses: [SQLI_NEEDS], minLength: 2 };
export const XSS_REQUIRES: Needs = { clauses: [XSS_NEEDS, XSS_RUNS], minLength: 6 };

/** The loops are written out: this is what a clean value costs. */
export function meets(value: string, { clauses, minLength }: Needs): boolean {
  if (value.length < minLength) return false;
  for (const clause of clauses) if (!hasByte(value, clause)) return false;
  return true;
}

function hasByte(value: string, set: Readonly<Uint8Array>): boolean {
  for (let at = 0; at < value.length; at++) if (set[value.charCodeAt(at)] === 1) return true;
  return false;
}
