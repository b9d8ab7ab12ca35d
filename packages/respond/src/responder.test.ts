import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Finding, Source } from '@seawall/contract';
import fc from 'fast-check';
import { parse } from 'yaml';
import { CHAT_2, madeEvent } from './made-findings.ts';
import { readPlaybooks } from './read-playbooks.ts';
import { isStronger, makeResponder, targetKey, type Decision, type ResponderEvent } from './responder.ts';

function defaults() {
  const file = new URL('../../../rulesets/playbooks/default.yaml', import.meta.url);
  const read = readPlaybooks(parse(readFileSync(file, 'utf8')));
  assert.ok(read.ok, JSON.stringify(read));
  return read.playbooks;
}

const PLAYBOOKS = defaults();

function run(events: readonly ResponderEvent[]): string[] {
  const responder = makeResponder(PLAYBOOKS);
  return events.flatMap((event) => responder.react(event)).map((one) => `${one.playbook} ${targetKey(one.target)}`);
}

const login = (account: string): Partial<Finding> => ({
  detector: 'login',
  family: 'login',
  verdict: 'noted',
  severity: 'low',
  score: 0,
  account,
});
const times = (count: number, make: (index: number) => ResponderEvent) =>
  Array.from({ length: count }, (_, i) => make(i));
const guess = (index: number, account: string, address: string) =>
  madeEvent(index * 1000, login(account), { source: { kind: 'address', address }, address });
const leak: Partial<Finding> = { family: 'leak', direction: 'response', severity: 'critical', verdict: 'blocked' };
const SEVERE: Partial<Finding> = { severity: 'critical', score: 10 };
const success = (index: number, address: string): ResponderEvent => ({
  kind: 'login',
  timeMs: index * 1000,
  service: 'chat',
  account: 'ann',
  address,
});
const HERE = 'source session:chat:9f2c77aa01';

const CASES: readonly (readonly [string, readonly ResponderEvent[], readonly string[]])[] = [
  ['two blocked requests', times(2, (i) => madeEvent(i)), []],
  ['three blocked requests', times(3, (i) => madeEvent(i * 1000)), [`divert-repeated-attacks ${HERE}`]],
  ['three in more than a minute', times(3, (i) => madeEvent(i * 31_000)), []],
  ['three only noted', times(3, (i) => madeEvent(i, { verdict: 'noted', mode: 'monitor' })), []],
  ['blocked, but the route is not in protect', times(3, (i) => madeEvent(i, { mode: 'monitor' })), []],
  ['three that the decoy answered', times(3, (i) => madeEvent(i, { ...SEVERE, verdict: 'diverted' })), []],
  ['one severe', [madeEvent(0, SEVERE)], [`divert-severe-attack ${HERE}`]],
  ['many severe: one decision', times(9, (i) => madeEvent(i, SEVERE)), [`divert-severe-attack ${HERE}`]],
  [
    'severe again when the time is over',
    times(2, (i) => madeEvent(i * 600_001, SEVERE)),
    [`divert-severe-attack ${HERE}`, `divert-severe-attack ${HERE}`],
  ],
  ['no source', [madeEvent(0, SEVERE, { source: undefined })], []],
  ['two guesses', times(2, (i) => guess(i, 'bob', `127.0.1.${i}`)), []],
  [
    'three guesses of one account from three addresses',
    times(3, (i) => guess(i, 'bob', `127.0.1.${i}`)),
    ['limit-guessed-account account chat bob'],
  ],
  [
    'case of the account does not matter',
    times(3, (i) => guess(i, i % 2 ? 'Bob' : 'bob', `127.0.1.${i}`)),
    ['limit-guessed-account account chat bob'],
  ],
  [
    'five guesses',
    times(5, (i) => guess(i, 'bob', `127.0.1.${i}`)),
    ['limit-guessed-account account chat bob', 'divert-guessed-account account chat bob'],
  ],
  [
    'one address, many accounts',
    times(12, (i) => guess(i, `user${i}`, '127.0.1.1')),
    ['limit-guessing-address source address:127.0.1.1', 'divert-guessing-address source address:127.0.1.1'],
  ],
  [
    'a success in between',
    [
      ...times(5, (i) => guess(i, `user${i}`, '127.0.1.1')),
      success(5, '127.0.1.1'),
      ...times(5, (i) => guess(6 + i, `user${i + 5}`, '127.0.1.1')),
    ],
    [],
  ],
  ['a leak', [madeEvent(0, leak)], ['quarantine-leaking-instance workload chat/chat-2']],
  ['a leak of who knows which instance', [madeEvent(0, leak, { workload: { ...CHAT_2, instance: undefined } })], []],
  [
    'a person took it back',
    [
      madeEvent(0, SEVERE),
      {
        kind: 'released',
        timeMs: 10,
        target: { kind: 'source', source: { kind: 'session', service: 'chat', hash: '9f2c77aa01' } },
        why: 'undone-by-person',
      },
      ...times(5, (i) => madeEvent(20 + i, SEVERE)),
    ],
    [`divert-severe-attack ${HERE}`],
  ],
  [
    'it ended, and another attack came',
    [
      madeEvent(0, SEVERE),
      {
        kind: 'released',
        timeMs: 10,
        target: { kind: 'source', source: { kind: 'session', service: 'chat', hash: '9f2c77aa01' } },
        why: 'ended',
      },
      madeEvent(20, SEVERE),
    ],
    [`divert-severe-attack ${HERE}`, `divert-severe-attack ${HERE}`],
  ],
];

test('the default playbooks decide what their summaries say', () => {
  for (const [name, events, expected] of CASES) assert.deepEqual(run(events), expected, name);
  assert.equal(CASES.length, 20);
  assert.equal(PLAYBOOKS.length, 8);
});

test('every default playbook but the inline one is decided by some case', () => {
  const decided = new Set(CASES.flatMap(([, , expected]) => expected.map((text) => text.split(' ')[0])));
  const wanted = PLAYBOOKS.filter((one) => one.reaction.action !== 'inline').map((one) => one.name);
  assert.deepEqual([...decided].toSorted(), wanted.toSorted());
});

test('what is held by a restart of the server is not decided again', () => {
  const responder = makeResponder(PLAYBOOKS);
  const source: Source = { kind: 'session', service: 'chat', hash: '9f2c77aa01' };
  responder.react({ kind: 'held', timeMs: 0, target: { kind: 'source', source }, action: 'divert', untilMs: 1000 });
  assert.deepEqual(responder.react(madeEvent(500, SEVERE)), []);
  assert.equal(responder.react(madeEvent(1001, SEVERE)).length, 1);
});

test('a changed playbook counts anew, an unchanged one goes on, a disabled one rests', () => {
  const responder = makeResponder(PLAYBOOKS);
  responder.react(madeEvent(0));
  responder.react(madeEvent(1));
  responder.setPlaybooks(PLAYBOOKS);
  assert.equal(responder.react(madeEvent(2)).length, 1);
  responder.setPlaybooks(PLAYBOOKS.map((one) => ({ ...one, enabled: false })));
  assert.deepEqual(responder.react(madeEvent(1e9, SEVERE)), []);
});

const anyEvent = fc
  .record({
    stepMs: fc.nat(120_000),
    what: fc.constantFrom<Partial<Finding>>({}, SEVERE, leak, login('ann'), login('bob'), { mode: 'monitor' }),
    who: fc.nat(4),
  })
  .map(({ stepMs, what, who }) => ({ stepMs, what, address: `127.0.2.${who}` }));

test('decisions for one target do not overlap, unless the later is stronger; memory stays bounded', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 80 }), (events) => {
      const responder = makeResponder(PLAYBOOKS, 8);
      const last = new Map<string, { decision: Decision; untilMs: number }>();
      let now = 0;
      for (const { stepMs, what, address } of events) {
        now += stepMs;
        for (const decision of responder.react(
          madeEvent(now, what, { source: { kind: 'address', address }, address }),
        )) {
          const key = targetKey(decision.target);
          const before = last.get(key);
          assert.ok(!before || before.untilMs <= now || isStronger(decision.kind, before.decision.kind), key);
          last.set(key, { decision, untilMs: now + (decision.forMs ?? 0) });
        }
        assert.ok(responder.size() <= 8 * (PLAYBOOKS.length + 1));
      }
    }),
  );
});

test('thousands of sources leave a bounded memory', () => {
  const responder = makeResponder(PLAYBOOKS, 100);
  for (let i = 0; i < 5000; i++) {
    responder.react(
      madeEvent(i, {}, { source: { kind: 'session', service: 'chat', hash: String(i) }, address: `a${i}` }),
    );
  }
  assert.ok(responder.size() <= 900);
});
