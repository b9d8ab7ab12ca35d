import { type CleanLines, readCleanLines } from './clean-head.ts';
import type { HeadField, RequestHead1, Violation } from './http1-api.ts';
import { CR } from './characters.ts';
import { checkControls, readFields } from './http1-fields.ts';
import { frameBody, isPersistent, pickControlFields, upgradeOf } from './http1-framing.ts';
import { END_TO_END } from './hop-by-hop.ts';
import { checkMethod, readHost, readTarget } from './http1-target.ts';
import { ViolationList } from './http1-violations.ts';

export interface ParsedHead<H> {
  readonly head: H;
  /** Set when nothing after the head may be read. */
  readonly undelimitable: Violation | undefined;
  /** An answer to CONNECT after which the connection is a tunnel (RFC 9110, 9.3.6). */
  readonly opensTunnel?: boolean;
}

export interface HeadText {
  /** The head as it was received, latin1. */
  readonly text: string;
  /** Its lines, when somebody has read them before. */
  readonly clean: CleanLines | undefined;
  readonly maxFields: number;
}

/** Start line and fields of a head; one that was cut off by a limit reads as far as it goes. */
export function readLines({ text, clean, maxFields }: HeadText, found: ViolationList): Lines {
  const lines = clean ?? readCleanLines(text, maxFields);
  if (lines !== undefined) return { line: text.slice(0, lines.startLine), fields: lines.fields };
  checkControls(text, found);
  const newline = text.indexOf('\n');
  const lineEnd = newline < 0 ? text.length : newline;
  const bare = newline >= 0 && (newline === 0 || text.charCodeAt(newline - 1) !== CR);
  if (bare) found.add('bare-lf');
  const line = text.slice(0, newline < 0 || bare ? lineEnd : lineEnd - 1);
  return { line, fields: newline < 0 ? [] : readFields(text, newline + 1, maxFields, found) };
}

interface Lines {
  readonly line: string;
  readonly fields: HeadField[];
}

export function parseRequestHead(source: HeadText, found: ViolationList): ParsedHead<RequestHead1> {
  const { line, fields } = readLines(source, found);
  const { method, target, version } = readRequestLine(line, found);
  const control = pickControlFields(fields);
  checkMethod(method, found);
  const aim = readTarget(method, target, found);
  const host = readHost(aim, control, version, found);
  const { framing, undelimitable } = frameBody(control, version, found);
  checkSemantics(method, control.connection, framing.kind, found);
  const expect = control.expect;
  // RFC 9110, 10.1.1: only 100-continue is known; HTTP/1.0 cannot expect.
  if (expect !== undefined && expect !== '100-continue') found.add('expect-unknown', expect);
  const head: RequestHead1 = {
    kind: 'request',
    text: source.text,
    method,
    target,
    targetForm: aim.form,
    host,
    version,
    fields,
    violations: found.all,
    forwardable: found.forwardable,
    framing,
    // A message that is not forwarded is the last one of its connection (RFC 9112, 2.2 and 6.3).
    keepAlive: found.forwardable && isPersistent(version, control.connection),
    upgrade: upgradeOf(control, version),
    expectContinue: expect === '100-continue' && version !== 'HTTP/1.0',
  };
  return { head, undelimitable: undelimitable ?? found.all.find((one) => one.code === 'too-many-fields') };
}

function checkSemantics(method: string, connection: ReadonlySet<string>, framing: string, found: ViolationList): void {
  // RFC 9110, 9.3.6 and 9.3.8: CONNECT has no content with a meaning, TRACE must not have any.
  if (framing !== 'none' && (method === 'CONNECT' || method === 'TRACE')) found.add('body-forbidden', method);
  // RFC 9110, 7.6.1: else a client could make a proxy drop what upstream relies on.
  for (const member of connection) {
    if (END_TO_END.has(member)) found.add('connection-lists-end-to-end', member);
  }
}

interface RequestLine {
  readonly method: string;
  readonly target: string;
  readonly version: string;
}

/** RFC 9112, 3: method SP request-target SP HTTP-version. */
function readRequestLine(line: string, found: ViolationList): RequestLine {
  const first = line.indexOf(' ');
  const last = line.lastIndexOf(' ');
  if (first > 0 && last > first) {
    const version = line.slice(last + 1);
    const target = line.slice(first + 1, last);
    if ((version === 'HTTP/1.1' || version === 'HTTP/1.0') && !target.includes(' ')) {
      return { method: line.slice(0, first), target, version };
    }
  }
  return readOddRequestLine(line, found);
}

/** RFC 9112, 3: recipients may part on any white space; such a line is read for inspection only. */
function readOddRequestLine(line: string, found: ViolationList): RequestLine {
  const plain = line.replace(/[\t\v\f\r ]+/g, ' ').replace(/^ | $/g, '');
  const first = plain.indexOf(' ');
  if (first < 0) {
    found.add('version-missing');
    return { method: plain, target: '', version: '' };
  }
  const method = plain.slice(0, first);
  const last = plain.lastIndexOf(' ');
  const version = plain.slice(last + 1);
  const isVersion = /^http\/?[0-9.]*$/i.test(version);
  if (!isVersion || last === first) {
    if (isVersion) checkVersion(version, found);
    else found.add('version-missing');
    const target = isVersion ? '' : plain.slice(first + 1);
    if (target.includes(' ')) found.add('target-space');
    return { method, target, version: isVersion ? version : '' };
  }
  const target = plain.slice(first + 1, last);
  checkVersion(version, found);
  if (target.includes(' ')) found.add('target-space');
  if (plain !== line) found.add('request-line-space');
  return { method, target, version };
}

/** RFC 9112, 2.3: `HTTP/` in capitals, one digit, a dot, one digit. */
export function checkVersion(version: string, found: ViolationList): void {
  if (version === 'HTTP/1.1' || version === 'HTTP/1.0') return;
  if (/^HTTP\/1\.[2-9]$/.test(version)) found.add('version-minor', version);
  else found.add('version-invalid', version);
}
