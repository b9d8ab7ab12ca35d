import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding, Mode } from '@seawall/contract';
import { Bed, routesFor, RULES, serviceOf } from './testing/bed.ts';
import { ask, RawClient, type Service, SocketClient, startService, statusOf } from './testing/peers.ts';

const LOGIN = {
  method: 'POST',
  path: '/status/401',
  account: { in: 'json' as const, name: 'user' },
  failedStatus: [401],
};

describe('inspection', () => {
  let bed: Bed;
  let service: Service;
  const routes = (mode: Mode, more = {}) =>
    routesFor(serviceOf('shop', [service.port], { login: LOGIN }), { mode, ...more });
  const set = async (mode: Mode, more = {}): Promise<void> => {
    assert.equal(await bed.change({ routes: routes(mode, more) }), undefined);
  };
  const nextFinding = async (path: string): Promise<Finding> =>
    bed.until(
      `a finding for ${path}`,
      () => bed.of('finding').find((event) => event.finding.request.path === path)?.finding,
    );

  before(async () => {
    service = await startService('one');
    bed = await Bed.start({ parts: { routes: routes('protect') } });
  });
  after(async () => {
    await bed.stop();
    await service.close();
  });
  beforeEach(() => {
    bed.events.length = 0;
    service.seen.length = 0;
    service.messages.length = 0;
  });

  const ATTACKS = [
    { name: 'query', start: 'GET /q1?a=an+evil-word HTTP/1.1', fields: [], body: '', rule: '1001', target: 'ARGS:a' },
    {
      name: 'header',
      start: 'GET /q2 HTTP/1.1',
      fields: ['X-Bad: yes'],
      body: '',
      rule: '1002',
      target: 'REQUEST_HEADERS:X-Bad',
    },
    {
      name: 'body',
      start: 'POST /q3 HTTP/1.1',
      fields: ['Content-Type: application/x-www-form-urlencoded'],
      body: 'x=1&b=evil-word',
      rule: '1001',
      target: 'ARGS:b',
    },
  ] as const;

  it('blocks before the service sees anything, with a committed finding that explains itself', async () => {
    await set('protect');
    assert.equal(ATTACKS.length, 3);
    for (const { start, fields, body, rule, target } of ATTACKS) {
      const answer = await ask(bed.port, start, [...fields, 'Cookie: sid=verysecretvalue; theme=dark'], body);
      assert.equal(statusOf(answer), 403, start);
      const path = start.split(/[ ?]/)[1] ?? '';
      const finding =
        bed.of('finding').find((event) => event.finding.request.path === path)?.finding ?? (await nextFinding(path));
      assert.ok(answer.includes(finding.id), 'the page carries the id of the finding');
      assert.equal(finding.rule.id, rule);
      assert.equal(finding.verdict, 'blocked');
      assert.equal(finding.matches[0]?.target, target);
      assert.equal(finding.request.status, 403);
      assert.ok(!JSON.stringify(bed.events).includes('verysecretvalue'), 'the session stays secret');
      assert.match(finding.evidence?.head ?? '', /Cookie: sid=\*\*\*; theme=\*\*\*/);
      assert.ok(!answer.includes('evil-word'));
    }
    assert.equal(service.seen.length, 0);
    const { exchange, source } = await bed.until('the record', () =>
      bed.of('exchange').find((event) => event.exchange.path === '/q3'),
    );
    assert.equal(exchange.verdict, 'blocked');
    assert.equal(source?.kind, 'session');
  });

  it('answers in the form that the client accepts', async () => {
    await set('protect');
    const json = await ask(bed.port, 'GET /?a=evil-word HTTP/1.1', ['Accept: application/json']);
    assert.match(json, /content-type: application\/json/);
    assert.equal(JSON.parse(json.slice(json.indexOf('\r\n\r\n') + 4)).status, 403);
    assert.match(await ask(bed.port, 'GET /?a=evil-word HTTP/1.1', ['Accept: text/html']), /<!doctype html>/);
  });

  it('sends block pages whole: exact length, safe fields, nothing after HEAD', async () => {
    await set('protect');
    const client = new RawClient(bed.port);
    const bad = (method: string) => client.send(`${method} /?a=evil-word HTTP/1.1\r\nHost: t\r\n\r\n`);
    const lengthOf = (head: string) => Number(/content-length: (\d+)\r\n/i.exec(head)?.[1] ?? -1);
    // One connection for all: a wrong length or a body after HEAD would break the answer behind it.
    bad('GET');
    const head = await client.until(/\r\n\r\n/);
    const page = await client.until(/<\/html>\n/);
    assert.equal(Buffer.byteLength(page), lengthOf(head));
    assert.equal(head.match(/content-length/gi)?.length, 1);
    assert.match(head, /^HTTP\/1\.1 403 Forbidden\r\n/);
    for (const field of [
      /content-security-policy: default-src 'none'/,
      /x-content-type-options: nosniff/,
      /cache-control: no-store/,
      /date: \w/,
    ])
      assert.match(head, field);
    assert.doesNotMatch(head, /connection: close|^server:|x-powered-by/im);
    bad('HEAD');
    bad('GET');
    const answers = await client.until(/<\/html>\n/);
    assert.match(answers, /^HTTP\/1\.1 403 [^]*?\r\n\r\nHTTP\/1\.1 403 /);
    assert.equal(lengthOf(answers), page.length);
    assert.match(await ask(bed.port, 'GET /?a=evil-word HTTP/1.1'), /\r\nconnection: close\r\n/);
    client.destroy();
    // A body that was not read to its end: the connection cannot be used again, and says so.
    const unread = new RawClient(bed.port).send(
      'POST / HTTP/1.1\r\nHost: t\r\nX-Bad: yes\r\nContent-Length: 99\r\n\r\nab',
    );
    const closed = await unread.end();
    assert.match(closed, /^HTTP\/1\.1 403 [^]*\r\nconnection: close\r\n/);
    const old = await new RawClient(bed.port)
      .send('GET /?a=evil-word HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')
      .until(/<\/html>\n/);
    assert.match(old, /\r\nconnection: keep-alive\r\n/);
  });

  it('only notes in monitor', async () => {
    await set('monitor');
    for (const { start, fields, body } of ATTACKS)
      assert.equal(statusOf(await ask(bed.port, start, fields, body)), 200);
    for (const path of ['/q1', '/q2', '/q3']) assert.equal((await nextFinding(path)).verdict, 'noted');
    assert.equal(service.seen.length, 3);
    const record = await bed.until('record', () => bed.of('exchange').find((event) => event.exchange.path === '/q1'));
    assert.equal(record.exchange.verdict, 'noted');
  });

  it('does not look in off', async () => {
    await set('off');
    for (const { start, fields, body } of ATTACKS)
      assert.equal(statusOf(await ask(bed.port, start, fields, body)), 200);
    assert.match(await ask(bed.port, 'GET /leak HTTP/1.1'), /canary-leak/);
    const inOff = () => bed.of('exchange').filter((event) => event.exchange.mode === 'off');
    await bed.until('records', () => inOff().length === 4);
    assert.ok(inOff().every((event) => event.exchange.findings === 0 && event.exchange.verdict === 'passed'));
    assert.ok(bed.of('finding').every((event) => event.finding.mode !== 'off'));
  });

  it('passes what matches without disrupting, and notes it', async () => {
    await set('protect');
    assert.equal(statusOf(await ask(bed.port, 'GET /odd?odd=1 HTTP/1.1')), 200);
    const finding = await nextFinding('/odd');
    assert.equal(finding.verdict, 'noted');
    assert.equal(finding.family, 'protocol');
    assert.match(
      finding.exception ?? '',
      /^SecRule REQUEST_FILENAME "@streq \/odd" "id:\d+,phase:1,pass,nolog,ctl:ruleRemoveTargetById=1004;ARGS:odd"$/,
    );
    // The exception is ready to use.
    const rules = {
      sets: [{ name: 'test', entry: ['0.conf', 'test.conf'] }],
      files: { '0.conf': `${finding.exception}\n`, 'test.conf': RULES },
    };
    assert.equal(await bed.change({ rules }), undefined);
    bed.events.length = 0;
    await ask(bed.port, 'GET /odd?odd=1 HTTP/1.1');
    const again = await bed.until('the record', () =>
      bed.of('exchange').find((event) => event.exchange.path === '/odd' && event.exchange.findings === 0),
    );
    assert.equal(again.exchange.verdict, 'passed');
    await bed.change({ rules: { sets: [{ name: 'test', entry: ['test.conf'] }], files: { 'test.conf': RULES } } });
  });

  it('holds back an answer that leaks', async () => {
    await set('protect');
    const answer = await ask(bed.port, 'GET /leak HTTP/1.1');
    assert.equal(statusOf(answer), 403);
    assert.ok(!answer.includes('canary-leak'));
    const finding = await nextFinding('/leak');
    assert.equal(finding.direction, 'response');
    assert.equal(finding.family, 'leak');
    await bed.until('record', () => bed.of('exchange').find((event) => event.workload?.workload === 'shop-1'));
  });

  it('tells failed log-ins with their account', async () => {
    await set('protect');
    await ask(
      bed.port,
      'POST /status/401 HTTP/1.1',
      ['Content-Type: application/json'],
      '{"user":"alice","password":"x"}',
    );
    const finding = await nextFinding('/status/401');
    assert.equal(finding.detector, 'login');
    assert.equal(finding.account, 'alice');
    assert.ok(!JSON.stringify(finding).includes('password'));
    const { exchange } = await bed.until('record', () =>
      bed.of('exchange').find((event) => event.exchange.path === '/status/401'),
    );
    assert.deepEqual(exchange.login, { account: 'alice', ok: false });
  });

  it('refuses what cannot be forwarded in every mode, and says which breach', async () => {
    const breaches = [
      ['GET /b1 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 'host-repeated'],
      [
        'POST /b2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        'length-and-transfer-encoding',
      ],
      ['POST /b3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'chunk-size-invalid'],
    ] as const;
    for (const mode of ['off', 'monitor', 'protect'] as const) {
      await set(mode);
      for (const [bytes, code] of breaches) {
        bed.events.length = 0;
        const answer = await new RawClient(bed.port).send(bytes).end();
        // In mode off a body is passed on while it comes: when its framing breaks, the answer is still ours.
        assert.equal(statusOf(answer), 400, `${mode} ${code}`);
        const found = await bed.until('finding', () => bed.of('finding')[0]?.finding);
        assert.equal(found.detector, 'protocol');
        assert.equal(found.rule.name, code);
      }
    }
    assert.ok(service.seen.every((seen) => !seen.url.startsWith('/b') || seen.url === '/b3'));
  });

  it('runs phase 1 on what it refuses', async () => {
    await set('protect');
    await new RawClient(bed.port).send('GET /p1 HTTP/1.1\r\nHost: a\r\nHost: b\r\nX-Bad: yes\r\n\r\n').end();
    const finding = await nextFinding('/p1');
    assert.equal(finding.matches[0]?.ruleId, '1002');
  });

  it('refuses heads and bodies above the limits', async () => {
    await set('protect', { maxHeadBytes: 2000, maxInspectedBodyBytes: 1000 });
    assert.equal(statusOf(await ask(bed.port, 'GET /h HTTP/1.1', [`X-Long: ${'x'.repeat(3000)}`])), 431);
    assert.equal(statusOf(await ask(bed.port, 'GET /h HTTP/1.1', [`X-Long: ${'x'.repeat(100_000)}`])), 431);
    assert.equal(statusOf(await ask(bed.port, 'POST /b HTTP/1.1', [], 'x'.repeat(1001))), 413);
    const chunked = `POST /b HTTP/1.1\r\nHost: t\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n800\r\n${'x'.repeat(2048)}\r\n0\r\n\r\n`;
    assert.equal(statusOf(await new RawClient(bed.port).send(chunked).end()), 413);
    assert.equal(statusOf(await ask(bed.port, 'POST /b HTTP/1.1', [], 'x'.repeat(1000))), 200);
    assert.equal(service.seen.length, 1);
  });

  it('inspects the prefix of a long body when told so', async () => {
    await set('protect', { maxInspectedBodyBytes: 1000, bodyOverLimit: 'inspect-prefix' });
    const long = 'x'.repeat(50_000);
    assert.equal(statusOf(await ask(bed.port, 'POST /l HTTP/1.1', [], `evil-word${long}`)), 403);
    assert.equal(statusOf(await ask(bed.port, 'POST /l HTTP/1.1', [], `${long}evil-word`)), 200);
    assert.equal(service.seen.at(-1)?.body, `${long}evil-word`);
  });

  it('inspects large bodies in the thread', async () => {
    await set('protect', { maxInspectedBodyBytes: 2_000_000 });
    const large = 'y'.repeat(500_000);
    assert.equal(statusOf(await ask(bed.port, 'POST /t1 HTTP/1.1', [], `${large} evil-word`)), 403);
    assert.equal((await nextFinding('/t1')).rule.id, '1001');
    assert.equal(statusOf(await ask(bed.port, 'POST /t2 HTTP/1.1', [], large)), 200);
  });

  it('inspects each message of a WebSocket', async () => {
    await set('protect');
    const socket = await SocketClient.open(bed.port, '/chat', ['Cookie: sid=abcdefgh']);
    assert.equal(await socket.say('hello'), 'one: hello');
    socket.send('an evil-word');
    await bed.until('closing', () => socket.closeCode === 1008);
    assert.deepEqual(service.messages, ['hello']);
    const finding = await nextFinding('/chat');
    assert.equal(finding.request.protocol, 'websocket');
    assert.equal(finding.rule.id, '1001');
    const leaking = await SocketClient.open(bed.port, '/chat2');
    leaking.send('leak');
    await bed.until('closing', () => leaking.closeCode === 1008);
    assert.deepEqual(leaking.got, []);
    assert.equal((await nextFinding('/chat2')).direction, 'response');
    await bed.until('the record of a message with its parent', () => {
      const parent = bed.of('exchange').find((event) => event.exchange.status === 101)?.exchange.id;
      const messages = bed.of('exchange').filter((event) => event.exchange.method === 'SEND');
      return parent !== undefined && messages.some((event) => event.exchange.parent === parent);
    });
  });

  it('keeps the old policy when the rules of a new one do not load', async () => {
    await set('protect');
    const broken = {
      sets: [{ name: 'test', entry: ['x.conf'] }],
      files: { 'x.conf': 'SecRule ARGS "@noSuchOperator x" "id:1"\n' },
    };
    const good = bed.parts.rules;
    assert.match((await bed.change({ rules: broken })) ?? '', /x\.conf:1/);
    assert.equal(statusOf(await ask(bed.port, 'GET /?a=evil-word HTTP/1.1')), 403);
    assert.match(
      (await bed.change({ rules: good, routes: routes('protect', { ruleSet: 'missing' }) })) ?? '',
      /unknown rule set/,
    );
    assert.equal(statusOf(await ask(bed.port, 'GET /?a=evil-word HTTP/1.1')), 403);
  });

  it('learns how ordinary answers look', async () => {
    await set('protect');
    await ask(bed.port, 'GET /likeness HTTP/1.1');
    const { likeness } = await bed.until('likeness', () =>
      bed.of('likeness').find((event) => event.likeness.answers.some((answer) => answer.path === '/likeness')),
    );
    assert.equal(likeness.service, 'shop');
  });

  it('learns redirects with their cookies, and takes any credentials for a session', async () => {
    await set('protect');
    const learnt = (path: string) =>
      bed.until(`likeness of ${path}`, () =>
        bed
          .of('likeness')
          .flatMap((event) => event.likeness.answers)
          .find((answer) => answer.path === path),
      );
    await ask(bed.port, 'POST /log-in HTTP/1.1', [], 'user=ann');
    const redirect = await learnt('/log-in');
    assert.equal(redirect.status, 302);
    assert.deepEqual(
      redirect.cookies.map((cookie) => cookie.name),
      ['sid'],
    );
    // No configured session, but a cookie all the same: what stands on the page may be somebody's.
    await ask(bed.port, 'GET /page HTTP/1.1', ['Cookie: other=1']);
    assert.doesNotMatch((await learnt('/page')).page ?? '', /Ann Smith/);
  });

  it('keeps the counters of persistent collections in one place', async () => {
    await set('protect');
    const counting = `${RULES}
SecAction "id:2000,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR},setvar:ip.count=+1"
SecRule IP:COUNT "@gt 6" "id:2001,phase:1,deny,status:403,log,msg:'too many'"
`;
    assert.equal(
      await bed.change({ rules: { sets: [{ name: 'test', entry: ['c.conf'] }], files: { 'c.conf': counting } } }),
      undefined,
    );
    const statuses: number[] = [];
    for (let i = 0; i < 10; i++) {
      statuses.push(statusOf(await ask(bed.port, 'GET /count HTTP/1.1')));
      await sleep(120);
    }
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 200, 403, 403, 403, 403]);
    await bed.change({ rules: { sets: [{ name: 'test', entry: ['test.conf'] }], files: { 'test.conf': RULES } } });
  });
});
