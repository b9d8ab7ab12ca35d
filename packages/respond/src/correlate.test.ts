import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuidv7, type Finding, type IncidentId } from '@seawall/contract';
import { addFinding, belongs, correlationKey, openIncident, withActions } from './correlate.ts';
import { blastRadius, durationWords } from './describe.ts';
import { CHAT_2, SESSION, madeFinding } from './made-findings.ts';

const ID = uuidv7<IncidentId>(0, new Uint8Array(10));
const sighting = (timeMicros: number, change: Partial<Finding> = {}) => ({
  finding: madeFinding(change),
  source: SESSION,
  service: 'chat',
  timeMicros,
});

test('an incident tells its story in words', () => {
  const first = openIncident(ID, sighting(1000, { severity: 'medium' }));
  assert.equal(first.title, 'SQL injection against chat from session 9f2c…');
  const second = addFinding(first, sighting(2000, { family: 'xss', severity: 'critical' }));
  assert.equal(second.title, 'SQL injection and 1 more against chat from session 9f2c…');
  assert.deepEqual(
    [second.severity, second.findings, second.firstMicros, second.lastMicros],
    ['critical', 2, 1000, 2000],
  );
  assert.equal(addFinding(second, sighting(500, { severity: 'low' })).severity, 'critical');
  assert.equal(addFinding(second, sighting(500)).firstMicros, 500);
});

test('what got through is counted, and what was stopped is not', () => {
  const status = (code: number) => ({ ...madeFinding().request, status: code });
  const cases: readonly (readonly [Partial<Finding>, number])[] = [
    [{ verdict: 'blocked', request: status(403) }, 0],
    [{ verdict: 'noted', mode: 'monitor', request: status(200) }, 1],
    [{ verdict: 'noted', mode: 'monitor', request: status(404) }, 0],
    [{ verdict: 'diverted', request: status(200) }, 0],
    [{ verdict: 'noted', detector: 'login', request: status(200) }, 0],
  ];
  for (const [change, expected] of cases) assert.equal(openIncident(ID, sighting(0, change)).gotThrough, expected);
});

test('a pause longer than the window, or closing, ends an incident', () => {
  const incident = openIncident(ID, sighting(0));
  assert.ok(belongs(incident, 15 * 60e6));
  assert.ok(!belongs(incident, 15 * 60e6 + 1));
  assert.ok(!belongs({ ...incident, state: 'closed' }, 1));
  assert.notEqual(correlationKey(SESSION, 'chat'), correlationKey(SESSION, 'campus'));
  assert.notEqual(correlationKey(SESSION, 'chat'), correlationKey(undefined, 'chat'));
});

test('an action in force contains it, its end opens it again, a closed one stays closed', () => {
  const contained = withActions(openIncident(ID, sighting(0)), { started: 1, contained: true });
  assert.deepEqual([contained.state, contained.actions], ['contained', 1]);
  assert.equal(withActions(contained, { started: 0, contained: false }).state, 'open');
  assert.equal(withActions({ ...contained, state: 'closed' }, { started: 0, contained: true }).state, 'closed');
});

test('the blast radius names who is hit', () => {
  const facts = { bystanders: 2, exceptAddresses: 0, instances: 3, running: 3, durationMs: 60_000 };
  const quarantine = blastRadius('quarantine', { kind: 'workload', workload: CHAT_2 }, facts);
  assert.equal(quarantine[0], 'Cuts off the network of and halts instance chat-2 of chat for 60 s.');
  assert.equal(quarantine[1], '2 of 3 instances of chat stay in service.');
  const address = blastRadius('block', { kind: 'source', source: { kind: 'address', address: '::1' } }, facts);
  assert.equal(address[1], '2 other clean sessions share this address.');
  assert.equal(durationWords(600_000), '10 min');
});
