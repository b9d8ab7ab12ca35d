import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapOf } from './map-model.ts';

const SERVICES = [
  {
    service: 'chat',
    protection: 'protected' as const,
    instances: [{ instance: 'chat-1', state: 'running', adapter: 'processes' }],
  },
];
const flow = (from: string, requests: number, blocked = 0, diverted = 0) => ({
  from,
  to: 'chat',
  requests,
  blocked,
  diverted,
});

test('sources that did harm are named before busy ones; the rest is one node', () => {
  const friends = Array.from({ length: 9 }, (_, index) => flow(`127.0.0.${10 + index}`, 1000 + index));
  const { nodes, edges } = mapOf([...friends, flow('127.0.0.66', 3, 2), flow('*', 40)], SERVICES);
  assert.equal(nodes[0]?.label, '127.0.0.66');
  assert.equal(nodes.filter(({ kind }) => kind === 'source').length, 7);
  assert.equal(nodes.find(({ kind }) => kind === 'others')?.count, 4);
  assert.equal(edges.find(({ from }) => from === 'source 127.0.0.66')?.verdict, 'blocked');
});

test('what was stopped does not reach the service; what was diverted reaches the decoy', () => {
  const { nodes, edges } = mapOf([flow('a', 10, 3, 2)], SERVICES);
  assert.equal(edges.find(({ to }) => to === 'service chat')?.requests, 5);
  assert.equal(edges.find(({ to }) => to === 'decoy')?.requests, 2);
  assert.ok(nodes.some(({ kind }) => kind === 'decoy'));
});

test('a service that only traffic knows is unknown, and every edge has both its nodes', () => {
  const { nodes, edges } = mapOf([{ ...flow('a', 1), to: 'stranger' }], SERVICES);
  assert.equal(nodes.find(({ label }) => label === 'stranger')?.state, 'unknown');
  const ids = new Set(nodes.map(({ id }) => id));
  for (const { from, to } of edges) assert.ok(ids.has(from) && ids.has(to));
});
