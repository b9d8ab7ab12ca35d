import assert from 'node:assert/strict';
import type { Exchange, Verdict } from '@seawall/contract';
import { sampleTraffic, T0 } from './samples.ts';
import type { Traffic } from './traffic-api.ts';

/** What every driver of traffic must do. Slices are an hour long. Each case gets an empty store. */
export const TRAFFIC_CASES: Readonly<Record<string, (traffic: Traffic) => Promise<void>>> = {
  'an empty store answers every question': async (traffic) => {
    assert.deepEqual(await traffic.top('service', {}, 10), []);
    assert.deepEqual((await traffic.search({}, { limit: 10 })).rows, []);
    assert.equal((await traffic.totals({})).requests, 0);
    const points = await traffic.series({ fromMicros: T0, toMicros: T0 + 3 * SECOND }, SECOND);
    assert.equal(points.length, 3);
    assert.deepEqual(await traffic.flows({}, 5), []);
    assert.deepEqual(await traffic.sessionsOfAddress('127.0.0.9', 0), []);
    assert.equal((await traffic.size()).rows, 0);
  },
  'an exchange comes back as it went in': async (traffic) => {
    const row = sampleTraffic(1, T0, {
      path: '/a\'b"%_\u4f60\u{1f600}',
      login: { account: 'O\u2019Brien', ok: false },
      parent: sampleTraffic(2, T0).exchange.id,
    });
    const plain = sampleTraffic(3, T0 + 1);
    assert.equal(await traffic.append([row, plain]), 2);
    const { rows, next } = await traffic.search({}, { limit: 10 });
    assert.equal(next, null);
    assert.deepEqual(rows, [
      { timeMicros: T0 + 1, source: 'address:127.0.0.9', exchange: plain.exchange },
      { timeMicros: T0, source: 'address:127.0.0.9', exchange: row.exchange },
    ]);
  },
  'text that databases cut or refuse is kept readable': async (traffic) => {
    await traffic.append([sampleTraffic(1, T0, { path: '/a\0b\ud800c' })]);
    assert.equal((await traffic.search({}, { limit: 1 })).rows[0]?.exchange.path, '/a\ufffdb\ufffdc');
  },
  'an exchange that is appended twice is there once': async (traffic) => {
    const rows = [sampleTraffic(1, T0), sampleTraffic(2, T0 + HOUR)];
    assert.equal(await traffic.append([...rows, ...rows]), 2);
    assert.equal(await traffic.append(rows), 0);
    assert.equal((await traffic.size()).rows, 2);
  },
  'buckets count verdicts, bytes and percentiles by nearest rank': async (traffic) => {
    const rows = Array.from({ length: 100 }, (_, n) => sampleTraffic(n, T0 + (n % 2) * SECOND, verdict(n)));
    await traffic.append(rows);
    const points = await traffic.series({ fromMicros: T0, toMicros: T0 + 3 * SECOND }, SECOND);
    assert.deepEqual(
      points.map((point) => [point.timeMs, point.passed, point.blocked, point.bytes]),
      [
        [T0 / 1000, 50, 0, 5000],
        [T0 / 1000 + 1000, 40, 10, 5000],
        [T0 / 1000 + 2000, 0, 0, 0],
      ],
    );
    // Even n: total 1000, 1002 … 1098: rank 25 of 50 is 1048, rank 50 is 1098.
    assert.deepEqual([points[0]?.p50Micros, points[0]?.p99Micros, points[0]?.inspectMicrosP99], [1048, 1098, 98]);
    const totals = await traffic.totals({});
    assert.deepEqual([totals.requests, totals.verdicts.blocked, totals.p99Micros], [100, 10, 1098]);
  },
  'questions reach over slices': async (traffic) => {
    await traffic.append(Array.from({ length: 5 }, (_, n) => sampleTraffic(n, T0 + n * HOUR)));
    assert.equal((await traffic.size()).slices, 5);
    assert.equal((await traffic.totals({ fromMicros: T0 + HOUR, toMicros: T0 + 3 * HOUR })).requests, 2);
    assert.equal((await traffic.top('service', {}, 1))[0]?.requests, 5);
  },
  'top by every column, most first': async (traffic) => {
    await traffic.append([
      sampleTraffic(1, T0, { service: 'campus', status: 404 }),
      sampleTraffic(2, T0, { verdict: 'blocked' }),
      sampleTraffic(3, T0),
    ]);
    assert.deepEqual(await traffic.top('service', {}, 10), [
      { value: 'chat', requests: 2, blocked: 1, p99Micros: 1003 },
      { value: 'campus', requests: 1, blocked: 0, p99Micros: 1001 },
    ]);
    assert.deepEqual((await traffic.top('status', {}, 1))[0]?.value, '200');
    for (const by of ['route', 'source', 'address', 'path', 'verdict', 'instance'] as const) {
      assert.ok((await traffic.top(by, {}, 5)).length > 0, by);
    }
  },
  'search filters, and pages without gap or repeat': async (traffic) => {
    const rows = Array.from({ length: 25 }, (_, n) =>
      sampleTraffic(n, T0 + Math.floor(n / 10), { path: n % 5 === 0 ? '/a%b' : '/other' }),
    );
    await traffic.append(rows);
    assert.equal((await traffic.search({ path: 'a%b' }, { limit: 100 })).rows.length, 5);
    assert.equal((await traffic.search({ address: '10.0.0.1' }, { limit: 100 })).rows.length, 0);
    const seen: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await traffic.search({}, { limit: 7, cursor });
      seen.push(...page.rows.map(({ exchange }) => exchange.id));
      if (page.next === null) break;
      cursor = page.next;
    }
    assert.equal(seen.length, 25);
    assert.equal(new Set(seen).size, 25);
    await assert.rejects(traffic.search({}, { limit: 7, cursor: 'x' }), { code: 'store.bad-cursor' });
    await assert.rejects(traffic.search({}, { limit: 0 }), { code: 'store.bad-question' });
  },
  'flows go from address to service, the rest is summed up': async (traffic) => {
    await traffic.append(
      Array.from({ length: 6 }, (_, n) => sampleTraffic(n, T0, { address: `127.0.0.${Math.min(n, 4)}` })),
    );
    const flows = await traffic.flows({}, 1);
    assert.deepEqual(flows, [
      { from: '127.0.0.4', to: 'chat', requests: 2, blocked: 0, diverted: 0 },
      { from: '*', to: 'chat', requests: 4, blocked: 0, diverted: 0 },
    ]);
  },
  'sessions of an address, newest first': async (traffic) => {
    const of = (n: number, source: string) => ({ ...sampleTraffic(n, T0 + n), source });
    await traffic.append([
      of(1, 'session:chat:a'),
      of(2, 'address:127.0.0.9'),
      of(3, 'token:chat:b'),
      of(4, 'session:chat:a'),
    ]);
    assert.deepEqual(await traffic.sessionsOfAddress('127.0.0.9', T0), ['session:chat:a', 'token:chat:b']);
    assert.deepEqual(await traffic.sessionsOfAddress('127.0.0.9', T0 + 4), ['session:chat:a']);
  },
  'old slices are dropped whole': async (traffic) => {
    await traffic.append(Array.from({ length: 4 }, (_, n) => sampleTraffic(n, T0 + n * HOUR)));
    assert.equal(await traffic.dropBefore(T0 + 2 * HOUR), 2);
    const size = await traffic.size();
    assert.deepEqual([size.rows, size.slices, size.setAside], [2, 2, 0]);
    assert.equal(await traffic.append([sampleTraffic(9, T0)]), 1);
  },
};

const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;
const verdict = (n: number): Partial<Exchange> => ({
  verdict: (n % 10 === 3 ? 'blocked' : 'passed') satisfies Verdict,
});
