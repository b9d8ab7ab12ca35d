import { createHash } from 'node:crypto';
import type { Finding, FindingId, MessageEvidence, RuleMatch, Severity, Verdict } from '@seawall/contract';
import type { Match, MatchPlace, Outcome } from '@seawall/seclang';
import { newId } from '../clock.ts';
import { MASK, masked } from './evidence.ts';
import type { Trace } from './trace.ts';

const MAX_VALUE = 512;
const MAX_MATCHES = 32;
const MAX_STEPS = 16;
const MAX_QUERY = 2048;

/** Families by the tags that CRS and the base rules use; the first that fits. */
const FAMILIES: readonly (readonly [tag: RegExp, family: string])[] = [
  [/sqli/, 'sqli'],
  [/xss/, 'xss'],
  [/ssrf|rfi/, 'ssrf'],
  [/lfi|traversal/, 'lfi'],
  [/rce|injection-php|injection-java|injection-generic|shell/, 'rce'],
  [/leak|disclosure/, 'leak'],
  [/scanner|reputation/, 'scanner'],
  [/protocol|multipart/, 'protocol'],
];

export interface FindingInput {
  readonly trace: Trace;
  readonly detector: Finding['detector'];
  readonly direction: Finding['direction'];
  readonly verdict: Verdict;
  /** What was done about this one exchange, in words. */
  readonly done: string;
  readonly evidence: MessageEvidence | undefined;
  readonly secret: string | undefined;
}

/** Without matches of a rule language: protocol, log-in, limits, the gateway itself. */
export interface OwnRule {
  readonly id: string;
  readonly name: string;
  readonly family: string;
  readonly severity: Severity;
  readonly title: string;
  readonly account?: string;
}

export function ownFinding(input: FindingInput, rule: OwnRule, outcome?: Outcome): Finding {
  const matches = outcome === undefined ? [] : speaking(outcome.matches);
  return {
    ...frame(input),
    rule: { id: rule.id, name: rule.name, version: '1' },
    family: rule.family,
    severity: rule.severity,
    title: rule.title,
    score: outcome?.inboundScore ?? 0,
    threshold: outcome?.inboundThreshold ?? 0,
    matches: matches.slice(0, MAX_MATCHES).map((match) => ruleMatch(match, input.secret)),
    ...(rule.account === undefined ? {} : { account: rule.account }),
  };
}

/** One finding for one transaction that has something to say; undefined when it has not. */
export function outcomeFinding(
  input: FindingInput,
  outcome: Outcome,
  only?: (match: Match) => boolean,
): Finding | undefined {
  const matches = speaking(outcome.matches).filter((match) => only?.(match) ?? true);
  const lead = leadOf(matches);
  if (lead === undefined) return undefined;
  const response = input.direction === 'response';
  const exception = exceptionText(input.trace.path, lead);
  return {
    ...frame(input),
    rule: { id: String(lead.ruleId), name: lead.message || `rule ${lead.ruleId}`, version: lead.version },
    family: familyOf(lead, matches),
    severity: worstSeverity(matches),
    title: masked((lead.message || `Rule ${lead.ruleId} matched`).slice(0, MAX_VALUE), input.secret),
    score: response ? outcome.outboundScore : outcome.inboundScore,
    threshold: response ? outcome.outboundThreshold : outcome.inboundThreshold,
    matches: matches.slice(0, MAX_MATCHES).map((match) => ruleMatch(match, input.secret)),
    ...(exception === undefined ? {} : { exception }),
  };
}

/** A piece of the text that made the loudest rule speak, before it was transformed: to find the place in the body. */
export function nearText(outcome: Outcome): string | undefined {
  const place = leadOf(speaking(outcome.matches))?.places[0];
  return place?.steps[0]?.before ?? place?.value;
}

function frame(input: FindingInput) {
  const { trace, secret, evidence } = input;
  return {
    id: newId<FindingId>(),
    exchange: trace.id,
    detector: input.detector,
    direction: input.direction,
    verdict: input.verdict,
    done: input.done,
    mode: trace.mode,
    request: {
      method: trace.method.slice(0, 32),
      host: trace.host.slice(0, 256),
      path: masked(trace.path.slice(0, MAX_QUERY), secret),
      query: masked(trace.query.slice(0, MAX_QUERY), secret),
      route: trace.route,
      status: trace.status,
      address: trace.address,
      userAgent: trace.userAgent.slice(0, 256),
      protocol: trace.protocol,
    },
    ...(evidence === undefined ? {} : { evidence }),
  };
}

/** Whether `outcomeFinding` would find something. */
export function hasFinding(outcome: Outcome): boolean {
  return outcome.matches.some(speaks);
}

function speaking(matches: readonly Match[]): readonly Match[] {
  return matches.filter(speaks);
}

function speaks(match: Match): boolean {
  return match.logged || match.score > 0 || match.disruptive;
}

/** The highest score; among equals the one that disrupts, then the first. */
function leadOf(matches: readonly Match[]): Match | undefined {
  let lead: Match | undefined;
  for (const match of matches) {
    if (lead === undefined || match.score > lead.score) lead = match;
    else if (match.score === lead.score && match.disruptive && !lead.disruptive && lead.score === 0) lead = match;
  }
  return lead;
}

function familyOf(lead: Match, matches: readonly Match[]): string {
  for (const match of [lead, ...matches]) {
    for (const [pattern, family] of FAMILIES) {
      if (match.tags.some((tag) => tag.startsWith('attack') && pattern.test(tag))) return family;
      if (match.tags.some((tag) => tag === family || tag.startsWith(`${family}-`))) return family;
    }
  }
  return 'other';
}

function worstSeverity(matches: readonly Match[]): Severity {
  const order: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];
  const ranks = matches.map((match) => order.indexOf(severityOf(match)));
  return order[Math.min(...ranks)] ?? 'info';
}

/** Syslog's scale, as SecLang has it: 0 emergency to 7 debug. */
function severityOf(match: Match): Severity {
  const { severity } = match;
  if (severity === undefined) return match.disruptive ? 'high' : 'info';
  if (severity <= 2) return 'critical';
  if (severity === 3) return 'high';
  if (severity === 4) return 'medium';
  return severity === 5 ? 'low' : 'info';
}

function ruleMatch(match: Match, secret: string | undefined): RuleMatch {
  const place = match.places[0];
  const hidden = place !== undefined && holdsSecrets(place.target);
  const shown = place === undefined || hidden ? undefined : around(place, secret);
  const steps = hidden ? [] : (place?.steps ?? []);
  return {
    ruleId: String(match.ruleId),
    message: masked(match.message.slice(0, MAX_VALUE), secret),
    target: place?.target.slice(0, 200) ?? '',
    operator: match.operator.slice(0, 200),
    value: hidden ? MASK : (shown?.value ?? ''),
    ...(shown?.span === undefined ? {} : { span: shown.span }),
    steps: steps.slice(0, MAX_STEPS).map((step) => ({
      transformation: step.transformation,
      before: masked(step.before.slice(0, MAX_VALUE), secret),
      after: masked(step.after.slice(0, MAX_VALUE), secret),
    })),
    score: match.score,
    severity: severityOf(match),
    tags: match.tags.slice(0, 40),
    ...(hidden || match.logdata === '' ? {} : { logdata: masked(match.logdata.slice(0, MAX_VALUE), secret) }),
    ...(place?.detail === undefined ? {} : { detail: place.detail.slice(0, MAX_VALUE) }),
    file: match.file,
    line: match.line,
  };
}

/** The whole Cookie or Authorization field holds secrets; a single cookie is shown unless it is the session. */
export function holdsSecrets(target: string): boolean {
  return /^(request_headers:(cookie|authorization|proxy-authorization)|response_headers:set-cookie)$/i.test(target);
}

/** At most MAX_VALUE characters around the match, with the span moved along; a mask that moves bytes drops the span. */
function around(place: MatchPlace, secret: string | undefined): { value: string; span: [number, number] | undefined } {
  const { value, span } = place;
  const middle = span === undefined ? 0 : (span[0] + span[1]) >> 1;
  const start = Math.max(0, Math.min(middle - (MAX_VALUE >> 1), value.length - MAX_VALUE));
  const cut = value.slice(start, start + MAX_VALUE);
  const shown = masked(cut, secret);
  if (span === undefined || shown !== cut) return { value: shown, span: undefined };
  const from = Math.min(Math.max(0, span[0] - start), cut.length);
  return { value: shown, span: [from, Math.min(Math.max(from, span[1] - start), cut.length)] };
}

/** Rule text that would stop the loudest rule from firing on this part of this path. */
function exceptionText(path: string, lead: Match): string | undefined {
  const targets = [...new Set(lead.places.map((place) => place.target))].filter((target) =>
    /^[\w:.\-$[\]]+$/.test(target),
  );
  // A path that would need quoting inside a rule is not worth the risk of a wrong rule.
  if (targets.length === 0 || !/^[\w\-./~:@!$&()*+=]{1,300}$/.test(path)) return undefined;
  const digest = createHash('sha256').update(`${path} ${lead.ruleId} ${targets.join()}`).digest();
  const id = 9_600_000 + (digest.readUInt32BE(0) % 300_000);
  const removals = targets.slice(0, 8).map((target) => `ctl:ruleRemoveTargetById=${lead.ruleId};${target}`);
  return `SecRule REQUEST_FILENAME "@streq ${path}" "id:${id},phase:1,pass,nolog,${removals.join(',')}"`;
}
