import { COLON, CR, HTAB, LF, SP, TOKEN } from './characters.ts';
import { lowerName } from './field-names.ts';
import type { HeadField } from './http1-api.ts';

// The way of nearly every message: a head whose lines are exactly as RFC 9112, 2.1 and 5 write them, read in one pass. Anything else,
// however small, is left to the careful way, which names what is wrong. On clean heads both say the same (a test compares them).

/** What may stand in a start line or a value: HTAB, SP, visible ASCII and bytes above 127 (RFC 9110, 5.5). */
const TEXT = Uint8Array.from({ length: 256 }, (_, code) => (code === HTAB || (code >= SP && code !== 127) ? 1 : 0));

export interface CleanLines {
  /** Length of the start line without its CRLF. */
  readonly startLine: number;
  readonly fields: HeadField[];
}

/** The lines of a whole head, empty line included; undefined when any of them is not clean, or there are too many. */
export function readCleanLines(text: string, maxFields: number): CleanLines | undefined {
  const startLine = textEnd(text, 0);
  if (startLine === 0 || !isLineEnd(text, startLine)) return undefined;
  const fields: HeadField[] = [];
  let at = startLine + 2;
  while (text.charCodeAt(at) !== CR) {
    const end = readCleanField(text, at, fields);
    if (end < 0 || fields.length > maxFields) return undefined;
    at = end;
  }
  return isLineEnd(text, at) && at + 2 === text.length ? { startLine, fields } : undefined;
}

/** Where the next line begins, or -1. */
function readCleanField(text: string, start: number, fields: HeadField[]): number {
  let colon = start;
  while (TOKEN[text.charCodeAt(colon)] === 1) colon++;
  if (colon === start || text.charCodeAt(colon) !== COLON) return -1;
  const lineEnd = textEnd(text, colon + 1);
  if (!isLineEnd(text, lineEnd)) return -1;
  let from = colon + 1;
  while (from < lineEnd && isBlank(text.charCodeAt(from))) from++;
  let to = lineEnd;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  const name = text.slice(start, colon);
  // `Name: value`: such a line can be copied as it is.
  const plain = from === colon + 2 && to === lineEnd && text.charCodeAt(colon + 1) === SP;
  const value = text.slice(from, to);
  fields.push({ name, value, lower: lowerName(name), start: plain ? start : -1, end: lineEnd + 2 });
  return lineEnd + 2;
}

/** The first character from `at` that cannot stand in a line. */
function textEnd(text: string, at: number): number {
  let end = at;
  while (TEXT[text.charCodeAt(end)] === 1) end++;
  return end;
}

function isLineEnd(text: string, at: number): boolean {
  return text.charCodeAt(at) === CR && text.charCodeAt(at + 1) === LF;
}

function isBlank(code: number): boolean {
  return code === SP || code === HTAB;
}
