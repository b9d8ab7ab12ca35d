import { Item } from '../transaction/item.ts';
import { readBoundary } from './multipart-boundary.ts';
import { readPartHead, type PartHead } from './multipart-part.ts';

// multipart/form-data (RFC 7578, RFC 2046 section 5.1), read tolerantly: every deviation is a flag, and reading goes on,
// because a backend that is as tolerant would see those parts too.

export interface MultipartFlags {
  strictError: number;
  unmatchedBoundary: number;
  boundaryQuoted: number;
  boundaryWhitespace: number;
  dataBefore: number;
  dataAfter: number;
  headerFolding: number;
  lfLine: number;
  crlfLfLines: number;
  missingSemicolon: number;
  invalidQuoting: number;
  invalidPart: number;
  invalidHeaderFolding: number;
  /** A `filename*` without a `filename`. */
  extendedNameOnly: number;
  fileLimitExceeded: number;
}

export interface MultipartFile {
  readonly name: string;
  readonly filename: string;
  /** What `filename*` says when it differs: another backend takes that one. */
  readonly otherFilename: string | undefined;
  readonly content: string;
  /** Where the content begins in the body. */
  readonly offset: number;
}

export interface MultipartFacts {
  readonly fields: readonly Item[];
  readonly files: readonly MultipartFile[];
  readonly names: readonly string[];
  /** Key = the part's name, value = one header line. */
  readonly partHeaders: readonly Item[];
  readonly flags: Readonly<MultipartFlags>;
  readonly error: string;
  /** The error is only that the final boundary did not come. */
  readonly truncated: boolean;
}

interface Builder {
  readonly fields: Item[];
  readonly files: MultipartFile[];
  readonly names: string[];
  readonly partHeaders: Item[];
  readonly flags: MultipartFlags;
  crlfSeen: boolean;
  error: string;
}

/** Above `limits.parts` reading stops with an error: each part costs the rules a whole round. */
export function parseMultipart(contentType: string, body: string, limits: { readonly parts: number }): MultipartFacts {
  const builder: Builder = {
    fields: [],
    files: [],
    names: [],
    partHeaders: [],
    flags: noFlags(),
    crlfSeen: false,
    error: '',
  };
  const boundary = readBoundary(contentType, builder.flags);
  let truncated = false;
  if (boundary.text === undefined) builder.error = boundary.error;
  else {
    builder.error = boundary.error;
    truncated = readParts(body, `--${boundary.text}`, builder, limits.parts) && builder.error === '';
    if (truncated) builder.error = 'Multipart: final boundary missing';
  }
  const flags = builder.flags;
  if (flags.lfLine !== 0 && builder.crlfSeen) flags.crlfLfLines = 1;
  const { unmatchedBoundary: _ignored, crlfLfLines: _mixed, ...strict } = flags;
  if (builder.error !== '' || boundary.notes.includes('case') || Object.values(strict).some((flag) => flag !== 0))
    flags.strictError = 1;
  return { ...builder, truncated };
}

function noFlags(): MultipartFlags {
  return {
    strictError: 0,
    unmatchedBoundary: 0,
    boundaryQuoted: 0,
    boundaryWhitespace: 0,
    dataBefore: 0,
    dataAfter: 0,
    headerFolding: 0,
    lfLine: 0,
    crlfLfLines: 0,
    missingSemicolon: 0,
    invalidQuoting: 0,
    invalidPart: 0,
    invalidHeaderFolding: 0,
    extendedNameOnly: 0,
    fileLimitExceeded: 0,
  };
}

/** Walks the lines. Answers true when the body ended before the final boundary. */
function readParts(body: string, delimiter: string, builder: Builder, limit: number): boolean {
  const core = delimiter.slice(hyphensAt(delimiter, 0));
  let partStart = -1;
  let parts = 0;
  let line = 0;
  while (line < body.length) {
    const newline = body.indexOf('\n', line);
    const end = newline === -1 ? body.length : newline;
    const kind = body.startsWith('--', line) ? delimiterKind(body, line, end, delimiter) : 'none';
    if (kind === 'none' || kind === 'unmatched') {
      // As in ModSecurity: 1 = it begins like ours but for the number of hyphens, 2 = it only begins with two, as quoted mail does.
      if (kind === 'unmatched') {
        if (body.startsWith(core, line + hyphensAt(body, line))) builder.flags.unmatchedBoundary = 1;
        else builder.flags.unmatchedBoundary ||= 2;
      }
      if (partStart < 0) builder.flags.dataBefore = 1;
    } else {
      if (partStart >= 0 && ++parts <= limit) addPart(body.slice(partStart, line), partStart, builder);
      if (parts > limit) {
        builder.error = `Multipart: more than ${limit} parts`;
        builder.flags.fileLimitExceeded = 1;
        return false;
      }
      noteLineEnd(body, newline, builder);
      if (kind === 'last') {
        if (/[^\r\n]/.test(body.slice(end, end + 4096)) || body.length > end + 4096) builder.flags.dataAfter = 1;
        return false;
      }
      partStart = end + 1;
    }
    line = end + 1;
  }
  if (partStart >= 0 && partStart < body.length) addPart(body.slice(partStart), partStart, builder);
  return true;
}

function hyphensAt(text: string, start: number): number {
  let at = start;
  while (text[at] === '-') at++;
  return at - start;
}

/** RFC 2046 5.1.1: the delimiter, then nothing or `--`, then white space to the end of the line. */
function delimiterKind(
  body: string,
  start: number,
  end: number,
  delimiter: string,
): 'none' | 'unmatched' | 'next' | 'last' {
  if (!body.startsWith(delimiter, start)) return 'unmatched';
  if (end - start > delimiter.length + 256) return 'unmatched';
  const rest = body.slice(start + delimiter.length, end).replace(/[ \t\r]+$/, '');
  if (rest === '') return 'next';
  return rest === '--' ? 'last' : 'unmatched';
}

function noteLineEnd(body: string, newline: number, builder: Builder): void {
  if (newline === -1) return;
  if (body[newline - 1] === '\r') builder.crlfSeen = true;
  else builder.flags.lfLine = 1;
}

/** The line end before a delimiter belongs to the delimiter (RFC 2046 5.1.1). */
function contentEnd(text: string): number {
  if (!text.endsWith('\n')) return text.length;
  return text.endsWith('\r\n') ? text.length - 2 : text.length - 1;
}

function addPart(text: string, start: number, builder: Builder): void {
  const head: PartHead = readPartHead(text, builder.flags);
  if (head.crlfSeen) builder.crlfSeen = true;
  if (head.error !== '' && builder.error === '') builder.error = head.error;
  const name = head.name ?? '';
  for (const header of head.headers) builder.partHeaders.push(new Item(name, header));
  const content = text.slice(head.end, contentEnd(text));
  if (head.name !== undefined) builder.names.push(name);
  if (head.filename === undefined) builder.fields.push(new Item(name, content));
  else {
    const { filename, otherFilename } = head;
    builder.files.push({ name, filename, otherFilename, content, offset: start + head.end });
  }
}
