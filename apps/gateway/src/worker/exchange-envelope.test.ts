import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Envelope, EventId } from '@seawall/contract';
import fc from 'fast-check';
import { newId } from '../clock.ts';
import { exchangeEnvelope } from './exchange-envelope.ts';
import { Trace } from './trace.ts';

const latin1 = fc.uint8Array({ maxLength: 700 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

it('is an envelope whatever a client writes', () => {
  fc.assert(
    fc.property(latin1, latin1, latin1, fc.boolean(), (host, path, agent, whole) => {
      const trace = new Trace('127.0.0.1');
      Object.assign(trace, { host, path, userAgent: agent, method: host, instance: whole ? 'a-"1"' : '' });
      Object.assign(trace, { route: 'all', service: whole ? 'shop\\' : '', status: 200, bytesIn: 7 });
      if (whole) Object.assign(trace, { parent: newId(), login: { account: agent, ok: true } });
      if (whole) trace.source = { kind: 'session', service: 'shop', hash: '0'.repeat(32) };
      const text = `{"schema":1,"node":"n","sequence":3,${exchangeEnvelope(trace)}}`;
      assert.ok(!text.includes('\n'), 'it is one line');
      const envelope = Envelope.parse(JSON.parse(text));
      assert.ok(envelope.kind === 'exchange');
      assert.equal(envelope.exchange.host, host.slice(0, 256));
      assert.equal(envelope.exchange.path, path.slice(0, 512));
      assert.equal(envelope.exchange.userAgent, agent.slice(0, 256));
      assert.equal(envelope.exchange.method, host.slice(0, 32));
      assert.equal(envelope.exchange.bytesIn, 7);
      assert.deepEqual(envelope.source, trace.source);
      assert.equal(envelope.workload?.workload, whole ? 'a-"1"' : undefined);
    }),
    { numRuns: 200 },
  );
});

it('makes ids that differ, sort by time and are UUIDs', () => {
  const ids = Array.from({ length: 2000 }, () => newId<EventId>());
  for (const id of ids) assert.ok(EventId.safeParse(id).success, id);
  assert.equal(new Set(ids).size, ids.length);
  const times = ids.map((id) => Number.parseInt(id.replace('-', '').slice(0, 12), 16));
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  assert.ok(Math.abs(Date.now() - (times.at(-1) ?? 0)) < 5000);
});
