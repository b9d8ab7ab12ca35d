import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { EventId, FindingId, FindingRow } from '@seawall/contract';
import { SESSION, attack, eventually, exchange, freshId, startWorld, type World } from '../testing/world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.end();
  world = undefined;
});

async function findings(world: World): Promise<readonly FindingRow[]> {
  return (await world.client().get('/findings')).body['rows'] as FindingRow[];
}

test('an event that comes twice is taken once, and findings of one source are one incident', async () => {
  world = await startWorld();
  const gateway = await world.gateway();
  const body = { ...attack(), id: freshId<EventId>() };
  await gateway.publish(body);
  await gateway.publish(body, attack({ family: 'xss' }));
  const here = world;
  const rows = await eventually(
    () => findings(here),
    (all) => all.length >= 2,
  );
  assert.equal(rows.length, 2);
  const incidents = (await world.client().get('/incidents')).body['rows'] as { findings: number; title: string }[];
  assert.deepEqual(
    incidents.map((one) => [one.findings, one.title]),
    [[2, 'SQL injection and 1 more against chat from session 9f2c…']],
  );
});

test('a finding belongs to the service of its route and to the instance that the gateway names', async () => {
  world = await startWorld();
  const gateway = await world.gateway();
  const { workload, ...body } = attack();
  const named = { cluster: 'local', namespace: 'default', service: 'chat', workload: 'chat-1' };
  await gateway.publish(body);
  await gateway.publish({ ...attack(), workload: named });
  await gateway.publish({ ...attack(), workload: { ...named, workload: 'chat' } });
  await gateway.publish({ ...attack(), workload });
  const here = world;
  const rows = await eventually(
    () => findings(here),
    (all) => all.length === 4,
  );
  const seen = rows.map((row) => `${row.service} ${row.instance}`);
  assert.deepEqual(seen.toSorted(), ['chat ', 'chat ', 'chat chat-1', 'chat chat-1']);
});

test('exchanges are counted, found again, and told apart by verdict', async () => {
  world = await startWorld();
  const gateway = await world.gateway();
  await gateway.publish(exchange(SESSION, '127.0.0.9'), exchange(SESSION, '127.0.0.9', { verdict: 'diverted' }));
  const client = world.client();
  const rows = await eventually(
    async () => (await client.get('/traffic/exchanges')).body['rows'] as unknown[],
    (all) => all.length === 2,
  );
  assert.equal(rows.length, 2);
  const series = (await client.get('/traffic/series?bucketSeconds=60')).body as unknown as {
    passed: number;
    diverted: number;
  }[];
  const sum = (key: 'passed' | 'diverted') => series.reduce((total, point) => total + point[key], 0);
  assert.deepEqual([sum('passed'), sum('diverted')], [1, 1]);
  const top = (await client.get('/traffic/top?by=address')).body as unknown as { value: string; requests: number }[];
  assert.deepEqual(
    top.map((row) => [row.value, row.requests]),
    [['127.0.0.9', 2]],
  );
});

test('with a full disk nothing is acknowledged, the API says so, and reading goes on', async () => {
  world = await startWorld({ store: { traffic: 'sqlite', maxRecordPages: 220 } });
  const gateway = await world.gateway();
  const big = () =>
    attack({
      id: freshId<FindingId>(),
      verdict: 'noted',
      evidence: { head: 'x'.repeat(12_000), body: 'y'.repeat(4000), bodyBytes: 4000, truncated: false },
    });
  for (let i = 0; i < 80; i++) await gateway.publish(big());
  const client = world.client();
  const close = () => client.send('POST', '/incidents/none/close', { reason: 'z'.repeat(500) });
  const refused = await eventually(close, (reply) => reply.status === 503, 10_000);
  assert.equal(refused.body['code'], 'store.disk-full');
  assert.equal((await client.get('/findings')).status, 200);
  const metrics = await (await fetch(`${world.server.address}/metrics`)).text();
  assert.match(metrics, /^seawall_intake_failures_total [1-9]/m);
});
