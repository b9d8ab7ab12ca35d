import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LiveEvent } from '@seawall/contract';
import { makeLive } from './live.ts';

const event = (id: string, kind: LiveEvent['kind'] = 'finding'): LiveEvent => ({
  id,
  timeMicros: 0,
  kind,
  severity: 'low',
  verdict: 'blocked',
  title: id,
  service: '',
  source: '',
  link: '',
});
const ids = (events: readonly LiveEvent[]) => events.map((one) => one.id);

test('a reader resumes after what it saw last', () => {
  const live = makeLive(() => 0);
  for (const id of ['a', 'b', 'c']) live.publish(event(id));
  assert.deepEqual(ids(live.after('a')), ['b', 'c']);
  assert.deepEqual(ids(live.after('c')), []);
  assert.deepEqual(ids(live.after(undefined)), []);
  assert.deepEqual(ids(live.after('forgotten')), ['a', 'b', 'c']);
  assert.deepEqual(ids(live.newest(2)), ['c', 'b']);
});

test('the ring keeps the newest thousand', () => {
  const live = makeLive(() => 0);
  for (let i = 0; i < 1500; i++) live.publish(event(String(i), 'action'));
  assert.equal(live.after('forgotten').length, 1000);
  assert.equal(live.after('forgotten')[0]?.id, '500');
});

test('a flood of findings is counted in one line and does not hide the rest', () => {
  let now = 0;
  const live = makeLive(() => now);
  const seen: LiveEvent[] = [];
  live.listen((one) => seen.push(one));
  for (let i = 0; i < 80; i++) live.publish(event(`f${i}`));
  live.publish(event('act', 'action'));
  assert.equal(seen.length, 51);
  assert.equal(live.shed(), 30);
  now = 1000;
  live.publish(event('next'));
  assert.deepEqual(
    seen.slice(-2).map((one) => one.title),
    ['30 more findings', 'next'],
  );
});
