import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Budgets } from './primary/budgets.ts';
import { SharedCollections } from './shared-collections.ts';

it('grants a burst, then tokens as time goes', () => {
  const budgets = new Budgets();
  const budget = { perSecond: 2, burst: 3 };
  const taken = [0, 0, 0, 0, 400, 500, 600, 1000].map((now) => budgets.take('k', budget, now).tokens);
  assert.deepEqual(taken, [1, 1, 1, 0, 0, 1, 0, 1]);
  assert.equal(budgets.take('k', budget, 1000).retryAfterMs, 500);
  assert.equal(budgets.take('other', budget, 1000).tokens, 1);
});

const set = (key: string, value: string) => ({
  change: { collection: 'IP', key, name: 'Name', change: { kind: 'set' as const, value } },
  nowMicros: 0,
});

it('counts, expires and gives a snapshot that says the same', () => {
  let now = 0;
  const bounds = { maxRows: 10, maxBytes: 100_000 };
  const one = new SharedCollections(bounds, () => now);
  const change = (kind: { kind: 'add'; by: number } | { kind: 'expire'; afterSeconds: number } | { kind: 'remove' }) =>
    one.apply({ change: { collection: 'ip', key: 'a', name: 'count', change: kind }, nowMicros: now });
  change({ kind: 'add', by: 2 });
  change({ kind: 'add', by: 3 });
  assert.equal(one.read('IP', 'a').get('count'), '5');
  change({ kind: 'expire', afterSeconds: 1 });
  const two = new SharedCollections(bounds, () => now);
  two.restore(one.snapshot());
  assert.deepEqual([...two.read('ip', 'a')], [['count', '5']]);
  now = 1_000_000;
  assert.equal(one.read('ip', 'a').size, 0);
  assert.equal(two.read('ip', 'a').size, 0);
  change({ kind: 'add', by: 1 });
  assert.equal(one.read('ip', 'a').get('count'), '1');
  change({ kind: 'remove' });
  one.sweep();
  two.sweep();
  assert.equal(one.size + two.size, 0);
});

it('lets a new value live as long as its collection says, and asks no expired value how long', () => {
  let now = 0;
  const one = new SharedCollections({ maxRows: 10, maxBytes: 100_000 }, () => now);
  const set = (value: string, timeoutSeconds?: number) => {
    const change = { kind: 'set' as const, value, ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }) };
    one.apply({ change: { collection: 'ip', key: 'a', name: 'mark', change }, nowMicros: now });
  };
  set('first', 2);
  now = 1_500_000;
  set('second', 2);
  now = 2_000_000;
  assert.equal(one.read('ip', 'a').get('mark'), undefined, 'a value that lives keeps its expiry');
  set('third');
  assert.equal(one.read('ip', 'a').get('mark'), 'third');
});

it('never holds more than its bounds; the row changed longest ago goes first', () => {
  const many = new SharedCollections({ maxRows: 3, maxBytes: 100_000 }, () => 0);
  for (const key of ['a', 'b', 'c', 'a', 'd']) many.apply(set(key, key));
  assert.deepEqual(
    many.snapshot().map((row) => row.key),
    ['c', 'a', 'd'],
  );
  const large = new SharedCollections({ maxRows: 100, maxBytes: 10_000 }, () => 0);
  for (let i = 0; i < 50; i++) large.apply(set(`k${i}`, 'x'.repeat(4000)));
  assert.equal(large.size, 2);
  assert.equal(large.evicted, 48);
});
