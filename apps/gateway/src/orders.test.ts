import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { ActionId, Order, Source } from '@seawall/contract';
import { newId, nowMicros } from './clock.ts';
import { Bed, routesFor, SECRET, serviceOf } from './testing/bed.ts';
import { ask, freePort, RawClient, type Service, SocketClient, startService, statusOf } from './testing/peers.ts';

const LOGIN = { method: 'POST', path: '/login', account: { in: 'form' as const, name: 'user' }, failedStatus: [401] };

describe('orders', () => {
  let bed: Bed;
  let one: Service;
  let two: Service;
  let decoy: Service;
  before(async () => {
    [one, two, decoy] = await Promise.all([startService('one'), startService('two'), startService('decoy')]);
    bed = await Bed.start({
      parts: {
        routes: routesFor(serviceOf('shop', [one.port, two.port], { login: LOGIN })),
        decoy: { upstream: { address: '127.0.0.1', port: decoy.port }, secret: SECRET },
      },
    });
  });
  after(async () => {
    await bed.stop();
    await Promise.all([one.close(), two.close(), decoy.close()]);
  });
  beforeEach(async () => {
    await bed.orders([]);
    for (const service of [one, two, decoy]) {
      service.seen.length = 0;
      service.messages.length = 0;
    }
    bed.events.length = 0;
  });

  const later = () => nowMicros() + 60_000_000;
  const sourceOrder = (source: Source, what: 'block' | 'limit' | 'divert', expiresMicros = later()): Order => ({
    kind: 'source',
    action: newId<ActionId>(),
    source,
    what,
    expiresMicros,
  });
  /** The source as the gateway names it: read from the record of one request. */
  const sourceOf = async (sid: string): Promise<Source> => {
    await ask(bed.port, `GET /who-${sid} HTTP/1.1`, [`Cookie: sid=${sid}`]);
    const event = await bed.until('record', () =>
      bed.of('exchange').find((record) => record.exchange.path === `/who-${sid}`),
    );
    assert.equal(event.source?.kind, 'session');
    for (const service of [one, two]) service.seen.length = 0;
    return event.source;
  };
  const cookie = (sid: string) => [`Cookie: sid=${sid}`];

  it('blocks one session and nobody else', async () => {
    const source = await sourceOf('mallory-1');
    await bed.orders([sourceOrder(source, 'block')]);
    assert.equal(statusOf(await ask(bed.port, 'GET / HTTP/1.1', cookie('mallory-1'))), 403);
    assert.equal(statusOf(await ask(bed.port, 'GET / HTTP/1.1', cookie('friend-1'))), 200);
    assert.equal(statusOf(await ask(bed.port, 'GET / HTTP/1.1')), 200);
  });

  it('lets an order end by time without a new policy', async () => {
    const source = await sourceOf('mallory-2');
    await bed.orders([sourceOrder(source, 'block', nowMicros() + 700_000)]);
    assert.equal(statusOf(await ask(bed.port, 'GET / HTTP/1.1', cookie('mallory-2'))), 403);
    await new Promise((resolve) => setTimeout(resolve, 800));
    assert.equal(statusOf(await ask(bed.port, 'GET / HTTP/1.1', cookie('mallory-2'))), 200);
  });

  it('limits over all workers together', async () => {
    const source = await sourceOf('mallory-3');
    await bed.orders([sourceOrder(source, 'limit')]);
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => ask(bed.port, 'GET / HTTP/1.1', cookie('mallory-3'))),
    );
    const passed = answers.filter((answer) => statusOf(answer) === 200).length;
    assert.ok(passed >= 10 && passed <= 14, `${passed} passed`);
    const limited = answers.find((answer) => statusOf(answer) === 429) ?? '';
    assert.match(limited, /retry-after: \d+/);
  });

  it('diverts a session in the midst of a connection, and back', async () => {
    const source = await sourceOf('mallory-4');
    const client = new RawClient(bed.port);
    const get = async (path: string): Promise<string> => {
      client.send(`GET ${path} HTTP/1.1\r\nHost: t\r\nCookie: sid=mallory-4\r\n\r\n`);
      return client.until(/(one|two|decoy) GET \/\w+/);
    };
    assert.match(await get('/before'), /(one|two) GET/);
    await bed.orders([sourceOrder(source, 'divert')]);
    assert.match(await get('/evil'), /X-Served-By: decoy[^]*decoy GET \/evil/);
    assert.equal(one.seen.length + two.seen.length, 1);
    const [name, value = ''] = decoy.seen[0]?.fields ?? [];
    assert.equal(name, 'seawall-diverted');
    const [text = '', seal] = value.split('.');
    assert.equal(seal, createHmac('sha256', SECRET).update(text).digest('hex'));
    const told = JSON.parse(Buffer.from(text, 'base64url').toString()) as { source: Source; service: string };
    assert.deepEqual(told.source, source);
    assert.equal(told.service, 'shop');
    await bed.orders([]);
    assert.match(await get('/after'), /(one|two) GET/);
    client.destroy();
    const record = await bed.until('record', () => bed.of('exchange').find((event) => event.exchange.path === '/evil'));
    assert.equal(record.exchange.verdict, 'diverted');
  });

  it('notes attacks of a diverted source and passes them to the decoy', async () => {
    const source = await sourceOf('mallory-5');
    await bed.orders([sourceOrder(source, 'divert')]);
    const answer = await ask(bed.port, 'GET /attack?a=evil-word HTTP/1.1', cookie('mallory-5'));
    assert.match(answer, /decoy GET/);
    const { finding } = await bed.until('finding', () => bed.of('finding')[0]);
    assert.equal(finding.verdict, 'diverted');
  });

  it('moves a WebSocket to the decoy and back, unseen by the client', async () => {
    const source = await sourceOf('mallory-6');
    const socket = await SocketClient.open(bed.port, '/chat', cookie('mallory-6'));
    assert.match(await socket.say('first'), /^(one|two): first$/);
    await bed.orders([sourceOrder(source, 'divert')]);
    assert.equal(await socket.say('second'), 'decoy: second');
    assert.ok(decoy.seen.some((seen) => seen.url === '/chat' && seen.fields.includes('sid=mallory-6')));
    assert.equal(one.messages.length + two.messages.length, 1);
    await bed.orders([]);
    assert.match(await socket.say('third'), /^(one|two): third$/);
    assert.deepEqual(decoy.messages, ['second']);
    socket.close();
  });

  it('sends nothing to a cut instance, and moves WebSockets away from it', async () => {
    const socket = await SocketClient.open(bed.port, '/chat');
    const first = (await socket.say('where')).slice(0, 3);
    const instance = first === 'one' ? 'shop-1' : 'shop-2';
    await bed.orders([{ kind: 'cut', action: newId<ActionId>(), service: 'shop', instance }]);
    const other = first === 'one' ? 'two' : 'one';
    assert.equal(await socket.say('again'), `${other}: again`);
    for (let i = 0; i < 6; i++) assert.match(await ask(bed.port, 'GET / HTTP/1.1'), new RegExp(`${other} GET`));
    await bed.until('health', () => bed.health()?.instances[instance] === 'cut', 5000);
    socket.close();
    const all: Order[] = ['shop-1', 'shop-2'].map((name) => ({
      kind: 'cut',
      action: newId<ActionId>(),
      service: 'shop',
      instance: name,
    }));
    await bed.orders(all);
    assert.equal(statusOf(await ask(bed.port, 'GET / HTTP/1.1')), 502);
  });

  it('limits log-ins to an account, except from known addresses', async () => {
    const order = (exceptAddresses: string[]): Order => ({
      kind: 'account',
      action: newId<ActionId>(),
      service: 'shop',
      account: 'alice',
      what: 'block',
      exceptAddresses,
      expiresMicros: later(),
    });
    const logIn = (user: string) =>
      ask(bed.port, 'POST /login HTTP/1.1', ['Content-Type: application/x-www-form-urlencoded'], `user=${user}&p=1`);
    await bed.orders([order([])]);
    assert.equal(statusOf(await logIn('alice')), 403);
    assert.equal(statusOf(await logIn('bob')), 200);
    await bed.orders([order(['127.0.0.1'])]);
    assert.equal(statusOf(await logIn('alice')), 200);
  });

  it('shows a block page when the decoy is down, never the service', async () => {
    const source = await sourceOf('mallory-7');
    const dead = await freePort();
    await bed.change({
      orders: [sourceOrder(source, 'divert')],
      decoy: { upstream: { address: '127.0.0.1', port: dead }, secret: SECRET },
    });
    assert.equal(statusOf(await ask(bed.port, 'GET /x HTTP/1.1', cookie('mallory-7'))), 403);
    assert.equal(one.seen.length + two.seen.length, 0);
    await bed.untilCounter('decoy_down');
  });

  it('enforces nothing in monitor', async () => {
    const source = await sourceOf('mallory-8');
    const routes = routesFor(serviceOf('shop', [one.port, two.port], { login: LOGIN }), { mode: 'monitor' });
    await bed.change({ routes, orders: [sourceOrder(source, 'block')] });
    assert.equal(statusOf(await ask(bed.port, 'GET / HTTP/1.1', cookie('mallory-8'))), 200);
  });
});
