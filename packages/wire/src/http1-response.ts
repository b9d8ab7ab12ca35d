import { SP, trimOws } from './characters.ts';
import type { Framing, ResponseHead1, Violation } from './http1-api.ts';
import { frameBody, isPersistent, pickControlFields, upgradeOf, type ControlFields } from './http1-framing.ts';
import { checkVersion, type HeadText, type ParsedHead, readLines } from './http1-request.ts';
import type { ViolationList } from './http1-violations.ts';

/** Reads the head of an answer to `method`. */
export function parseResponseHead(source: HeadText, found: ViolationList, method: string): ParsedHead<ResponseHead1> {
  const lines = readLines(source, found);
  const line = readStatusLine(lines.line, found);
  const { fields } = lines;
  const control = pickControlFields(fields);
  const result = frameAnswer(line.status, line.version, method, control, found);
  const head: ResponseHead1 = {
    kind: 'response',
    text: source.text,
    status: line.status,
    reason: line.reason,
    version: line.version,
    fields,
    violations: found.all,
    forwardable: found.forwardable,
    framing: result.framing,
    keepAlive: found.forwardable && result.framing.kind !== 'close' && isPersistent(line.version, control.connection),
    upgrade: upgradeOf(control, line.version),
  };
  const lost = line.lost ?? result.undelimitable ?? found.all.find((one) => one.code === 'too-many-fields');
  return { head, undelimitable: lost, opensTunnel: opensTunnel(method, line.status) };
}

const ZERO = 48;

interface StatusLine {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  /** Set when the line gives no status: whether a body follows cannot be told. */
  readonly lost: Violation | undefined;
}

/** RFC 9112, 4: HTTP-version SP status-code SP [ reason-phrase ]. */
function readStatusLine(line: string, found: ViolationList): StatusLine {
  const status = usualStatus(line);
  if (status > 0) return { version: 'HTTP/1.1', status, reason: line.slice(13), lost: undefined };
  return readOddStatusLine(line, found);
}

/** The status of `HTTP/1.1 NNN Reason` with a plain reason, else 0. */
function usualStatus(line: string): number {
  if (!line.startsWith('HTTP/1.1 ') || line.charCodeAt(12) !== SP) return 0;
  const status = (line.charCodeAt(9) - ZERO) * 100 + (line.charCodeAt(10) - ZERO) * 10 + (line.charCodeAt(11) - ZERO);
  if (status < 100 || status > 599 || !isDigit(line.charCodeAt(10)) || !isDigit(line.charCodeAt(11))) return 0;
  // White space around the reason is cut off by the careful way.
  return line.length > 13 && line.charCodeAt(13) > SP && line.charCodeAt(line.length - 1) > SP ? status : 0;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= 57;
}

function readOddStatusLine(line: string, found: ViolationList): StatusLine {
  const match = /^(HTTP\/[0-9]\.[0-9])([ \t]+)([0-9]{3})(?:([ \t])(.*))?$/s.exec(line);
  const status = Number(match?.[3] ?? 0);
  if (!match || status < 100) {
    return { version: '', status: 0, reason: '', lost: found.add('status-line-invalid', line) };
  }
  const version = match[1] ?? '';
  checkVersion(version, found);
  if (match[2] !== ' ' || match[4] === '\t') found.add('status-line-space');
  if (match[4] === undefined) found.add('reason-missing');
  // RFC 9110, 15: above 599 is outside of any class.
  if (status > 599) found.add('status-out-of-range', String(status));
  const reason = match[5] ?? '';
  return { version, status, reason: trimOws(reason, 0, reason.length), lost: undefined };
}

const opensTunnel = (method: string, status: number): boolean => method === 'CONNECT' && status >= 200 && status < 300;

const NO_BODY: Framing = { kind: 'none' };

/** RFC 9112, 6.3, items 1 to 3, then the rest. */
function frameAnswer(
  status: number,
  version: string,
  method: string,
  control: ControlFields,
  found: ViolationList,
): { readonly framing: Framing; readonly undelimitable: Violation | undefined } {
  const none = { framing: NO_BODY, undelimitable: undefined };
  if (status < 200 || status === 204 || opensTunnel(method, status)) {
    // 6.1 and RFC 9110, 8.6: neither field may be sent here; readers that believe it would wait for a body.
    if (control.transferEncoding.length > 0) found.add('transfer-encoding-forbidden');
    if (control.contentLength.some((value) => value !== '0')) found.add('content-length-forbidden');
    else if (control.contentLength.length > 0) found.add('content-length-useless');
    return none;
  }
  if (method === 'HEAD' || status === 304) {
    // The fields tell what a GET would have got; they are checked, the body is not read.
    frameBody(control, version, found);
    return none;
  }
  return frameBody(control, version, found);
}
