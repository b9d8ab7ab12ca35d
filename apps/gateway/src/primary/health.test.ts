import assert from 'node:assert/strict';
import { it } from 'node:test';
import { instancesOf } from './health.ts';

it('believes the worker that looked last at an instance', () => {
  const worker = (instances: Parameters<typeof instancesOf>[0][number]['instances']) => ({ instances });
  const reports = [
    worker({ a: { state: 'up', seenMs: 10 }, b: { state: 'down', seenMs: 10 }, c: { state: 'unknown', seenMs: 0 } }),
    worker({ a: { state: 'down', seenMs: 20 }, b: { state: 'up', seenMs: 20 }, c: { state: 'unknown', seenMs: 0 } }),
    worker({ a: { state: 'unknown', seenMs: 0 }, b: { state: 'down', seenMs: 15 }, d: { state: 'cut', seenMs: 5 } }),
  ];
  assert.deepEqual(instancesOf(reports), { a: 'down', b: 'up', c: 'unknown', d: 'cut' });
  assert.deepEqual(instancesOf([...reports].toReversed()), { a: 'down', b: 'up', c: 'unknown', d: 'cut' });
});
