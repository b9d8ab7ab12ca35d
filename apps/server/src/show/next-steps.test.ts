import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NEXT_STEP_MESSAGES, NextStep, type Incident } from '@seawall/contract';
import { freshId } from '../testing/world.ts';
import { nextSteps, type NextStepFacts } from './next-steps.ts';

const node = (role: string, state: 'ok' | 'stale', policyCurrent = true) => ({
  node: `${role}-1`,
  role,
  state,
  lastHeardMs: 0,
  policyCurrent,
});
const service = (protection: NextStepFacts['services'][number]['protection']) => ({
  service: 'chat',
  protection,
  reason: '',
  instances: [],
  requestsPerSecond: 0,
});
const incident = (change: Partial<Incident>): Incident => ({
  id: freshId<Incident['id']>(),
  title: 'SQL injection against chat',
  service: 'chat',
  severity: 'critical',
  families: ['sqli'],
  state: 'open',
  findings: 3,
  actions: 0,
  gotThrough: 0,
  firstMicros: 0,
  lastMicros: 0,
  ...change,
});
const adapter = {
  node: 'responder-1',
  heardMs: 0,
  inventory: { adapter: 'docker', capabilities: [], items: [], problem: 'no socket' },
};

const WELL: NextStepFacts = {
  services: [service('protected')],
  nodes: [node('gateway', 'ok')],
  adapters: [],
  incidents: [],
  configProblems: 0,
  hasPassword: true,
};

const CASES: readonly (readonly [Partial<NextStepFacts>, readonly string[]])[] = [
  [{}, []],
  [{ nodes: [] }, ['next.noGateway']],
  [{ nodes: [node('gateway', 'stale')] }, ['next.nodeSilent']],
  [{ nodes: [node('gateway', 'ok'), node('decoy', 'stale')] }, ['next.nodeSilent']],
  [{ nodes: [node('gateway', 'ok', false)] }, ['next.policyNotHeld']],
  [{ services: [service('unprotected')] }, ['next.serviceUnprotected']],
  [{ services: [service('off')] }, ['next.serviceOff']],
  [{ services: [service('monitored')] }, ['next.serviceMonitored']],
  [{ incidents: [incident({ gotThrough: 1, state: 'contained' })] }, ['next.incidentGotThrough']],
  [{ incidents: [incident({})] }, ['next.incidentOpen']],
  [{ incidents: [incident({ state: 'contained' }), incident({ severity: 'low' })] }, []],
  [{ configProblems: 2 }, ['next.configProblems']],
  [{ adapters: [adapter] }, ['next.adapterProblem']],
  [{ hasPassword: false }, ['next.setPassword']],
  [
    {
      nodes: [],
      services: [service('off')],
      incidents: [incident({}), incident({ gotThrough: 2 })],
      adapters: [adapter],
      hasPassword: false,
    },
    ['next.noGateway', 'next.incidentGotThrough', 'next.incidentOpen', 'next.serviceOff', 'next.adapterProblem'],
  ],
];

test('what to do next, the worst first, at most five', () => {
  const seen = new Set<string>();
  for (const [change, expected] of CASES) {
    const steps = nextSteps({ ...WELL, ...change });
    assert.deepEqual(
      steps.map((step) => step.message),
      expected,
    );
    for (const step of steps) {
      seen.add(step.message);
      NextStep.parse(step);
      const known: Readonly<Record<string, readonly string[]>> = NEXT_STEP_MESSAGES;
      assert.deepEqual(Object.keys(step.values), known[step.message]);
    }
  }
  assert.equal(CASES.length, 15);
  assert.deepEqual([...seen].toSorted(), Object.keys(NEXT_STEP_MESSAGES).toSorted());
});
