import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { ActionId, PolicyParts } from '@seawall/contract';
import { newId, nowMicros } from './clock.ts';
import { Bed, routesFor, serviceOf } from './testing/bed.ts';
import { ask, type Service, SocketClient, startService, statusOf } from './testing/peers.ts';

const LOOPBACK = { networks: ['127.0.0.0/8'], header: 'x-forwarded-for' as const };
const ELSEWHERE = { networks: ['10.0.0.0/8'], header: 'x-forwarded-for' as const };

describe('trusted proxies', () => {
  let bed: Bed;
  let service: Service;
  before(async () => {
    service = await startService('one');
    bed = await Bed.start({
      // Everybody comes through one proxy here: its connections must not be counted as one client's.
      limits: { maxConnectionsPerAddress: 3 },
      workers: 1,
      parts: { routes: routes() },
    });
  });
  after(async () => {
    await bed.stop();
    await service.close();
  });
  beforeEach(() => {
    service.seen.length = 0;
    bed.events.length = 0;
  });

  const routes = (trustedProxies?: PolicyParts['routes']['trustedProxies']): PolicyParts['routes'] => ({
    ...routesFor(serviceOf('shop', [service.port])),
    ...(trustedProxies === undefined ? {} : { trustedProxies }),
  });
  const trust = (trusted?: PolicyParts['routes']['trustedProxies']) =>
    bed.change({ routes: routes(trusted), orders: [] });
  const block = (address: string) =>
    bed.orders([
      {
        kind: 'source',
        action: newId<ActionId>(),
        source: { kind: 'address', address },
        what: 'block',
        expiresMicros: nowMicros() + 60_000_000,
      },
    ]);
  const sent = (name: string): string[] => {
    const fields = service.seen.at(-1)?.fields ?? [];
    return fields.filter((_value, index) => index % 2 === 1 && fields[index - 1]?.toLowerCase() === name);
  };
  const FORGED = [
    'X-Forwarded-For: 198.51.100.1, 203.0.113.9',
    'Forwarded: for=198.51.100.1',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Host: shop.example',
  ];

  it('knows the client behind a proxy, in orders, records and findings', async () => {
    await trust(LOOPBACK);
    await block('203.0.113.9');
    assert.equal(statusOf(await ask(bed.port, 'GET /a HTTP/1.1', FORGED)), 403);
    assert.equal(statusOf(await ask(bed.port, 'GET /b HTTP/1.1', ['X-Forwarded-For: 203.0.113.10'])), 200);
    assert.equal(statusOf(await ask(bed.port, 'GET /c?q=evil-word HTTP/1.1', ['X-Forwarded-For: 203.0.113.11'])), 403);
    const record = await bed.until('record', () => bed.of('exchange').find(({ exchange }) => exchange.path === '/c'));
    assert.equal(record.exchange.address, '203.0.113.11');
    const finding = await bed.until('finding', () => bed.of('finding').find(({ source }) => source !== undefined));
    assert.deepEqual(finding.source, { kind: 'address', address: '203.0.113.11' });
  });

  it('passes on what a trusted proxy says, and not the field that it does not write', async () => {
    await trust(LOOPBACK);
    await ask(bed.port, 'GET / HTTP/1.1', FORGED);
    assert.deepEqual(sent('x-forwarded-for'), ['198.51.100.1, 203.0.113.9, 127.0.0.1']);
    assert.deepEqual(sent('forwarded'), []);
    assert.deepEqual(sent('x-forwarded-proto'), ['https']);
    assert.deepEqual(sent('x-forwarded-host'), ['shop.example']);
  });

  it('believes nobody else: the client is who is connected, and the chain begins anew', async () => {
    await trust(ELSEWHERE);
    await block('127.0.0.1');
    assert.equal(statusOf(await ask(bed.port, 'GET / HTTP/1.1', FORGED)), 403);
    await block('203.0.113.9');
    assert.equal(statusOf(await ask(bed.port, 'GET / HTTP/1.1', FORGED)), 200);
    assert.deepEqual(sent('x-forwarded-for'), ['127.0.0.1']);
    assert.deepEqual(sent('forwarded'), []);
    assert.deepEqual(sent('x-forwarded-proto'), ['http']);
    assert.deepEqual(sent('x-forwarded-host'), []);
  });

  it('adds to the chain when no proxy is named', async () => {
    await trust();
    await ask(bed.port, 'GET / HTTP/1.1', FORGED);
    assert.deepEqual(sent('x-forwarded-for'), ['198.51.100.1, 203.0.113.9, 127.0.0.1']);
    assert.deepEqual(sent('forwarded'), ['for=198.51.100.1, for=127.0.0.1;proto=http']);
    assert.deepEqual(sent('x-forwarded-proto'), ['http']);
  });

  it('does not take the connections of a proxy for those of one client', async () => {
    const openFour = async (): Promise<number> => {
      const clients: SocketClient[] = [];
      try {
        for (let count = 0; count < 4; count++) clients.push(await SocketClient.open(bed.port, '/socket'));
      } catch {
        // The fourth was not let in.
      }
      for (const client of clients) client.close();
      return clients.length;
    };
    await trust(ELSEWHERE);
    assert.equal(await openFour(), 3);
    await trust(LOOPBACK);
    assert.equal(await openFour(), 4);
  });

  it('keeps the policy in force when a network is none', async () => {
    await trust(ELSEWHERE);
    const problem = await trust({ networks: ['10.0.0.0/99'], header: 'forwarded' });
    assert.match(problem ?? '', /10\.0\.0\.0\/99/);
    assert.equal(statusOf(await ask(bed.port, 'GET / HTTP/1.1')), 200);
  });
});
