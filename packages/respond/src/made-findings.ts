import { uuidv7, type Finding, type FindingId, type Source, type Workload } from '@seawall/contract';
import type { ResponderEvent } from './responder.ts';

// Findings for the tests of this package.

export const CHAT_2: Workload = {
  cluster: 'local',
  namespace: 'default',
  service: 'chat',
  workload: 'chat',
  instance: { kind: 'process', name: 'chat-2' },
};

export const SESSION: Source = { kind: 'session', service: 'chat', hash: '9f2c77aa01' };

let made = 0;

export function madeFinding(change: Partial<Finding> = {}): Finding {
  made++;
  const random = new Uint8Array(10);
  new DataView(random.buffer).setUint32(6, made);
  return {
    id: uuidv7<FindingId>(1_700_000_000_000, random),
    detector: 'seclang',
    rule: { id: '942100', name: 'SQL injection', version: '1' },
    family: 'sqli',
    severity: 'high',
    direction: 'request',
    title: 'SQL injection',
    score: 5,
    threshold: 5,
    matches: [],
    verdict: 'blocked',
    done: 'blocked',
    mode: 'protect',
    request: {
      method: 'GET',
      host: 'chat.test',
      path: '/search',
      query: '',
      route: 'chat',
      status: 403,
      address: '127.0.0.9',
      userAgent: 'test',
      protocol: 'HTTP/1.1',
    },
    ...change,
  };
}

export function madeEvent(
  timeMs: number,
  change: Partial<Finding> = {},
  rest: { source?: Source | undefined; workload?: Workload | undefined; address?: string } = {},
): Extract<ResponderEvent, { kind: 'finding' }> {
  const finding = madeFinding(change);
  const address = rest.address ?? finding.request.address;
  return {
    kind: 'finding',
    timeMs,
    finding: { ...finding, request: { ...finding.request, address } },
    source: 'source' in rest ? rest.source : SESSION,
    service: 'chat',
    workload: 'workload' in rest ? rest.workload : CHAT_2,
  };
}
