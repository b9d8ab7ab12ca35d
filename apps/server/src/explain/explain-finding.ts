import type {
  Finding,
  FindingExplanation,
  FindingRow,
  MessageEvidence,
  PolicyParts,
  RuleMatch,
} from '@seawall/contract';
import type { ExplainedExchange, RequestHead, ResponseHead } from '@seawall/seclang';
import type { Answer } from '../http/handlers.ts';
import type { Explained, Explainer } from './explainer.ts';

type Gap = Extract<FindingExplanation, { state: 'explained' }>['gaps'][number];

const ENGINE = { protect: 'on', monitor: 'detect', off: 'off' } as const;
const MASK = '***';

/** Plays what was kept of a finding's message through the rules that are in force now. */
export async function explainFinding(
  { finding, timeMicros }: FindingRow,
  parts: PolicyParts | undefined,
  explainer: Explainer,
): Promise<Answer<'explainFinding'>> {
  if (finding.detector !== 'seclang') return { state: 'unavailable', reason: 'noRules' };
  if (finding.evidence === undefined) return { state: 'unavailable', reason: 'noEvidence' };
  const route = parts?.routes.routes.find(({ name }) => name === finding.request.route);
  if (parts === undefined || route === undefined || !parts.rules.sets.some(({ name }) => name === route.ruleSet)) {
    return { state: 'unavailable', reason: 'noRoute' };
  }
  const { exchange, gaps } = exchangeOf(finding, finding.evidence);
  const { explanation, ruleSet } = await explainer.explain(parts.rules, `${finding.id} ${route.ruleSet}`, {
    ruleSet: route.ruleSet,
    facts: {
      clientAddress: finding.request.address,
      clientPort: 0,
      serverAddress: '',
      serverPort: 0,
      engine: ENGINE[finding.mode],
    },
    nowMicros: timeMicros,
    uniqueId: finding.exchange ?? finding.id,
    exchange,
  });
  const { inbound, outbound } = explanation.scores;
  // What was masked or cut may have given points of its own.
  if ((finding.direction === 'response' ? outbound : inbound) !== finding.score) gaps.add('otherScore');
  const notAgain = finding.matches
    .filter((match) => !comesAgain(match, explanation))
    .map(({ ruleId, target }) => ({ ruleId, target }));
  return { state: 'explained', explanation, ruleSet, gaps: [...gaps], notAgain };
}

/** The same rule about the same target. */
function comesAgain({ ruleId, target }: RuleMatch, { matches }: Explained['explanation']): boolean {
  const match = matches.find((one) => String(one.ruleId) === ruleId);
  if (match === undefined) return false;
  return target === '' || match.morePlaces > 0 || match.places.some((place) => place.target === target);
}

function exchangeOf(
  finding: Finding,
  evidence: MessageEvidence,
): { readonly exchange: ExplainedExchange; readonly gaps: Set<Gap> } {
  const gaps = new Set<Gap>();
  if (evidence.truncated) gaps.add('cut');
  if (evidence.head.includes(MASK) || evidence.body.includes(MASK)) gaps.add('masked');
  const complete = evidence.body.length >= evidence.bodyBytes;
  if (evidence.head.startsWith('HTTP/')) {
    gaps.add('answerOnly');
    const response = { head: responseHead(evidence.head), body: evidence.body, complete };
    return { exchange: { request: { head: knownHead(finding), body: '', complete: true }, response }, gaps };
  }
  const head = requestHead(evidence.head);
  if (finding.request.protocol === 'websocket') {
    gaps.add('message');
    const message = { text: evidence.body, direction: finding.direction };
    return { exchange: { request: { head, body: '', complete: true }, message }, gaps };
  }
  gaps.add('requestOnly');
  return { exchange: { request: { head, body: evidence.body, complete } }, gaps };
}

/** The gateway kept the head as received; what it would not read it did not inspect either. */
function linesOf(head: string): { readonly first: string; readonly fields: (readonly [string, string])[] } {
  const [first = '', ...rest] = head.split(/\r?\n/);
  const fields = rest.flatMap((line) => {
    const colon = line.indexOf(':');
    return colon < 1 ? [] : [[line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')] as const];
  });
  return { first, fields };
}

function requestHead(text: string): RequestHead {
  const { first, fields } = linesOf(text);
  const [, method = first, target = '', protocol = ''] = /^(\S*) (.*?)(?: (HTTP\/\S*))?$/.exec(first) ?? [];
  return { method, target, protocol, fields };
}

function responseHead(text: string): ResponseHead {
  const { first, fields } = linesOf(text);
  const [, protocol = '', status = '0'] = /^(HTTP\/\S*) (\d{3})/.exec(first) ?? [];
  return { protocol, status: Number(status), fields };
}

/** Of a request whose answer was kept instead: what the finding says of it. */
function knownHead({ request }: Finding): RequestHead {
  const { method, host, path, query, userAgent } = request;
  const fields = [
    ['Host', host],
    ['User-Agent', userAgent],
    ['Accept', '*/*'],
  ] as const;
  return { method, target: query === '' ? path : `${path}?${query}`, protocol: 'HTTP/1.1', fields };
}
