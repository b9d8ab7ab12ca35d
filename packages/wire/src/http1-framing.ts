import { listOf, trimOws } from './characters.ts';
import type { Framing, HeadField, Violation } from './http1-api.ts';
import type { ViolationList } from './http1-violations.ts';

/** The fields that decide about framing and connection, picked in one pass. Values in order of arrival. */
export interface ControlFields {
  contentLength: readonly string[];
  transferEncoding: readonly string[];
  host: readonly string[];
  connection: ReadonlySet<string>;
  upgrade: string | undefined;
  expect: string | undefined;
}

const NO_VALUES: readonly string[] = [];
const NO_MEMBERS: ReadonlySet<string> = new Set();

export function pickControlFields(fields: readonly HeadField[]): ControlFields {
  const picked: ControlFields = {
    contentLength: NO_VALUES,
    transferEncoding: NO_VALUES,
    host: NO_VALUES,
    connection: NO_MEMBERS,
    upgrade: undefined,
    expect: undefined,
  };
  for (const field of fields) pick(field, picked);
  return picked;
}

function pick({ lower, value }: HeadField, picked: ControlFields): void {
  switch (lower) {
    case 'host':
      picked.host = more(picked.host, value);
      return;
    case 'expect':
      picked.expect = joined(picked.expect, value);
      return;
    case 'upgrade':
      picked.upgrade = joined(picked.upgrade, value);
      return;
    case 'connection':
      picked.connection = membersOf(value, picked.connection);
      return;
    case 'content-length':
      picked.contentLength = more(picked.contentLength, value);
      return;
    case 'transfer-encoding':
      picked.transferEncoding = more(picked.transferEncoding, value);
      return;
    default:
  }
}

function more(before: readonly string[], value: string): readonly string[] {
  return before.length === 0 ? [value] : [...before, value];
}

const KEEP_ALIVE: ReadonlySet<string> = new Set(['keep-alive']);

function membersOf(value: string, before: ReadonlySet<string>): ReadonlySet<string> {
  if (value === 'keep-alive' && before.size === 0) return KEEP_ALIVE;
  return new Set([...before, ...listOf(value)]);
}

const joined = (before: string | undefined, value: string): string =>
  before === undefined ? value.toLowerCase() : `${before}, ${value.toLowerCase()}`;

export interface FramingResult {
  readonly framing: Framing;
  /** Set when the end of the message cannot be found: nothing after the head may be read. */
  readonly undelimitable: Violation | undefined;
}

const framed = (framing: Framing): FramingResult => ({ framing, undelimitable: undefined });
const BODILESS = framed({ kind: 'none' });
const CHUNKED = framed({ kind: 'chunked' });
const TO_THE_END = framed({ kind: 'close' });
const lost = (undelimitable: Violation): FramingResult => ({ framing: { kind: 'none' }, undelimitable });

/** RFC 9112, 6.3, items 4 to 8; the first three (answers without body) are decided by the caller. */
export function frameBody(control: ControlFields, version: string, found: ViolationList): FramingResult {
  if (control.transferEncoding.length > 0) {
    // Item 3: Transfer-Encoding overrides, and the pair is a sign of smuggling.
    if (control.contentLength.length > 0) found.add('length-and-transfer-encoding');
    // 6.1: framing of an HTTP/1.0 message with Transfer-Encoding is faulty.
    if (version !== 'HTTP/1.1') found.add('transfer-encoding-version', version);
    return frameByCoding(control.transferEncoding, found);
  }
  if (control.contentLength.length > 0) return frameByLength(control.contentLength, found);
  return found.direction === 'request' ? BODILESS : TO_THE_END;
}

function frameByCoding(values: readonly string[], found: ViolationList): FramingResult {
  const whole = values.join(', ');
  if (whole === 'chunked') return CHUNKED;
  const codings = listOf(whole);
  const end = (code: 'transfer-encoding-empty' | 'transfer-encoding-not-last' | 'transfer-encoding-unknown') => {
    const reason = found.add(code, whole);
    // Item 4: an answer then ends with the connection; a request has no end.
    return found.direction === 'response' ? framed({ kind: 'close' }) : lost(reason);
  };
  if (codings.length === 0) return end('transfer-encoding-empty');
  const others = codings.filter((coding) => coding !== 'chunked');
  if (others.length > 0) found.add('transfer-encoding-unknown', whole);
  if (codings.length - others.length > 1) found.add('transfer-encoding-repeated', whole);
  if (others.length === codings.length) return end('transfer-encoding-unknown');
  if (codings.at(-1) !== 'chunked') return end('transfer-encoding-not-last');
  if (codings.length === 1) {
    // One member, yet not the plain word: another case, or empty list members around it.
    if (/^chunked$/i.test(whole)) found.add('transfer-encoding-case', whole);
    else found.add('transfer-encoding-empty', whole);
  }
  return framed({ kind: 'chunked' });
}

function frameByLength(values: readonly string[], found: ViolationList): FramingResult {
  const whole = values.length === 1 ? (values[0] ?? '') : values.join(', ');
  if (/^[0-9]{1,15}$/.test(whole)) return framed({ kind: 'length', bytes: Number(whole) });
  const members = whole.includes(',') ? whole.split(',').map((member) => trimOws(member, 0, member.length)) : [whole];
  for (const member of members) {
    // RFC 9110, 8.6: 1*DIGIT; signs, blanks, hex and empty members are invalid.
    if (!/^[0-9]+$/.test(member)) return lost(found.add('content-length-invalid', whole));
    if (member.length > 16 || Number(member) > Number.MAX_SAFE_INTEGER) {
      return lost(found.add('content-length-overflow', whole));
    }
  }
  const bytes = Number(members[0]);
  if (members.some((member) => Number(member) !== bytes)) return lost(found.add('content-length-differs', whole));
  // Item 5 allows one identical list; senders that repeat it are broken or probing.
  if (members.length > 1) found.add('content-length-repeated', whole);
  return framed({ kind: 'length', bytes });
}

/** RFC 9112, 9.3: persistence. */
export function isPersistent(version: string, connection: ReadonlySet<string>): boolean {
  if (connection.has('close')) return false;
  if (version === 'HTTP/1.0') return connection.has('keep-alive');
  return version === 'HTTP/1.1' || /^HTTP\/1\.[1-9]$/.test(version);
}

/** RFC 9110, 7.8: Upgrade counts only when Connection announces it, and never in HTTP/1.0. */
export function upgradeOf(control: ControlFields, version: string): string | undefined {
  if (version === 'HTTP/1.0' || !control.connection.has('upgrade')) return undefined;
  return control.upgrade;
}
