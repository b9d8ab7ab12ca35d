import type { Detection } from '../detection.ts';
import type { Effort } from '../effort.ts';
import { meets, XSS_REQUIRES } from '../needs.ts';
import { decodeReferences, isScriptAddressAlone, scriptAddress, scriptStyle } from './address.ts';
import { scriptBreakOut } from './script-string.ts';
import { attributesFrom, isBlank, markupOf, type Attribute, type Declaration, type Tag } from './tokenizer.ts';
import { ADDRESS_ATTRIBUTES, ELEMENTS_WITH, EVENT_START, NOT_AN_EVENT, RUNNING_ELEMENTS } from './vocabulary.ts';

/** Documents inside documents (srcdoc, data:) are read this deep; browsers go on, pages do not. */
const DEEPEST = 2;

const EVENT_SOMEWHERE = /(?:^|[\s\0/])[\x01-\x08\x0e-\x1f]*(?:\w{1,8}:)?[\x01-\x08\x0e-\x1f]*o[\x01-\x08\x0e-\x1f]*n/i;

const QUOTES = [
  ['"', 'inside a double-quoted attribute'],
  ["'", 'inside a single-quoted attribute'],
  ['`', 'inside a back-ticked attribute'],
] as const;

/**
 * Does this value, pasted into a page as text or inside an attribute, run script?
 * Linear in the length of the value; no state.
 */
export function detectXss(value: string, effort: Effort = { steps: 0 }): Detection | null {
  return meets(value, XSS_REQUIRES) ? judgeMarkup(value, effort) : null;
}

/** The grammar itself, whatever bytes the value has. */
export function judgeMarkup(value: string, effort: Effort): Detection | null {
  return (
    markup(value, 'as text', 0, effort) ?? attributeContexts(value, effort) ?? addressAlone(value) ?? scriptText(value)
  );
}

function markup(value: string, context: string, depth: number, effort: Effort): Detection | null {
  if (!value.includes('<')) return null;
  for (const piece of markupOf(value, effort)) {
    const production = piece.kind === 'tag' ? tagRuns(piece, depth, effort) : declarationRuns(piece);
    if (production !== undefined) return { span: [piece.start, piece.end], detail: `${context}: ${production}` };
  }
  return null;
}

function declarationRuns(piece: Declaration): string | undefined {
  const text = piece.text.toLowerCase();
  if (/^<!(?:entity|doctype[^>]*(?:\[|system|public\s+["'][^"']*["']\s+["']http(?!:\/\/www\.w3\.org\/)))/.test(text))
    return 'a declaration that defines entities';
  if (/^<\?(?:xml-stylesheet|import)/.test(text)) return 'a processing instruction that loads style or script';
  if (text.startsWith('<!--[if')) return 'a conditional comment';
  return undefined;
}

function tagRuns(tag: Tag, depth: number, effort: Effort): string | undefined {
  const local = tag.name.slice(tag.name.lastIndexOf(':') + 1);
  if (
    !tag.closing &&
    (local === 'script' || (RUNNING_ELEMENTS.has(local) && (tag.open || tag.attributes.length > 0)))
  ) {
    return `element <${local}>`;
  }
  // A name with other characters than these is a comparison or a generic type, but its attributes may still be real.
  for (const attribute of tag.attributes) {
    const production = attributeRuns(attribute, tag, depth, effort);
    // Where browsers disagree about comments and quotes a tag inside a value may become a tag of the page.
    const inner =
      depth < DEEPEST && attribute.value.includes('<')
        ? markup(attribute.value, 'inside a value', depth + 1, effort)
        : null;
    if (inner !== null) return inner.detail;
    if (production !== undefined) return `${production} of <${tag.name.slice(0, 40)}>`;
  }
  if (tag.closing) return undefined;
  const needed = ELEMENTS_WITH.get(local);
  if (local === 'meta' && isOrdinaryMeta(tag.attributes)) return undefined;
  const present =
    needed === undefined ? undefined : tag.attributes.find(({ name, hasValue }) => hasValue && needed.has(name));
  if (present !== undefined) return `element <${local}> with ${present.name}`;
  return local === 'style' ? 'element <style>' : undefined;
}

/** What pages say about themselves: their type, language and encoding. Of two attributes of one name the first counts. */
function isOrdinaryMeta(attributes: readonly Attribute[]): boolean {
  const equiv = attributes.find(({ name }) => name === 'http-equiv')?.value;
  if (equiv === undefined) return !attributes.some(({ name, value }) => name === 'charset' && /utf-?7/i.test(value));
  return /^(?:content-type|content-language|x-ua-compatible|default-style)$/i.test(equiv);
}

/** A component's handler: `onClick={save}`, `onClick={(e) => …`. As a script it calls nothing. */
function isComponentHandler(value: string): boolean {
  return /^\{(?:\(?[\w$.,]*\)?\}?|(?:async)?\(?[\w$]*\)?=>[^,;\n}]*\}?)$/.test(value.slice(0, 400));
}

function isEvent(name: string): boolean {
  const plain = name.replace(/[\0-\x1f]/g, '').replace(/^(?:\w{1,8}:)/, '');
  return /^on[a-z]{2}[a-z-]*$/.test(plain) && !NOT_AN_EVENT.has(plain);
}

function attributeRuns(attribute: Attribute, tag: Tag | undefined, depth: number, effort: Effort): string | undefined {
  const { name, value, hasValue } = attribute;
  if (!hasValue) return undefined;
  // `a<b && once=1` and `x <y onx=…` in prose: only a name that can be an element carries handlers.
  if (isEvent(name) && isComponentHandler(value)) return undefined;
  if (isEvent(name) && (tag === undefined || /^[a-z][\w:.-]*$/.test(tag.name) || EVENT_START.test(name)))
    return `event handler ${name}`;
  if (name === 'style') return scriptStyle(value);
  if (name === 'srcdoc') {
    const inner = depth < DEEPEST ? markup(decodeReferences(value), 'srcdoc', depth + 1, effort) : undefined;
    return inner === null || inner === undefined
      ? value.includes('<') || value.includes('&')
        ? 'a document in srcdoc'
        : undefined
      : `srcdoc with ${inner.detail}`;
  }
  if (name === 'xmlns' || name.startsWith('xmlns:')) return undefined;
  if (ADDRESS_ATTRIBUTES.has(name)) {
    const kind =
      scriptAddress(name === 'content' ? value.replace(/^[^=]*=/, '') : value) ??
      (name === 'values' ? scriptList(value) : undefined);
    return kind === undefined ? undefined : `${kind} in ${name}`;
  }
  return undefined;
}

/** SVG animation takes a list of values. */
function scriptList(value: string): string | undefined {
  return value
    .slice(0, 4096)
    .split(';')
    .slice(0, 64)
    .map(scriptAddress)
    .find((kind) => kind !== undefined);
}

/** The fragment closes the attribute it is pasted into, or continues one without quotes, and adds attributes. */
function attributeContexts(value: string, effort: Effort): Detection | null {
  if (!value.includes('=')) return null;
  for (const [quote, context] of QUOTES) {
    const close = value.indexOf(quote);
    // Three back-ticks open code in Markdown.
    const fence = quote === '`' && value.startsWith('``', close + 1);
    const found =
      close < 0 || fence ? null : addedAttributes(value, close + 1, context, quote === '`' && close > 0, effort);
    if (found !== null) return found;
  }
  // Without a quote only an event counts: its name must be somewhere.
  if (!EVENT_SOMEWHERE.test(value)) return null;
  return addedAttributes(value, 0, 'inside an unquoted attribute', true, effort);
}

function addedAttributes(
  value: string,
  from: number,
  context: string,
  strict: boolean,
  effort: Effort,
): Detection | null {
  const { attributes } = attributesFrom(value, from, effort);
  for (const attribute of attributes) {
    if (strict && !looksLikeHandler(attribute, value)) continue;
    if (
      attribute.name !== 'href' &&
      attribute.name !== 'src' &&
      attribute.name !== 'formaction' &&
      !isEvent(attribute.name) &&
      attribute.name !== 'style'
    )
      continue;
    if (isEvent(attribute.name) && (!EVENT_START.test(attribute.name) || !/[(`=[;&\\]|:\w/.test(attribute.value)))
      continue;
    const production = attributeRuns(attribute, undefined, 0, effort);
    if (production !== undefined)
      return { span: [attribute.start, attribute.end], detail: `${context}: ${production} added` };
  }
  return null;
}

/** Without a quote that was closed only a known event whose value calls or assigns something is believed. */
function looksLikeHandler(attribute: Attribute, value: string): boolean {
  if (!isEvent(attribute.name) || !EVENT_START.test(attribute.name)) return false;
  if (attribute.start > 0 && !isBlank(value.charCodeAt(attribute.start - 1)) && value[attribute.start - 1] !== '/')
    return false;
  const rest = decodeReferences(value.slice(value.indexOf('=', attribute.start) + 1, attribute.end + 64)).replace(
    /^[\s"'`]+/,
    '',
  );
  return (
    /^[^\s"'`]{0,200}(?:[(`=[]|;throw)/.test(rest) &&
    !/^(?:function\b|async\b|\([\w\s,${}]*\)\s*(?:=>|$)|[\w$]+\s*=>)/.test(rest) &&
    !/^[\w.%+-]*&[\w.-]+=/.test(rest)
  );
}

function addressAlone(value: string): Detection | null {
  const kind = isScriptAddressAlone(value);
  return kind === undefined ? null : { span: [0, value.length], detail: `as an address: ${kind}` };
}

function scriptText(value: string): Detection | null {
  const found = scriptBreakOut(value);
  if (found === undefined) return null;
  return { span: found.span, detail: `inside a script string: ${found.quote} ends it and a call follows` };
}
