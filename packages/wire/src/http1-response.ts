import type { Buffer } from 'node:buffer';
import { CR, trimOws } from './characters.ts';
import type { Framing, ResponseHead1, Violation } from './http1-api.ts';
import { checkControls, readFields } from './http1-fields.ts';
import { frameBody, isPersistent, pickControlFields, upgradeOf, type ControlFields } from './http1-framing.ts';
import { checkVersion, type ParsedHead } from './http1-request.ts';
import type { ViolationList } from './http1-violations.ts';

/** Reads the head of an answer to `method`. */
export function parseResponseHead(
  raw: Buffer,
  maxFields: number,
  found: ViolationList,
  method: string,
): ParsedHead<ResponseHead1> {
  const text = raw.toString('latin1');
  checkControls(text, found);
  const newline = text.indexOf('\n');
  const lineEnd = newline < 0 ? text.length : newline;
  const bare = newline >= 0 && (newline === 0 || text.charCodeAt(newline - 1) !== CR);
  if (bare) found.add('bare-lf');
  const line = readStatusLine(text.slice(0, newline < 0 || bare ? lineEnd : lineEnd - 1), found);
  const fields = newline < 0 ? [] : readFields(text, newline + 1, maxFields, found);
  const control = pickControlFields(fields);
  const result = frameAnswer(line.status, line.version, method, control, found);
  const head: ResponseHead1 = {
    kind: 'response',
    raw,
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

interface StatusLine {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  /** Set when the line gives no status: whether a body follows cannot be told. */
  readonly lost: Violation | undefined;
}

/** RFC 9112, 4: HTTP-version SP status-code SP [ reason-phrase ]. */
function readStatusLine(line: string, found: ViolationList): StatusLine {
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
