import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Bed, routesFor, serviceOf } from './testing/bed.ts';
import { ask, RawClient, type Service, startService, statusOf } from './testing/peers.ts';

for (const mode of ['off', 'protect'] as const) {
  describe(`passing through in mode ${mode}`, () => {
    let bed: Bed;
    let service: Service;
    before(async () => {
      service = await startService('one');
      bed = await Bed.start({ parts: { routes: routesFor(serviceOf('shop', [service.port]), { mode }) } });
    });
    after(async () => {
      await bed.stop();
      await service.close();
    });

    it('keeps path, query, order and case of fields, and drops hop-by-hop ones', async () => {
      const fields = [
        'X-First: 1',
        'x-sEcond: two  words',
        'Keep-Alive: 5',
        'X-First: again',
        'Seawall-Diverted: forged',
      ];
      const answer = await ask(bed.port, 'GET /a//b?x=%41&y=1 HTTP/1.1', [...fields, 'X-Forwarded-For: 9.9.9.9']);
      assert.equal(statusOf(answer), 200);
      assert.match(answer, /\r\n\r\none GET \/a\/\/b\?x=%41&y=1$/);
      const raw = service.seen.at(-1)?.fields ?? [];
      const pairs = raw.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${raw[index + 1] ?? ''}`] : []));
      const kept = pairs.filter((pair) => !/^(connection|accept-encoding)/i.test(pair));
      assert.deepEqual(kept, [
        'Host: test.local',
        'X-First: 1',
        'x-sEcond: two  words',
        'X-First: again',
        'x-forwarded-for: 9.9.9.9, 127.0.0.1',
        'x-forwarded-proto: http',
      ]);
    });

    it('keeps every byte of a body, with a length', async () => {
      const body = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('');
      const answer = await ask(bed.port, 'POST /echo HTTP/1.1', [], body);
      assert.equal(answer.slice(answer.indexOf('\r\n\r\n') + 4), body);
    });

    it('carries chunked bodies both ways', async () => {
      const client = new RawClient(bed.port);
      client.send(
        'POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=1\r\ndefg\r\n0\r\n\r\n',
      );
      assert.match(await client.until(/abcdefg/), /^HTTP\/1\.1 200/);
      client.send('GET /chunks HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n');
      assert.match(await client.end(), /one,[^]*two,[^]*three/);
    });

    it('answers pipelined requests in order on one connection', async () => {
      const client = new RawClient(bed.port);
      client.send(
        'GET /slow HTTP/1.1\r\nHost: t\r\n\r\nGET /2 HTTP/1.1\r\nHost: t\r\n\r\nGET /3 HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n',
      );
      const text = await client.end();
      assert.deepEqual(text.match(/late|one GET \/\d/g), ['late', 'one GET /2', 'one GET /3']);
    });

    it('answers Expect: 100-continue itself', async () => {
      const client = new RawClient(bed.port);
      client.send(
        'POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n',
      );
      await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
      client.send('hello');
      const text = await client.end();
      assert.match(text, /^HTTP\/1\.1 200[^]*hello$/);
      assert.ok(!service.seen.at(-1)?.fields.some((field) => /expect/i.test(field)));
    });

    it('gives no body to HEAD and keeps the connection', async () => {
      const client = new RawClient(bed.port);
      client.send('HEAD /x HTTP/1.1\r\nHost: t\r\n\r\nGET /after HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n');
      const text = await client.end();
      assert.match(text, /^HTTP\/1\.1 200 OK\r\n[^]*?\r\n\r\nHTTP\/1\.1 200 OK/);
      assert.match(text, /one GET \/after$/);
    });

    it('speaks with clients of HTTP/1.0', async () => {
      const text = await new RawClient(bed.port).send('GET /chunks HTTP/1.0\r\n\r\n').end();
      assert.match(text, /\r\n\r\none,two,three$/);
    });

    it('goes on after a half-closed request', async () => {
      const client = new RawClient(bed.port);
      client.socket.end('GET /slow HTTP/1.1\r\nHost: t\r\n\r\n');
      assert.match(await client.end(), /late$/);
    });

    it('carries a large body without holding it', async () => {
      const size = 3_000_000;
      const path = mode === 'off' ? '/echo' : '/big';
      if (mode === 'protect') {
        await bed.change({
          routes: routesFor(serviceOf('shop', [service.port]), { mode, bodyOverLimit: 'inspect-prefix' }),
        });
      }
      const answer = await ask(bed.port, `POST ${path} HTTP/1.1`, [], 'z'.repeat(size));
      assert.equal(statusOf(answer), 200);
      assert.equal(service.seen.at(-1)?.body.length, size);
      if (mode === 'off') assert.equal(answer.length - answer.indexOf('\r\n\r\n') - 4, size);
    });

    it('records each exchange', async () => {
      await ask(bed.port, 'GET /recorded?secret=1 HTTP/1.1', ['User-Agent: someone']);
      const { exchange } = await bed.until('the record', () =>
        bed.of('exchange').find((event) => event.exchange.path === '/recorded'),
      );
      assert.equal(exchange.status, 200);
      assert.equal(exchange.instance, 'shop-1');
      assert.equal(exchange.verdict, 'passed');
      assert.equal(exchange.userAgent, 'someone');
      assert.ok(exchange.totalMicros > 0);
    });
  });
}
