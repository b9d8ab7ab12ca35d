import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActionKind, ActionTarget } from '@seawall/contract';
import fc from 'fast-check';
import { allowed, checkGuards, type GuardFacts, type InstanceFacts } from './guards.ts';
import { CHAT_2, SESSION } from './made-findings.ts';
import { DEFAULT_GUARDS, type GuardSettings } from './playbook.ts';

const SOURCE: ActionTarget = { kind: 'source', source: SESSION };
const ADDRESS: ActionTarget = { kind: 'source', source: { kind: 'address', address: '127.0.0.9' } };
const INSTANCE: ActionTarget = { kind: 'workload', workload: CHAT_2 };
const up = (instance: string): InstanceFacts => ({ instance, running: true, protected: false });
const down = (instance: string): InstanceFacts => ({ instance, running: false, protected: false });

function refusals(facts: Partial<GuardFacts>, settings: Partial<GuardSettings> = {}): string[] {
  const all: GuardFacts = {
    kind: 'divert',
    target: SOURCE,
    instances: [],
    actionsInLastMinute: 0,
    bystanders: 0,
    knownGood: 0,
    ...facts,
  };
  const checks = checkGuards({ ...DEFAULT_GUARDS, ...settings }, all);
  return checks.filter((check) => !check.passed).map((check) => check.guard);
}

const HALF = { maxShareOfService: 0.5 };
const quarantine = { kind: 'quarantine', target: INSTANCE } as const;
const CASES: readonly (readonly [string, Partial<GuardFacts>, Partial<GuardSettings>, string[]])[] = [
  ['a session alone', {}, {}, []],
  ['a session with bystanders on its address', { bystanders: 5, knownGood: 5 }, {}, []],
  ['an address alone', { target: ADDRESS }, {}, []],
  ['an address with bystanders', { target: ADDRESS, bystanders: 1 }, {}, ['bystanders']],
  ['limiting it', { kind: 'limit', target: ADDRESS, bystanders: 1 }, {}, ['bystanders']],
  ['diverting an address somebody logged in from', { target: ADDRESS, knownGood: 1 }, {}, ['known-good']],
  ['limiting it', { kind: 'limit', target: ADDRESS, knownGood: 1 }, {}, []],
  ['a protected address', { target: ADDRESS }, { protect: ['127.0.0.9'] }, ['protected']],
  ['a protected service', { target: SOURCE }, { protect: ['chat'] }, ['protected']],
  ['too many actions', { actionsInLastMinute: 60 }, {}, ['rate']],
  ['one fewer', { actionsInLastMinute: 59 }, {}, []],
  ['stopping a source', { kind: 'stop' }, {}, ['fit']],
  ['diverting an instance', { target: INSTANCE, instances: [up('chat-1'), up('chat-2')] }, {}, ['fit']],
  ['one of two', { ...quarantine, instances: [up('chat-1'), up('chat-2')] }, HALF, []],
  [
    'one of three when one is down',
    { ...quarantine, instances: [up('chat-1'), up('chat-2'), down('chat-3')] },
    HALF,
    ['share-of-service'],
  ],
  ['the last running one', { ...quarantine, instances: [down('chat-1'), up('chat-2')] }, {}, ['last-instance']],
  ['the only one', { ...quarantine, instances: [up('chat-2')] }, HALF, ['last-instance', 'share-of-service']],
  ['restarting the only one', { kind: 'restart', target: INSTANCE, instances: [up('chat-2')] }, HALF, []],
  [
    'restarting the last one beside one that died',
    { kind: 'restart', target: INSTANCE, instances: [down('chat-1'), up('chat-2')] },
    HALF,
    [],
  ],
  [
    'restarting the last one beside one that Seawall holds',
    { kind: 'restart', target: INSTANCE, instances: [{ ...down('chat-1'), held: true }, up('chat-2')] },
    HALF,
    ['last-instance'],
  ],
  ['one nobody reports', { ...quarantine, instances: [up('chat-1'), up('chat-3')] }, {}, ['known']],
  [
    'one marked as protected',
    { ...quarantine, instances: [up('chat-1'), { ...up('chat-2'), protected: true }] },
    HALF,
    ['protected'],
  ],
];

test('guards refuse what they must and nothing else', () => {
  for (const [name, facts, settings, expected] of CASES) assert.deepEqual(refusals(facts, settings), expected, name);
  assert.equal(CASES.length, 22);
});

test('what the guards let through leaves an instance running, and harms nobody who shares an address', () => {
  const instance = fc.record({
    instance: fc.constantFrom('chat-1', 'chat-2', 'chat-3'),
    running: fc.boolean(),
    protected: fc.boolean(),
  });
  const facts = fc.record({
    kind: fc.constantFrom<ActionKind>('block', 'limit', 'divert', 'restart', 'pause', 'stop', 'quarantine'),
    target: fc.constantFrom(SOURCE, ADDRESS, INSTANCE),
    instances: fc.uniqueArray(instance, { selector: (one) => one.instance }),
    actionsInLastMinute: fc.nat(100),
    bystanders: fc.nat(3),
    knownGood: fc.nat(3),
  });
  fc.assert(
    fc.property(facts, fc.double({ min: 0, max: 1, noNaN: true }), (one, maxShareOfService) => {
      const checks = checkGuards({ ...DEFAULT_GUARDS, maxShareOfService }, one);
      if (!allowed(checks)) return;
      assert.ok(one.actionsInLastMinute < 60);
      if (one.target === ADDRESS) assert.equal(one.bystanders, 0);
      if (one.target === INSTANCE && one.kind !== 'restart') {
        const left = one.instances.filter((other) => other.running && other.instance !== 'chat-2').length;
        assert.ok(left >= 1 && left / one.instances.length >= 1 - maxShareOfService - 1e-9);
      }
    }),
  );
});
