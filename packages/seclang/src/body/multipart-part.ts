import { percentDecode } from '../transformations/url-decode.ts';
import type { MultipartFlags } from './multipart.ts';

export interface PartHead {
  readonly name: string | undefined;
  readonly filename: string | undefined;
  /** What `filename*` says when it differs: another backend takes that one. */
  readonly otherFilename: string | undefined;
  /** Lines as received, folded ones joined by a space. */
  readonly headers: readonly string[];
  /** Where the content begins. */
  readonly end: number;
  readonly error: string;
  readonly crlfSeen: boolean;
}

const MAX_HEAD_LINES = 64;

/** The header lines of one part (RFC 7578 section 4.2), to the empty line. */
export function readPartHead(text: string, flags: MultipartFlags): PartHead {
  const headers: string[] = [];
  let error = '';
  let crlfSeen = false;
  let at = 0;
  for (;;) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    const crlf = newline > 0 && text[newline - 1] === '\r';
    if (newline !== -1) {
      if (crlf) crlfSeen = true;
      else flags.lfLine = 1;
    }
    const line = text.slice(at, crlf ? end - 1 : end);
    at = newline === -1 ? text.length : end + 1;
    if (line === '') break;
    error ||= addHeaderLine(line, headers, flags);
    if (newline === -1) {
      error ||= 'Multipart: part has no empty line after its headers';
      flags.invalidPart = 1;
      break;
    }
    if (headers.length > MAX_HEAD_LINES) {
      error ||= 'Multipart: too many header lines in a part';
      break;
    }
  }
  const disposition = headers.filter((header) => /^\s*content-disposition\s*:/i.test(header));
  if (disposition.length > 1) error ||= 'Multipart: duplicate Content-Disposition in a part';
  const { name, filename, otherFilename, problem } = readDisposition(disposition.at(-1), flags);
  error ||= problem;
  return { name, filename, otherFilename, headers, end: at, error, crlfSeen };
}

function addHeaderLine(line: string, headers: string[], flags: MultipartFlags): string {
  if (/^[ \t]/.test(line)) {
    flags.headerFolding = 1;
    const previous = headers.pop();
    // RFC 5322 2.2.3: folding is a continuation; white space other than space and tab is none.
    headers.push(previous === undefined ? line : `${previous} ${line.trimStart()}`);
    if (previous === undefined) {
      flags.invalidHeaderFolding = 1;
      return 'Multipart: invalid part header (folding)';
    }
    return '';
  }
  headers.push(line);
  const colon = line.indexOf(':');
  if (colon === -1) return 'Multipart: Invalid part header (colon missing)';
  if (colon === 0) return 'Multipart: Invalid part header (header name missing)';
  return /^[\x21-\x7e]+$/.test(line.slice(0, colon))
    ? ''
    : 'Multipart: Invalid part header (contains invalid character)';
}

interface Disposition {
  readonly name: string | undefined;
  readonly filename: string | undefined;
  readonly otherFilename: string | undefined;
  readonly problem: string;
}

/** `form-data; name="a"; filename="b"`. */
function readDisposition(header: string | undefined, flags: MultipartFlags): Disposition {
  let name: string | undefined;
  let filename: string | undefined;
  let extended: string | undefined;
  let problem = '';
  if (header === undefined) {
    flags.invalidPart = 1;
    return { name, filename, otherFilename: undefined, problem: 'Multipart: part missing Content-Disposition header' };
  }
  const value = header.slice(header.indexOf(':') + 1);
  if (!/^\s*form-data\s*(?:;|$)/i.test(value)) problem = 'Multipart: invalid Content-Disposition (not form-data)';
  for (const { key, raw, separated } of parameters(value)) {
    if (!separated) flags.missingSemicolon = 1;
    if (!raw.startsWith('"') && !key.endsWith('*') && /['"]/.test(raw)) flags.invalidQuoting = 1;
    const text = unquote(raw);
    if (key === 'name') {
      if (name !== undefined) problem ||= 'Multipart: duplicate name in Content-Disposition';
      name ??= text;
    } else if (key === 'filename') {
      if (filename !== undefined) problem ||= 'Multipart: duplicate filename in Content-Disposition';
      filename ??= text;
    } else if (key === 'filename*' || key === 'name*') {
      // RFC 7578 4.2 forbids the extended form; backends that take it would see a name that no rule has seen.
      flags.invalidPart = 1;
      if (key === 'filename*') {
        problem ||= extendedProblem(raw);
        extended ??= decodeExtended(text);
      }
    }
  }
  if (filename === undefined && extended !== undefined) flags.extendedNameOnly = 1;
  if (name === undefined) {
    flags.invalidPart = 1;
    problem ||= 'Multipart: Content-Disposition header missing name field';
  }
  const otherFilename = filename === undefined || extended === filename ? undefined : extended;
  return { name, filename: filename ?? extended, otherFilename, problem };
}

/** `charset'language'value` (RFC 8187 section 3.2); what has another form stays. */
function decodeExtended(text: string): string {
  const value = /^[^']*'[^']*'([^]*)$/.exec(text)?.[1];
  return value === undefined ? text : percentDecode(value);
}

/** RFC 8187 3.2.1: `charset'language'text`. */
function extendedProblem(raw: string): string {
  const [charset, language, text] = raw.split("'");
  const what =
    charset === '' || language === undefined
      ? 'character set'
      : text === undefined
        ? 'language'
        : /%(?![0-9a-fA-F]{2})/.test(text)
          ? 'encoding'
          : undefined;
  return what === undefined ? '' : `Multipart: invalid Content-Disposition (${what} of an extended name)`;
}

interface Parameter {
  readonly key: string;
  readonly raw: string;
  /** A semicolon stood before it. */
  readonly separated: boolean;
}

/** Each step begins where the last one ended, so that a long header costs linear time. */
function* parameters(value: string): Generator<Parameter> {
  const gap = /[\s;]*/y;
  const token = /[!#$%&*+\-.^_`|~\w]+/y;
  const equals = /\s*=\s*/y;
  const bare = /'[^';]*'|[^;\s]*/y;
  let at = 0;
  while (at < value.length) {
    const separator = matchAt(gap, value, at);
    at += separator.length;
    const key = matchAt(token, value, at);
    at += Math.max(key.length, 1);
    if (key === '') continue;
    const sign = matchAt(equals, value, at);
    if (sign === '') continue;
    at += sign.length;
    const raw = value[at] === '"' ? quotedText(value, at) : matchAt(bare, value, at);
    at += raw.length;
    yield { key: key.toLowerCase(), raw, separated: separator.includes(';') };
  }
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

function quotedText(value: string, start: number): string {
  for (let index = start + 1; index < value.length; index++) {
    if (value[index] === '\\') index++;
    else if (value[index] === '"') return value.slice(start, index + 1);
  }
  return value.slice(start);
}

function unquote(raw: string): string {
  if (!raw.startsWith('"') || raw.length < 2) return raw;
  return raw.slice(1, raw.endsWith('"') ? -1 : undefined).replace(/\\(["\\])/g, '$1');
}
