import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SCHEMA_VERSION, type Envelope, type EventId, type Source } from '@seawall/contract';
import { attack, exchange, freshId } from '../testing/world.ts';
import { LATELY_MS, makeNeighbourhood } from './neighbourhood.ts';

const session = (hash: string): Source => ({ kind: 'session', service: 'chat', hash });
const envelope = (body: ReturnType<typeof attack> | ReturnType<typeof exchange>): Envelope => ({
  schema: SCHEMA_VERSION,
  id: freshId<EventId>(),
  timeMicros: 0,
  node: 'gateway-1',
  sequence: 0,
  ...body,
});

test('clean sessions of an address are known, those with findings are not among them', () => {
  const around = makeNeighbourhood();
  around.onEnvelope(envelope(exchange(session('a'), '127.0.0.9')), 0);
  around.onEnvelope(envelope(exchange(session('b'), '127.0.0.9')), 0);
  around.onEnvelope(envelope(exchange(session('c'), '127.0.0.8')), 0);
  around.onEnvelope(envelope(exchange({ kind: 'address', address: '127.0.0.9' }, '127.0.0.9')), 0);
  around.onEnvelope(envelope(exchange(session('d'), '127.0.0.9', { verdict: 'diverted' })), 0);
  assert.deepEqual(around.cleanSessions('127.0.0.9', 0), ['session:chat:a', 'session:chat:b']);
  around.onEnvelope(envelope(attack({}, session('a'))), 0);
  assert.deepEqual(around.cleanSessions('127.0.0.9', 0), ['session:chat:b']);
  assert.deepEqual(around.cleanSessions('127.0.0.9', LATELY_MS + 1), []);
});

test('a failed log-in does not make a session an attacker', () => {
  const around = makeNeighbourhood();
  around.onEnvelope(envelope(exchange(session('a'), '127.0.0.9')), 0);
  around.onEnvelope(envelope(attack({ detector: 'login', verdict: 'noted' }, session('a'))), 0);
  assert.equal(around.cleanSessions('127.0.0.9', 0).length, 1);
});

test('log-ins that succeeded are remembered for a while', () => {
  const around = makeNeighbourhood();
  const body = exchange({ kind: 'address', address: '127.0.0.9' }, '127.0.0.9');
  const login = { ...body, exchange: { ...body.exchange, login: { account: 'ann', ok: true } } };
  around.onEnvelope(envelope(login), 0);
  assert.equal(around.goodLogins('127.0.0.9', 0), 1);
  assert.equal(around.goodLogins('127.0.0.9', LATELY_MS + 1), 0);
  assert.equal(around.goodLogins('127.0.0.8', 0), 0);
});

test('many sessions of one address keep a bounded memory', () => {
  const around = makeNeighbourhood();
  for (let i = 0; i < 500; i++) around.onEnvelope(envelope(exchange(session(String(i)), '127.0.0.9')), 0);
  assert.equal(around.cleanSessions('127.0.0.9', 0).length, 64);
});
