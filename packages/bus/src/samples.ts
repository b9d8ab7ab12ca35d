import { randomBytes } from 'node:crypto';
import { uuidv7, type Action, type Command, type Envelope, type PolicyParts } from '@seawall/contract';
import { Redacted } from '@seawall/faults';
import type { NodeOptions } from './api.ts';

export const TOKEN = new Redacted('a shared token');
export const quiet: NodeOptions['log'] = () => undefined;

const id = <T extends string>(): T => uuidv7<T>(Date.now(), randomBytes(10));
const head = (sequence: number) => ({
  schema: 1 as const,
  id: id<Envelope['id']>(),
  timeMicros: 1_780_000_000_000_000,
  node: 'n',
  sequence,
});

export function auditEvent(sequence: number, detail = 'seen'): Envelope {
  const outcome = { verified: true, detail, timeMicros: 1 };
  return { ...head(sequence), kind: 'result', result: { action: id(), step: 'do', outcome } };
}

export function findingEvent(sequence: number, body = ''): Envelope {
  const source = { kind: 'address' as const, address: '127.0.0.9' };
  const asked = {
    session: id<never>(),
    exchange: id<never>(),
    source,
    service: 'chat',
    method: 'GET',
    path: '/',
    head: '',
  };
  return { ...head(sequence), kind: 'decoy', step: { ...asked, body, status: 200, answer: '', learned: [] } };
}

export function statisticsEvent(sequence: number, filler = ''): Envelope {
  const counters = { [`filler${filler}`]: 1 };
  const figures = { policyVersion: 0, policyDigest: '', workers: 1, loopDelayMs: 0, residentBytes: 0, spoolBytes: 0 };
  const health = { role: 'gateway' as const, version: '0', ...figures, counters, instances: {} };
  return { ...head(sequence), kind: 'health', health };
}

export function sampleParts(changes: Partial<PolicyParts> = {}): PolicyParts {
  return {
    routes: { listeners: [], services: [], routes: [] },
    rules: { sets: [], files: { 'a.conf': 'SecRule \u00e4'.repeat(1000) } },
    orders: [],
    decoy: { secret: 's' },
    likeness: [],
    ...changes,
  };
}

export function sampleCommand(step: Command['step'] = 'do'): Command {
  const action: Action = {
    id: id(),
    kind: 'restart',
    target: {
      kind: 'workload',
      workload: { cluster: 'local', namespace: 'default', service: 'chat', workload: 'chat-1' },
    },
    cause: { actor: 'user:admin', findings: [], reason: 'test' },
    state: 'running',
    dryRun: false,
    guards: [],
    createdMicros: 1,
    updatedMicros: 1,
    undo: 'nothing',
  };
  return { step, action };
}
