import type { Action, DecoyStep, Exchange, FindingRow, Incident, Source, Verdict } from '@seawall/contract';
import { uuidv7 } from '@seawall/contract';
import type { FindingRecord } from './records-api.ts';
import type { TrafficRow } from './traffic-api.ts';

// Values for the case files: everything follows from a number, so that a case can say what it expects.

export const T0 = 1_780_000_000_000_000;

export function sampleId<T extends string>(n: number): T {
  const random = new Uint8Array(10);
  new DataView(random.buffer).setUint32(4, n);
  return uuidv7<T>(1_780_000_000_000 + n, random);
}

export const addressSource = (address: string): Source => ({ kind: 'address', address });

export interface FindingSample {
  readonly n: number;
  readonly timeMicros?: number;
  readonly service?: string;
  readonly family?: string;
  readonly verdict?: Verdict;
  readonly address?: string;
  readonly account?: string;
  readonly detector?: FindingRow['finding']['detector'];
  readonly incident?: string;
}

export function sampleFinding(sample: FindingSample): FindingRecord {
  const { n, service = 'chat', family = 'sqli', verdict = 'blocked', address = '127.0.0.9' } = sample;
  const row: FindingRow = {
    timeMicros: sample.timeMicros ?? T0 + n,
    node: 'gateway-1',
    source: addressSource(address),
    service,
    instance: `${service}-1`,
    incident: sample.incident ?? null,
    finding: {
      id: sampleId(n + 1_000_000),
      detector: sample.detector ?? 'seclang',
      rule: { id: '942100', name: 'SQL injection', version: '1' },
      family,
      severity: 'critical',
      direction: 'request',
      title: `finding ${n}`,
      score: 5,
      threshold: 5,
      matches: [],
      verdict,
      done: 'blocked',
      mode: 'protect',
      request: {
        method: 'GET',
        host: 'chat.test',
        path: '/search',
        query: "q=' OR 1=1--",
        route: 'chat',
        status: 403,
        address,
        userAgent: 'x',
        protocol: 'http/1.1',
      },
      evidence: { head: 'GET /search HTTP/1.1\r\n\u0000\u00ff', body: '', bodyBytes: 0, truncated: false },
      ...(sample.account === undefined ? {} : { account: sample.account }),
    },
  };
  return { event: sampleId(n), row };
}

export function sampleIncident(n: number, changes: Partial<Incident> = {}): Incident {
  return {
    id: sampleId(n),
    title: `incident ${n}`,
    source: addressSource('127.0.0.9'),
    service: 'chat',
    severity: 'high',
    families: ['sqli'],
    state: 'open',
    findings: 1,
    actions: 0,
    gotThrough: 0,
    firstMicros: T0,
    lastMicros: T0 + n,
    ...changes,
  };
}

export function sampleAction(n: number, changes: Partial<Action> = {}): Action {
  return {
    id: sampleId(n),
    kind: 'divert',
    target: { kind: 'source', source: addressSource('127.0.0.9') },
    cause: { actor: 'playbook:divert', playbook: 'divert', findings: [sampleId(7)], reason: 'repeated' },
    state: 'planned',
    dryRun: false,
    guards: [],
    createdMicros: T0 + n,
    updatedMicros: T0 + n,
    undo: 'releases the source',
    ...changes,
  };
}

export function sampleStep(session: number, n: number, text: string): DecoyStep {
  return {
    session: sampleId(session),
    exchange: sampleId(n),
    source: addressSource('127.0.0.9'),
    service: 'chat',
    method: 'POST',
    path: '/login',
    head: 'POST /login HTTP/1.1\r\n',
    body: 'x',
    status: 401,
    answer: '{}',
    learned: [{ kind: 'credentials', text }],
  };
}

export function sampleTraffic(n: number, timeMicros: number, changes: Partial<Exchange> = {}): TrafficRow {
  const exchange: Exchange = {
    id: sampleId(n),
    protocol: 'http/1.1',
    route: 'chat',
    service: 'chat',
    instance: 'chat-1',
    mode: 'protect',
    method: 'GET',
    host: 'chat.test',
    path: '/',
    status: 200,
    address: '127.0.0.9',
    userAgent: 'x',
    bytesIn: 10,
    bytesOut: 90,
    waitMicros: 1,
    connectMicros: 2,
    firstByteMicros: 3,
    inspectMicros: n % 100,
    totalMicros: 1000 + (n % 100),
    verdict: 'passed',
    findings: 0,
    ...changes,
  };
  return { timeMicros, node: 'gateway-1', source: `address:${exchange.address}`, exchange };
}
