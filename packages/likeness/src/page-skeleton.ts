import { isPlainName, templateLink } from './path-template.ts';
import { isPageLabel } from './static-words.ts';
import { formatOf } from './text-format.ts';

// A page keeps its tags, classes, links and form fields. Text is replaced by `{{format:length}}`, unless it is a label made of
// our own list of page words, or stands in title, nav, label or button of a page that was seen without a session.

const MAX_PAGE = 16_384;
const MAX_READ = 65_536;
const VOID = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));
const KNOWN = new Set(
  `html head body title meta link base header footer main nav section article aside div span p a ul ol li dl dt dd h1 h2 h3 h4 h5 h6
  table thead tbody tfoot tr td th caption form fieldset legend label input textarea select option button img figure figcaption br
  hr pre code blockquote strong em b i u small sub sup time mark details summary iframe video audio source picture noscript
  template dialog output progress address`.split(/\s+/),
);
/** Their content is data or code, not text. */
const SKIPPED = new Set(['script', 'style', 'svg', 'math', 'object', 'canvas']);
const LABELS = new Set(['title', 'nav', 'label', 'button']);

// Quoted values and the number of pieces are bounded: an unclosed tag must not be searched for through the whole page.
const TOKEN =
  /<!--[^]*?(?:-->|$)|<![^>]{0,300}>|<(\/?)([a-zA-Z][a-zA-Z0-9-]{0,30})((?:[^<>"']|"[^"]{0,2000}"|'[^']{0,2000}'){0,1000})>|[^<]+|</g;
const ATTRIBUTE = /([a-zA-Z][\w:-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;

export function skeletonOf(html: string, options: { readonly session: boolean }): string {
  const text = html.slice(0, MAX_READ);
  const out: string[] = /^\s*<!doctype/i.test(text) ? ['<!doctype html>'] : [];
  let length = 0;
  const open: string[] = [];
  let skipping: string | undefined;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, closing, rawName, attributes = ''] = match;
    const name = rawName?.toLowerCase();
    let piece = '';
    if (skipping !== undefined) {
      if (closing === '/' && name === skipping) skipping = undefined;
      continue;
    }
    if (name === undefined) {
      if (!whole.startsWith('<')) piece = textOf(whole, open, options.session);
    } else if (SKIPPED.has(name)) {
      if (closing !== '/' && !attributes.endsWith('/')) skipping = name;
    } else if (KNOWN.has(name)) piece = closing === '/' ? closeTag(name, open) : openTag(name, attributes, open);
    length += piece.length;
    if (length > MAX_PAGE - 512) break;
    out.push(piece);
  }
  for (const name of open.toReversed().slice(0, 40)) out.push(`</${name}>`);
  return out.join('');
}

function openTag(name: string, attributes: string, open: string[]): string {
  // Deeper nesting than this is not how pages look; it costs time to close.
  if (!VOID.has(name) && open.length < 40) open.push(name);
  else if (!VOID.has(name)) return '';
  let kept = '';
  for (const [, rawName = '', double, single, bare] of attributes.matchAll(ATTRIBUTE)) {
    const attribute = rawName.toLowerCase();
    const value = keptAttribute(name, attribute, double ?? single ?? bare ?? '');
    if (value !== undefined) kept += ` ${attribute}="${value}"`;
  }
  return `<${name}${kept}>`;
}

function closeTag(name: string, open: string[]): string {
  const at = open.lastIndexOf(name);
  if (at < 0) return '';
  const closed = open.splice(at).toReversed();
  return closed.map((one) => `</${one}>`).join('');
}

const INPUT_TYPES = new Set(
  'text password email number search submit button checkbox radio hidden file date tel url reset'.split(' '),
);

/** The value that may stay, or undefined. What is not named here is dropped: value, title, alt, data-*, id, style, on*. */
function keptAttribute(tag: string, name: string, value: string): string | undefined {
  switch (name) {
    case 'href':
    case 'src':
    case 'action':
      return templateLink(value);
    case 'name':
      return isPlainName(value) ? value : undefined;
    case 'class': {
      const classes = value.split(/\s+/).filter((one) => /^[a-z][a-z-]{0,23}$/i.test(one));
      return classes.length > 0 ? classes.slice(0, 4).join(' ') : undefined;
    }
    case 'type':
      return INPUT_TYPES.has(value.toLowerCase()) ? value.toLowerCase() : undefined;
    case 'method':
      return /^(?:get|post)$/i.test(value) ? value.toLowerCase() : undefined;
    case 'rel':
      return /^(?:stylesheet|icon|preload|nofollow|noopener)$/.test(value) ? value : undefined;
    case 'lang':
      return /^[a-z]{2}(?:-[A-Za-z]{2,4})?$/.test(value) ? value : undefined;
    case 'charset':
      return /^utf-?8$/i.test(value) ? 'utf-8' : undefined;
    case 'content':
      return tag === 'meta' && /^width=device-width(?:, ?initial-scale=1)?$/.test(value) ? value : undefined;
    case 'required':
    case 'multiple':
    case 'checked':
      return '';
    default:
      return undefined;
  }
}

function textOf(text: string, open: readonly string[], session: boolean): string {
  const trimmed = text.trim();
  if (trimmed === '') return text.includes('\n') ? '\n' : ' ';
  const isLabel = isPageLabel(trimmed) || (!session && open.some((name) => LABELS.has(name)));
  if (isLabel && !trimmed.includes('{{') && trimmed.length <= 120) return text.slice(0, 200);
  if (/^[\p{P}\p{S}]{1,3}$/u.test(trimmed)) return trimmed.includes('{') ? '' : trimmed;
  return `{{${formatOf(trimmed)}:${Math.min(trimmed.length, 400)}}}`;
}
