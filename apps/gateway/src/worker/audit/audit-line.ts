import type { AuditLog } from '@seawall/contract';
import type { Match } from '@seawall/seclang';
import { MASK, masked } from '../evidence.ts';
import { holdsSecrets } from '../finding.ts';
import type { Trace } from '../trace.ts';

// One line for one match. Every line is printable ASCII without the line end: whatever an attacker wrote comes as an escape, and a quote
// of theirs is never a bare quote, so that neither a line, nor a bracket, nor a terminal can be broken.

/** What all lines of one transaction say. */
export interface AuditSubject {
  readonly trace: Trace;
  readonly clientPort: number;
  /** The session value: it must not leave the gateway anywhere. */
  readonly secret: string | undefined;
}

/** A hostile request that matches a hundred rules fills the disk a hundred times as fast. */
export const MAX_LINE = 8192;
const MAX_TEXT = 1024;
const MAX_OPERATOR = 256;
const MAX_TAG = 128;
const MAX_TARGETS = 16;

/** Syslog's scale. */
const SEVERITIES = ['EMERGENCY', 'ALERT', 'CRITICAL', 'ERROR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function auditLine(format: AuditLog['format'], subject: AuditSubject, match: Match): string {
  return format === 'json' ? jsonLine(subject, match) : bracketedLine(subject, match);
}

/** The form of ModSecurity's error log: parts in brackets, one line a match. */
function bracketedLine(subject: AuditSubject, match: Match): string {
  const { trace } = subject;
  const part = (name: string, value: string, most = MAX_TEXT): string => ` [${name} "${escaped(value, most)}"]`;
  const what = match.disruptive ? `Access denied (phase ${match.phase}).` : 'Warning.';
  const where = targetsOf(match).join(' ');
  const operator = escaped(match.operator, MAX_OPERATOR);
  const start =
    `[${timeOf(trace.startedMicros)}] [security:error] [client ${addressOf(subject)}] ModSecurity: ${what} ` +
    `Matched "${operator}" at ${escaped(where, MAX_TEXT)}.` +
    part('file', match.file, MAX_OPERATOR) +
    part('line', String(match.line)) +
    part('id', String(match.ruleId)) +
    part('msg', masked(match.message, subject.secret)) +
    part('data', dataOf(subject, match)) +
    (match.severity === undefined ? '' : part('severity', SEVERITIES[match.severity] ?? String(match.severity))) +
    part('ver', match.version, MAX_TAG);
  const end =
    part('hostname', trace.host, MAX_OPERATOR) +
    part('uri', masked(trace.path, subject.secret)) +
    part('unique_id', trace.id);
  // The parts above are bounded; tags take what is left.
  let tags = '';
  for (const tag of match.tags) {
    const next = part('tag', tag, MAX_TAG);
    if (start.length + tags.length + next.length + end.length > MAX_LINE) break;
    tags += next;
  }
  return `${start}${tags}${end}`;
}

function jsonLine(subject: AuditSubject, match: Match): string {
  const { trace, secret } = subject;
  const text = JSON.stringify({
    time: new Date(trace.startedMicros / 1000).toISOString(),
    id: match.ruleId,
    phase: match.phase,
    msg: cut(masked(match.message, secret), MAX_TEXT),
    data: cut(dataOf(subject, match), MAX_TEXT),
    severity: match.severity === undefined ? undefined : SEVERITIES[match.severity],
    score: match.score,
    disruptive: match.disruptive,
    operator: cut(match.operator, MAX_OPERATOR),
    targets: targetsOf(match).map((target) => cut(target, MAX_OPERATOR)),
    ver: match.version,
    tags: match.tags.slice(0, 16).map((tag) => cut(tag, MAX_TAG)),
    file: match.file,
    line: match.line,
    client: trace.address,
    clientPort: subject.clientPort,
    method: cut(trace.method, MAX_TAG),
    hostname: cut(trace.host, MAX_OPERATOR),
    uri: cut(masked(trace.path, secret), MAX_TEXT),
    route: trace.route,
    mode: trace.mode,
    status: trace.status,
    uniqueId: trace.id,
  });
  // JSON leaves these as they are; a terminal takes some of them for commands.
  return text.replace(/[\x7f-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function dataOf({ secret }: AuditSubject, match: Match): string {
  if (match.logdata === '') return '';
  const hidden = match.places.some((place) => holdsSecrets(place.target));
  return hidden ? MASK : masked(match.logdata, secret);
}

function targetsOf(match: Match): readonly string[] {
  return match.places.slice(0, MAX_TARGETS).map((place) => place.target);
}

function addressOf({ trace, clientPort }: AuditSubject): string {
  return trace.address.includes(':') ? `[${trace.address}]:${clientPort}` : `${trace.address}:${clientPort}`;
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}...` : text;
}

/** At most `most` characters, escapes counted, and none of them cut. */
function escaped(text: string, most: number): string {
  // oxlint-disable-next-line no-control-regex -- these are what must not stay
  const whole = text
    .slice(0, most)
    .replace(/["\\\x00-\x1f\x7f-\uffff]/g, (one) =>
      one === '"' || one === '\\' ? `\\${one}` : `\\x${(one.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')}`,
    );
  if (whole.length <= most) return text.length > most ? `${whole}...` : whole;
  const [kept = ''] = /^(?:[^\\]|\\["\\]|\\x[0-9a-f]{2})*/.exec(whole.slice(0, most)) ?? [];
  return `${kept}...`;
}

/** Like `Mon Nov 23 21:36:22.123456 2026`, in UTC. */
function timeOf(micros: number): string {
  const date = new Date(Math.floor(micros / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const fraction = String(micros % 1_000_000).padStart(6, '0');
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())} ${clock}.${fraction} ${date.getUTCFullYear()}`;
}
