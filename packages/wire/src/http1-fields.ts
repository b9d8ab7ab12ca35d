import { COLON, CR, HTAB, SP, TOKEN, trimOws } from './characters.ts';
import { lowerName } from './field-names.ts';
import type { HeadField } from './http1-api.ts';
import type { ViolationList } from './http1-violations.ts';

const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)/;

/** Names the control characters of a whole head in one pass; most heads have none. */
export function checkControls(text: string, found: ViolationList): void {
  if (!CONTROL.test(text)) return;
  // RFC 9110, 5.5: CR, LF and NUL are invalid and dangerous; other controls are trimmed by some readers and kept by others.
  if (/\r(?!\n)/.test(text)) found.add('bare-cr');
  if (text.includes('\0')) found.add('nul-character');
  if (/[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)) found.add('control-character');
}

/** Reads field lines (RFC 9112, 5) from `from` up to the empty line or the end of the text. */
export function readFields(text: string, from: number, maxFields: number, found: ViolationList): HeadField[] {
  const fields: HeadField[] = [];
  let at = from;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    const lineEnd = newline < 0 ? text.length : newline;
    let end = lineEnd;
    if (end > at && text.charCodeAt(end - 1) === CR) end--;
    else if (newline >= 0) found.add('bare-lf');
    if (end === at && newline >= 0) return fields;
    if (fields.length >= maxFields) {
      found.add('too-many-fields', `more than ${maxFields}`);
      return fields;
    }
    readLine(text, at, end, fields, found);
    at = lineEnd + 1;
  }
  return fields;
}

function readLine(text: string, start: number, end: number, fields: HeadField[], found: ViolationList): void {
  const first = text.charCodeAt(start);
  if (first === SP || first === HTAB) return fold(text, start, end, fields, found);
  let colon = start;
  while (colon < end && TOKEN[text.charCodeAt(colon)] === 1) colon++;
  if (colon === end || text.charCodeAt(colon) !== COLON) colon = oddName(text, start, end, found);
  if (colon < 0) return;
  if (colon === start) found.add('field-name-empty');
  const name = trimOws(text, start, colon);
  fields.push({ name, value: trimOws(text, colon + 1, end), lower: lowerName(name), start: -1, end: 0 });
}

/** A name that is no token: says why and finds the colon, or -1 when there is none. */
function oddName(text: string, start: number, end: number, found: ViolationList): number {
  const colon = text.indexOf(':', start);
  if (colon < 0 || colon >= end) {
    found.add('field-no-colon', text.slice(start, end));
    return -1;
  }
  const name = text.slice(start, colon);
  const trimmed = trimOws(name, 0, name.length);
  // RFC 9112, 5.1: no white space between name and colon.
  if (trimmed !== name) found.add('field-name-space', trimmed);
  for (let i = 0; i < trimmed.length; i++) {
    if (TOKEN[trimmed.charCodeAt(i)] !== 1) {
      found.add('field-name-invalid', name);
      break;
    }
  }
  return colon;
}

/** RFC 9112, 5.2: a folded line continues the value before it, joined by one space. */
function fold(text: string, start: number, end: number, fields: HeadField[], found: ViolationList): void {
  const last = fields.at(-1);
  if (!last) {
    // RFC 9112, 2.2: such lines are consumed without further processing.
    found.add('space-before-first-field');
    return;
  }
  found.add('obs-fold', last.name);
  const more = trimOws(text, start, end);
  const value = last.value === '' || more === '' ? last.value + more : `${last.value} ${more}`;
  fields[fields.length - 1] = { ...last, value };
}
