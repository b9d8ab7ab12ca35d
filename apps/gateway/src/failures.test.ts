import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT } from '@seawall/faults';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bed, routesFor, RULES, serviceOf } from './testing/bed.ts';
import { ask, freePort, RawClient, SocketClient, startRawService, startService, statusOf } from './testing/peers.ts';

// What goes wrong around a gateway, and what it does then (DESIGN section 6).

async function using(
  bed: Bed,
  services: readonly { close(): Promise<void> }[],
  test: () => Promise<void>,
): Promise<void> {
  try {
    await test();
  } finally {
    await bed.stop();
    await Promise.all(services.map((service) => service.close()));
  }
}

describe('failures', () => {
  it('asks the next instance when one is down, and tells which', async () => {
    const service = await startService('two');
    const bed = await Bed.start({ parts: { routes: routesFor(serviceOf('shop', [await freePort(), service.port])) } });
    await using(bed, [service], async () => {
      for (let i = 0; i < 4; i++) assert.equal(statusOf(await ask(bed.port, 'POST / HTTP/1.1', [], 'x')), 200);
      await bed.until('health', () => bed.health()?.instances['shop-1'] === 'down');
      assert.equal(bed.health()?.instances['shop-2'], 'up');
      assert.equal(bed.health()?.policyVersion, 1);
    });
  });

  it('answers 502 when no instance is there, 504 when it is slow, 502 when it talks nonsense', async () => {
    const silent = await startRawService(() => undefined);
    const broken = await startRawService((_head, socket) => socket.write('HELLO\r\n\r\n'));
    const routes = (port: number) => routesFor(serviceOf('shop', [port], { answerTimeoutMs: 300 }));
    const bed = await Bed.start({ parts: { routes: routes(await freePort()) } });
    await using(bed, [silent, broken], async () => {
      const page = await ask(bed.port, 'GET / HTTP/1.1');
      assert.equal(statusOf(page), 502);
      assert.match(page, /<code>[0-9a-f-]{36}<\/code>/);
      await bed.change({ routes: routes(silent.port) });
      assert.equal(statusOf(await ask(bed.port, 'GET / HTTP/1.1')), 504);
      await bed.change({ routes: routes(broken.port) });
      assert.equal(statusOf(await ask(bed.port, 'GET / HTTP/1.1')), 502);
      assert.equal(statusOf(await ask(bed.port, 'GET / HTTP/1.1', ['Upgrade: websocket'])), 502);
    });
  });

  it('breaks off an answer that the service broke off', async () => {
    const half = await startRawService((_head, socket) => {
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\nContent-Type: image/png\r\n\r\nhalf');
    });
    const bed = await Bed.start({ parts: { routes: routesFor(serviceOf('shop', [half.port])) } });
    await using(bed, [half], async () => {
      const text = await ask(bed.port, 'GET / HTTP/1.1');
      assert.match(text, /Content-Length: 100[^]*half$/);
    });
  });

  it('takes no stale byte of a service for the next answer', async () => {
    const chatty = await startRawService((_head, socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison');
    });
    const bed = await Bed.start({
      workers: 1,
      parts: { routes: routesFor(serviceOf('shop', [chatty.port]), { mode: 'off' }) },
    });
    await using(bed, [chatty], async () => {
      for (let i = 0; i < 5; i++) assert.match(await ask(bed.port, 'GET / HTTP/1.1'), /\r\n\r\nok$/);
    });
  });

  it('replaces a killed worker at once and a stopped one soon; others serve on', async () => {
    const service = await startService('one');
    const bed = await Bed.start({
      workers: 2,
      limits: { stuckAfterMs: 1000 },
      parts: { routes: routesFor(serviceOf('shop', [service.port])) },
    });
    await using(bed, [service], async () => {
      for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
        const before = bed.workerPids();
        const victim = before[0] ?? 0;
        process.kill(victim, signal);
        await bed.until(
          `a new worker after ${signal}`,
          () => {
            const now = bed.workerPids();
            return now.length === 2 && !now.includes(victim);
          },
          10_000,
        );
        const counted = signal === 'SIGKILL' ? 1 : 2;
        await bed.untilCounter('workers_replaced', counted);
        const answers = await Promise.all(Array.from({ length: 8 }, () => ask(bed.port, 'GET /?a=evil-word HTTP/1.1')));
        assert.deepEqual([...new Set(answers.map((answer) => statusOf(answer) || answer.slice(0, 80)))], [403], signal);
      }
    });
  });

  it('keeps protecting without a server, spools its findings, and starts from the policy on disk', async () => {
    const service = await startService('one');
    const bed = await Bed.start({ parts: { routes: routesFor(serviceOf('shop', [service.port])) } });
    await using(bed, [service], async () => {
      await bed.closeHub();
      const started = Date.now();
      const answers = await Promise.all(Array.from({ length: 40 }, () => ask(bed.port, 'GET / HTTP/1.1')));
      assert.ok(answers.every((answer) => statusOf(answer) === 200));
      assert.equal(statusOf(await ask(bed.port, 'GET /spooled?a=evil-word HTTP/1.1')), 403);
      assert.ok(Date.now() - started < 3000, 'the path is not slowed');
      await bed.until('spool', () => true);
      bed.process.kill('SIGKILL');
      await sleep(300);
      await bed.launch();
      assert.equal(statusOf(await ask(bed.port, 'GET /again?a=evil-word HTTP/1.1')), 403);
      await bed.openHub();
      const paths = () => bed.of('finding').map((event) => event.finding.request.path);
      await bed.until('the spooled findings', () => paths().includes('/spooled') && paths().includes('/again'));
      assert.equal(new Set(bed.of('finding').map((event) => event.id)).size, bed.of('finding').length);
    });
  });

  it('bounds connections, slow heads, slow bodies and idle ones', async () => {
    const service = await startService('one');
    const bed = await Bed.start({
      workers: 1,
      limits: {
        headTimeoutMs: 400,
        bodyIdleMs: 400,
        keepAliveMs: 600,
        maxConnectionsPerAddress: 5,
        maxRequestsPerConnection: 2,
      },
      parts: { routes: routesFor(serviceOf('shop', [service.port])) },
    });
    await using(bed, [service], async () => {
      await new RawClient(bed.port).send('GET / HT').end(3000);
      const late = await new RawClient(bed.port)
        .send('POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n\r\nabc')
        .end(3000);
      assert.equal(statusOf(late), 408);
      const idle = new RawClient(bed.port).send('GET / HTTP/1.1\r\nHost: t\r\n\r\n');
      await idle.end(4000);
      const two = await new RawClient(bed.port)
        .send('GET /1 HTTP/1.1\r\nHost: t\r\n\r\nGET /2 HTTP/1.1\r\nHost: t\r\n\r\n')
        .end();
      assert.match(two, /one GET \/2$/);
      const many = Array.from({ length: 8 }, () => new RawClient(bed.port));
      await bed.untilCounter('refused_address_full', 3);
      for (const client of many) client.destroy();
      for (const counter of ['closed_slow_head', 'closed_slow_body', 'closed_idle']) await bed.untilCounter(counter);
    });
  });

  it('refuses TLS and HTTP/2 clearly', async () => {
    const service = await startService('one');
    const bed = await Bed.start({ parts: { routes: routesFor(serviceOf('shop', [service.port])) } });
    await using(bed, [service], async () => {
      assert.equal(await new RawClient(bed.port).send('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n').end(), '');
      await bed.untilCounter('refused_h2');
      const hello =
        '\x16\x03\x01\x00\x31\x01\x00\x00\x2d\x03\x03' +
        '\x00'.repeat(32) +
        '\x00\x00\x02\x13\x01\x01\x00\x00\x02\x00\x00';
      assert.equal(await new RawClient(bed.port).send(hello).end(), '');
      await sleep(50);
    });
  });

  it('lets onInspectionFailure decide when inspection costs too much', async () => {
    const service = await startService('one');
    const routes = (onInspectionFailure: 'open' | 'closed') =>
      routesFor(serviceOf('shop', [service.port]), { onInspectionFailure });
    const bed = await Bed.start({ limits: { workBudget: 5 }, parts: { routes: routes('closed') } });
    await using(bed, [service], async () => {
      assert.equal(statusOf(await ask(bed.port, 'GET /dear?a=b HTTP/1.1')), 403);
      const { finding } = await bed.until('finding', () => bed.of('finding')[0]);
      assert.equal(finding.detector, 'gateway');
      await bed.untilCounter('inspection_failed');
      await bed.change({ routes: routes('open') });
      assert.equal(statusOf(await ask(bed.port, 'GET /dear?a=b HTTP/1.1')), 200);
      assert.equal(service.seen.length, 1);
    });
  });

  it('lets onInspectionFailure decide when a rule cannot be evaluated', async () => {
    const service = await startService('one');
    // The pattern is written by the request: one that cannot be read fails.
    const test = `${RULES}SecRule ARGS:q "@rx %{args.p}" "id:3001,phase:2,deny,status:403,log,msg:'matched'"\n`;
    const rules = { sets: [{ name: 'test', entry: ['test.conf'] }], files: { 'test.conf': test } };
    const routes = (onInspectionFailure: 'open' | 'closed') =>
      routesFor(serviceOf('shop', [service.port]), { onInspectionFailure, maxInspectedBodyBytes: 1_000_000 });
    const bed = await Bed.start({ parts: { rules, routes: routes('closed') } });
    await using(bed, [service], async () => {
      const failing = 'GET /fail?q=a&p=( HTTP/1.1';
      const form = ['Content-Type: application/x-www-form-urlencoded'];
      const inThread = () => ask(bed.port, 'POST /fail?q=a&p=( HTTP/1.1', form, 'x='.padEnd(300_000, 'y'));
      assert.equal(statusOf(await ask(bed.port, 'GET /fine?q=a&p=b HTTP/1.1')), 200);
      assert.equal(statusOf(await ask(bed.port, failing)), 403);
      assert.equal(statusOf(await inThread()), 403);
      const { finding } = await bed.until('finding', () => bed.of('finding')[0]);
      assert.equal(finding.detector, 'gateway');
      assert.equal(finding.verdict, 'blocked');
      assert.match(finding.title, /rule 3001/);
      assert.equal(service.seen.length, 1);
      const socket = await SocketClient.open(bed.port, '/chat?q=a&p=b');
      assert.equal(await socket.say('hello'), 'one: hello');
      await bed.change({ routes: routes('open') });
      bed.events.length = 0;
      assert.equal(statusOf(await ask(bed.port, failing)), 200);
      assert.equal(statusOf(await inThread()), 200);
      await bed.until(
        'findings',
        () => bed.of('finding').filter((event) => event.finding.verdict === 'noted').length === 2,
      );
      // The other rules went on.
      assert.equal(statusOf(await ask(bed.port, 'GET /bad?q=a&p=(&b=evil-word HTTP/1.1')), 403);
      await bed.untilCounter('inspection_failed', 4);
      socket.close();
    });
  });

  it('blocks all the same when its finding cannot be committed, and counts it', async () => {
    const service = await startService('one');
    const bed = await Bed.start({
      limits: { commitTimeoutMs: 400 },
      parts: { routes: routesFor(serviceOf('shop', [service.port])) },
    });
    await using(bed, [service], async () => {
      const attack = () => ask(bed.port, 'GET /?a=evil-word HTTP/1.1');
      // A primary that hangs, as it does on a disk that hangs.
      bed.process.kill('SIGSTOP');
      const started = Date.now();
      assert.equal(statusOf(await attack()), 403);
      const waitedMs = Date.now() - started;
      bed.process.kill('SIGCONT');
      assert.ok(waitedMs >= 390 && waitedMs < 3000, `waited ${waitedMs} ms`);
      await bed.untilCounter('findings_uncommitted', 1);
      await bed.until('the finding, late', () => bed.of('finding')[0]);
      // A disk that fails: no file can be made where findings are kept.
      const spool = join(bed.folder, 'data', 'spool', 'finding');
      rmSync(spool, { recursive: true });
      writeFileSync(spool, '');
      for (let i = 0; i < 3; i++) assert.equal(statusOf(await attack()), 403);
      await bed.untilCounter('publish_failed', 1);
      await bed.untilCounter('findings_uncommitted', 2);
      assert.equal(service.seen.length, 0);
    });
  });

  it('sheds statistics when the primary does not take them, and says so in its health', async () => {
    const service = await startService('one');
    const bed = await Bed.start({
      workers: 1,
      limits: { maxQueuedEvents: 3, stuckAfterMs: 20_000 },
      parts: { routes: routesFor(serviceOf('shop', [service.port])) },
    });
    await using(bed, [service], async () => {
      bed.process.kill('SIGSTOP');
      const until = Date.now() + 1500;
      while (Date.now() < until) assert.equal(statusOf(await ask(bed.port, 'GET / HTTP/1.1')), 200);
      bed.process.kill('SIGCONT');
      const shed = (): number => bed.health()?.counters['statistics_shed'] ?? 0;
      await bed.until('shedding in the health', () => shed() > 0);
      await bed.until('the rest', () => bed.of('exchange').length + shed() === service.seen.length);
    });
  });

  it('terminates the inspection of a large body at its deadline, and goes on', async () => {
    const service = await startService('one');
    const route = { maxInspectedBodyBytes: 8_000_000 };
    const bed = await Bed.start({
      workers: 1,
      limits: { inspectionDeadlineMs: 1, workBudget: Number.MAX_SAFE_INTEGER },
      parts: { routes: routesFor(serviceOf('shop', [service.port]), route) },
    });
    await using(bed, [service], async () => {
      const large = '&a=%41b'.repeat(700_000);
      const form = ['Content-Type: application/x-www-form-urlencoded'];
      assert.equal(statusOf(await ask(bed.port, 'POST /large HTTP/1.1', form, large)), 403);
      await bed.untilCounter('inspections_terminated');
      assert.equal(statusOf(await ask(bed.port, 'GET /?a=small HTTP/1.1')), 200);
      assert.equal(service.seen.length, 1);
    });
  });

  it('finishes what is under way when it is told to stop', async () => {
    const service = await startService('one');
    const bed = await Bed.start({ parts: { routes: routesFor(serviceOf('shop', [service.port])) } });
    await using(bed, [service], async () => {
      const slow = ask(bed.port, 'GET /slow HTTP/1.1');
      await bed.until('the request at the service', () => service.sockets.size > 0);
      bed.process.kill('SIGTERM');
      assert.match(await slow, /late$/);
      await bed.until('the end', () => bed.process.exitCode === 0, 10_000);
    });
  });

  it('says what is wrong with its arguments', async () => {
    const main = fileURLToPath(new URL('./main.ts', import.meta.url));
    const cases = [
      [[], /--data/],
      [['--data', 'x', '--nod', 'y'], /nod/],
      [['--data', 'x', '--node', 'n', '--server', 's', '--token-file', 't', '--workers', '0'], /--workers/],
      [['--data', 'x', '--node', 'n', '--server', 's', '--token-file', 't', '--limits', '{"x":1}'], /x is not a limit/],
    ] as const;
    for (const [args, text] of cases) {
      const ran = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
      assert.equal(ran.status, EXIT.usage);
      assert.match(ran.stderr, text);
    }
    assert.equal(cases.length, 4);
  });

  it('tells its health on the admin socket', async () => {
    const service = await startService('one');
    const bed = await Bed.start({ parts: { routes: routesFor(serviceOf('shop', [service.port])) } });
    await using(bed, [service], async () => {
      assert.deepEqual(await bed.admin('/healthz'), { status: 200, body: 'ok\n' });
      assert.equal((await bed.admin('/readyz')).status, 200);
      assert.match((await bed.admin('/metrics')).body, /seawall_gateway_policy_version 1/);
    });
  });
});
