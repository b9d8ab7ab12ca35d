// The part of the HTML tokenizer (HTML Standard 13.2.5) that decides what becomes an element and an attribute.
// It never goes back: each character is looked at a bounded number of times.

import type { Effort } from '../effort.ts';

export interface Attribute {
  readonly name: string;
  readonly value: string;
  /** Whether an equals sign was there. */
  readonly hasValue: boolean;
  readonly start: number;
  readonly end: number;
}

export interface Tag {
  readonly kind: 'tag';
  readonly name: string;
  readonly closing: boolean;
  readonly attributes: readonly Attribute[];
  readonly start: number;
  readonly end: number;
  /** The fragment ended inside the tag: what follows on the page completes it. */
  readonly open: boolean;
}

export interface Declaration {
  readonly kind: 'declaration';
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** More attributes than this in one tag are not looked at; browsers take them, pages do not have them. */
const MOST_ATTRIBUTES = 256;

const cells = (signs: string): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, byte) => (signs.includes(String.fromCharCode(byte)) ? 1 : 0));
const ENDS_ATTRIBUTE = cells('\0\t\n\v\f\r />=');
const ENDS_NAME = cells('\t\n\v\f\r /><');

export function isBlank(code: number): boolean {
  return (
    code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0b || code === 0x0c || code === 0x0d || code === 0
  );
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

/** Attributes from `from` on, up to the `>` that ends the tag or the end of the text (13.2.5.32 before attribute name). */
export function attributesFrom(
  text: string,
  from: number,
  effort: Effort,
): { attributes: Attribute[]; end: number; open: boolean } {
  const attributes: Attribute[] = [];
  let at = from;
  while (at < text.length) {
    const character = text[at];
    if (character === '>') {
      effort.steps += at - from + 1;
      return { attributes, end: at + 1, open: false };
    }
    if (character === '/' || isBlank(text.charCodeAt(at))) {
      at++;
      continue;
    }
    const start = at;
    at++;
    while (at < text.length && ENDS_ATTRIBUTE[text.charCodeAt(at)] !== 1) at++;
    const name = text.slice(start, Math.min(at, start + 128)).toLowerCase();
    let value = '';
    let afterBlank = at;
    while (isBlank(text.charCodeAt(afterBlank))) afterBlank++;
    const hasValue = text[afterBlank] === '=';
    if (hasValue) {
      at = afterBlank + 1;
      while (isBlank(text.charCodeAt(at))) at++;
      const read = valueFrom(text, at);
      value = read.value;
      at = read.end;
    }
    if (attributes.length < MOST_ATTRIBUTES) attributes.push({ name, value, hasValue, start, end: at });
  }
  effort.steps += at - from + 1;
  return { attributes, end: at, open: true };
}

/** 13.2.5.35 before attribute value. Old browsers also took a back-tick as a quote. */
function valueFrom(text: string, at: number): { value: string; end: number } {
  const quote = text[at];
  if (quote === '"' || quote === "'" || quote === '`') {
    const close = text.indexOf(quote, at + 1);
    if (close >= 0) return { value: text.slice(at + 1, close), end: close + 1 };
    if (quote !== '`') return { value: text.slice(at + 1), end: text.length };
  }
  let end = at;
  while (end < text.length && text[end] !== '>' && !isBlank(text.charCodeAt(end))) end++;
  return { value: text.slice(at, end), end };
}

/** All tags and declarations of a text, in order (13.2.5.1 data state). */
export function* markupOf(text: string, effort: Effort): Generator<Tag | Declaration> {
  /** The next `>` that a declaration found, -1 when there is none: each stretch is searched once. */
  let close = 0;
  let at = text.indexOf('<');
  effort.steps += text.length;
  while (at >= 0 && at < text.length - 1) {
    // Old browsers dropped a NUL after the bracket; servers drop it too.
    while (text.charCodeAt(at + 1) === 0) at++;
    const code = text.charCodeAt(at + 1);
    let next = at + 1;
    if (isLetter(code) || (code === 47 && isLetter(text.charCodeAt(at + 2)))) {
      const tag = tagAt(text, at, effort);
      yield tag;
      // A tag left open may hold another one that the page would see if this one is not in the data state.
      next = tag.open ? at + 1 : tag.end;
      if (tag.open && tag.attributes.length >= MOST_ATTRIBUTES) return;
      if (tag.open) {
        yield* openTail(text, at);
        effort.steps += text.length - at;
        return;
      }
    } else if (code === 33 || code === 63) {
      if (close >= 0 && close <= at) {
        const found = text.indexOf('>', at);
        effort.steps += (found < 0 ? text.length : found) - Math.max(close, 0);
        close = found;
      }
      const end = close;
      yield {
        kind: 'declaration',
        text: text.slice(at, Math.min(end < 0 ? text.length : end + 1, at + 256)),
        start: at,
        end: end < 0 ? text.length : end + 1,
      };
    }
    at = text.indexOf('<', next);
  }
}

/** After a tag that never ends each further `<` is tried by name alone, so that the whole stays linear. */
function* openTail(text: string, from: number): Generator<Tag> {
  for (let at = text.indexOf('<', from + 1); at >= 0; at = text.indexOf('<', at + 1)) {
    if (isLetter(text.charCodeAt(at + 1))) {
      const name = nameAt(text, at + 1);
      yield { kind: 'tag', name: name.name, closing: false, attributes: [], start: at, end: name.end, open: true };
    }
  }
}

function nameAt(text: string, from: number): { name: string; end: number } {
  let end = from;
  // Control characters that old browsers dropped inside names are dropped here too.
  while (end < text.length && ENDS_NAME[text.charCodeAt(end)] !== 1) end++;
  return {
    name: text
      .slice(from, Math.min(end, from + 64))
      .toLowerCase()
      .replace(/\0/g, ''),
    end,
  };
}

function tagAt(text: string, start: number, effort: Effort): Tag {
  const closing = text[start + 1] === '/';
  const { name, end } = nameAt(text, start + (closing ? 2 : 1));
  effort.steps += end - start;
  const rest = attributesFrom(text, end, effort);
  return { kind: 'tag', name, closing, attributes: rest.attributes, start, end: rest.end, open: rest.open };
}
