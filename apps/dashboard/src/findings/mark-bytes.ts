import type { RuleMatch } from '@seawall/contract';

// Finds in a message as it came the bytes that a rule matched after decoding. A match is looked for first where its target
// says it stands, in the raw bytes, then as percent-encoded, JSON-escaped and HTML-escaped text. What cannot be found is not marked: a
// wrong mark would be worse than none.

export interface Mark {
  readonly start: number;
  readonly end: number;
  /** Index into `matches`. */
  readonly match: number;
}

export interface Segment {
  readonly text: string;
  /** Index into `matches`; undefined between marks. */
  readonly match?: number;
}

interface View {
  readonly text: string;
  /** Where each character of `text` begins in the message; one more at the end. */
  readonly starts: readonly number[];
}

const MAX_NEEDLE = 512;

export function findMarks(
  message: { readonly head: string; readonly body: string },
  matches: readonly RuleMatch[],
): { readonly head: readonly Mark[]; readonly body: readonly Mark[] } {
  const views = { head: viewsOf(message.head), body: viewsOf(message.body) };
  const marks = { head: [] as Mark[], body: [] as Mark[] };
  for (const [index, match] of matches.entries()) {
    for (const place of placesOf(match.target, message.head)) {
      const found = findOne(views[place.part], match, place);
      if (!found) continue;
      marks[place.part].push({ ...found, match: index });
      break;
    }
  }
  return { head: withoutOverlap(marks.head), body: withoutOverlap(marks.body) };
}

/** The message cut at its marks. */
export function segmentsOf(text: string, marks: readonly Mark[]): Segment[] {
  const segments: Segment[] = [];
  let at = 0;
  for (const { start, end, match } of marks) {
    if (start > at) segments.push({ text: text.slice(at, start) });
    segments.push({ text: text.slice(start, end), match });
    at = end;
  }
  if (at < text.length) segments.push({ text: text.slice(at) });
  return segments;
}

interface Place {
  readonly part: 'head' | 'body';
  readonly from: number;
  readonly to: number;
}

function placesOf(target: string, head: string): Place[] {
  const [collection = '', name = ''] = splitTarget(target);
  const lineEnd = head.indexOf('\n');
  const firstLine: Place = { part: 'head', from: 0, to: lineEnd < 0 ? head.length : lineEnd };
  const body: Place = { part: 'body', from: 0, to: Infinity };
  const whole: Place = { part: 'head', from: 0, to: head.length };
  if (/^(REQUEST|RESPONSE)_HEADERS/.test(collection)) {
    const line = fieldLine(head, name);
    return line ? [line] : [whole];
  }
  if (collection.startsWith('REQUEST_COOKIES')) return [fieldLine(head, 'cookie') ?? whole];
  if (collection.startsWith('ARGS_POST')) return [body];
  if (collection.startsWith('ARGS_GET')) return [firstLine];
  if (collection.startsWith('ARGS')) return [afterName(head, name, firstLine), firstLine, body];
  if (/^(REQUEST_URI|REQUEST_FILENAME|REQUEST_BASENAME|QUERY_STRING|REQUEST_LINE|REQUEST_METHOD)/.test(collection)) {
    return [firstLine];
  }
  if (/^(REQUEST|RESPONSE)_BODY|^FILES|^XML|^JSON|^MULTIPART/.test(collection)) return [body];
  return [whole, body];
}

function splitTarget(target: string): [string, string] {
  const at = target.indexOf(':');
  return at < 0 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)];
}

function fieldLine(head: string, name: string): Place | undefined {
  const lower = head.toLowerCase();
  const at = lower.indexOf(`\n${name.toLowerCase()}:`);
  if (name === '' || at < 0) return undefined;
  const end = head.indexOf('\n', at + 1);
  return { part: 'head', from: at + 2 + name.length, to: end < 0 ? head.length : end };
}

function afterName(head: string, name: string, line: Place): Place {
  const at = name === '' ? -1 : head.slice(0, line.to).search(new RegExp(`[?&;]${name.replace(/\W/g, '\\$&')}=`));
  return at < 0 ? line : { ...line, from: at + name.length + 2 };
}

function findOne(views: readonly View[], match: RuleMatch, place: Place): Omit<Mark, 'match'> | undefined {
  for (const needle of needlesOf(match)) {
    for (const view of views) {
      const found = findIn(view, needle, place);
      if (found) return found;
    }
  }
  return undefined;
}

/** The matched bytes, else what the pipeline began with, else the whole value. */
function needlesOf({ value, span, steps }: RuleMatch): string[] {
  const first = steps[0]?.before ?? value;
  const exact = span ? value.slice(span[0], span[1]) : '';
  const needles = [exact.length >= 2 ? exact : '', first, value].filter((needle) => needle.length > 0);
  return [...new Set(needles)].map((needle) => needle.slice(0, MAX_NEEDLE).toLowerCase());
}

function findIn(view: View, needle: string, { from, to }: Place): Omit<Mark, 'match'> | undefined {
  for (let at = view.text.indexOf(needle); at >= 0; at = view.text.indexOf(needle, at + 1)) {
    const start = view.starts[at] ?? 0;
    const end = view.starts[at + needle.length] ?? start;
    if (start >= from && end <= to && end > start) return { start, end };
    if (start > to) return undefined;
  }
  return undefined;
}

const VIEWS: readonly RegExp[] = [
  /(?!)/y,
  /%([0-9a-f]{2})|(\+)/iy,
  /\\u([0-9a-f]{4})|\\(["\\/bfnrt])/iy,
  /&#x([0-9a-f]{1,6});?|&(?:(lt|gt|amp|quot|apos);)/iy,
];
const NAMED: Readonly<Record<string, string>> = {
  '+': ' ',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

/** The text as it is, then with one kind of encoding undone; lower case, since a pipeline often lowers it. */
function viewsOf(text: string): View[] {
  return VIEWS.map((encoded) => decodedView(text, encoded)).filter(
    (view, index) => index === 0 || view.text.length < text.length || text.includes('+'),
  );
}

function decodedView(text: string, encoded: RegExp): View {
  const starts: number[] = [];
  let decoded = '';
  for (let at = 0; at < text.length;) {
    encoded.lastIndex = at;
    const match = encoded.exec(text);
    starts.push(at);
    if (match) {
      const named = match[2] ?? '';
      decoded += match[1] === undefined ? (NAMED[named] ?? named) : codeUnit(Number.parseInt(match[1], 16));
      at += match[0].length;
    } else {
      decoded += text[at] ?? '';
      at++;
    }
  }
  starts.push(text.length);
  return { text: lowerAscii(decoded), starts };
}

/** One code unit for one sign, so that positions stay in step. */
const codeUnit = (code: number) => String.fromCharCode(Math.min(code, 0xffff));
const lowerAscii = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

function withoutOverlap(marks: readonly Mark[]): Mark[] {
  const kept: Mark[] = [];
  for (const mark of marks.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = kept.at(-1);
    if (!last || mark.start >= last.end) kept.push(mark);
  }
  return kept;
}
