import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Command, Envelope, PolicyBundle } from '@seawall/contract';
import { Redacted } from '@seawall/faults';
import type { Hub, HubOptions, NodeLink, NodeOptions } from './api.ts';
import { makeBundle } from './digest.ts';
import { writeFrame } from './frame.ts';
import { listenHub } from './hub.ts';
import { connectNode } from './node-link.ts';
import { auditEvent, findingEvent, quiet, sampleCommand, sampleParts, statisticsEvent, TOKEN } from './samples.ts';

let folder = '';
const open: (NodeLink | Hub)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-bus-'));
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close(0 as never); // a hub takes no time
  rmSync(folder, { recursive: true });
});

const socketPath = (): string => join(folder, 'bus.sock');

async function hub(options: Partial<HubOptions> = {}): Promise<Hub & { readonly got: Envelope[] }> {
  const got: Envelope[] = [];
  const onEvents = async (_node: string, events: readonly Envelope[]) => void got.push(...events);
  const made = await listenHub({ socketPath: socketPath(), token: TOKEN, onEvents, log: quiet, ...options });
  open.push(made);
  return Object.assign(made, { got });
}

async function node(options: Partial<NodeOptions> = {}): Promise<NodeLink> {
  const made = await connectNode({
    socketPath: socketPath(),
    node: 'n',
    role: 'gateway',
    token: TOKEN,
    folder: join(folder, 'node'),
    onPolicy: async ({ version, digest }) => ({ version, digest }),
    log: quiet,
    ...options,
  });
  open.push(made);
  return made;
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (holds()) return;
    await wait(5);
  }
  assert.fail(`never came: ${what}`);
}

const ids = (events: readonly Envelope[]): readonly string[] => events.map(({ id }) => id).sort();

test('what was published without a server arrives when it is there, each once, in the order of its class', async () => {
  const link = await node();
  const events = Array.from({ length: 1500 }, (_, n) => [auditEvent(n), findingEvent(n), statisticsEvent(n)]).flat();
  await link.publish(events);
  assert.equal(link.state().connected, false);
  const server = await hub();
  await until(() => server.got.length >= events.length, 'all events');
  assert.deepEqual(ids(server.got), ids(events));
  const audit = server.got.filter(({ kind }) => kind === 'result').map(({ sequence }) => sequence);
  assert.deepEqual(
    audit,
    audit.toSorted((a, b) => a - b),
  );
  await until(() => link.state().spoolBytes === 0, 'an empty spool');
});

test('a node that starts again sends what the one before it kept', async () => {
  const events = Array.from({ length: 10 }, (_, n) => findingEvent(n, 'x'.repeat(3000)));
  const first = await node();
  await first.publish(events);
  await first.close(0);
  await node();
  const server = await hub();
  await until(() => server.got.length >= 10, 'all events');
  assert.deepEqual(ids(server.got), ids(events));
});

test('a batch that the server could not keep is sent again', async () => {
  const got: Envelope[] = [];
  let failures = 2;
  const server = await hub({
    onEvents: async (_node, events) => {
      if (failures-- > 0) throw new Error('disk full');
      got.push(...events);
    },
  });
  const link = await node();
  const event = findingEvent(1);
  await link.publish([event]);
  await until(() => got.length > 0, 'the event');
  assert.deepEqual(got, [event]);
  assert.equal(server.counters()['not-kept'], 2);
});

test('a torn end of the spool is cut off, what is before it arrives', async () => {
  const first = await node();
  const events = [findingEvent(1), findingEvent(2)];
  await first.publish(events);
  await first.close(0);
  const [file] = readdirSync(join(folder, 'node/spool/finding')).filter((name) => name.endsWith('.seg'));
  writeFileSync(join(folder, 'node/spool/finding', file ?? ''), Buffer.from([0, 0, 1, 0, 9, 9]), { flag: 'a' });
  await node();
  const server = await hub();
  await until(() => server.got.length >= 2, 'both events');
  assert.deepEqual(ids(server.got), ids(events));
});

test('statistics give way to findings, findings to audit, and audit is refused at last', async () => {
  const link = await node({ maxSpoolBytes: 64 * 1024 });
  const filler = () => Array.from({ length: 30 }, () => Math.random().toString(36)).join('');
  for (let n = 0; n < 60; n++) await link.publish([statisticsEvent(n, filler())]);
  await wait(120);
  const before = link.state().spoolBytes;
  assert.ok(before > 20_000);
  const fill = async (make: (n: number) => Envelope): Promise<number> => {
    for (let n = 0; n < 1000; n++) {
      const [result] = await Promise.allSettled([link.publish([make(n)])]);
      if (result?.status === 'fulfilled') continue;
      assert.equal(result?.reason.code, 'bus.spool-full');
      return n;
    }
    return assert.fail('the spool never filled');
  };
  const findings = await fill((n) => findingEvent(n, filler()));
  assert.equal(link.state().shed.statistics, 60);
  assert.deepEqual([link.state().shed.finding, link.state().shed.audit], [1, 0]);
  await fill((n) => auditEvent(n, filler()));
  assert.equal(link.state().shed.finding, 1 + findings);
  assert.equal(link.state().shed.audit, 1);
  assert.ok(link.state().spoolBytes <= 64 * 1024);
});

test('the policy goes down, is acknowledged, and later only in the parts that changed', async () => {
  const seen: PolicyBundle[] = [];
  const onPolicy: NodeOptions['onPolicy'] = async (bundle) => {
    seen.push(bundle);
    return { version: bundle.version, digest: bundle.digest };
  };
  const server = await hub();
  const parts = sampleParts();
  server.setPolicy(makeBundle(1, parts));
  const link = await node({ onPolicy });
  await until(() => link.state().policy?.version === 1, 'the first policy');
  assert.deepEqual(await server.waitForPolicy(1, 1000), { acknowledged: ['n'], missing: [] });
  const second = makeBundle(2, { ...parts, decoy: { secret: 'other' } });
  server.setPolicy(second);
  assert.deepEqual((await server.waitForPolicy(2, 1000)).missing, []);
  assert.deepEqual(seen.at(-1), second);
  assert.equal(seen[0]?.parts.rules, seen[1]?.parts.rules);
  assert.deepEqual((await server.waitForPolicy(3, 20)).missing, ['n']);
  await link.close();

  const again: PolicyBundle[] = [];
  await server.close();
  await node({ onPolicy: async (bundle) => (again.push(bundle), { version: bundle.version, digest: bundle.digest }) });
  assert.deepEqual(again, [second]);
});

test('a policy with a problem is reported, and the last good one stays on disk', async () => {
  const server = await hub();
  server.setPolicy(makeBundle(1, sampleParts()));
  const onPolicy: NodeOptions['onPolicy'] = async ({ version, digest }) =>
    version === 2 ? { version, digest, problem: 'bad rule' } : { version, digest };
  const link = await node({ onPolicy });
  await until(() => link.state().policy?.version === 1, 'the first policy');
  server.setPolicy(makeBundle(2, sampleParts({ decoy: { secret: 'bad' } })));
  await until(() => server.nodes()[0]?.policy?.problem === 'bad rule', 'the problem');
  assert.equal(JSON.parse(readFileSync(join(folder, 'node/policy.json'), 'utf8')).version, 1);
});

test('a policy that was changed on disk is left out', async () => {
  const server = await hub();
  server.setPolicy(makeBundle(1, sampleParts()));
  const link = await node();
  await until(() => link.state().policy?.version === 1, 'the policy');
  await link.close();
  await server.close();
  const file = join(folder, 'node/policy.json');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"secret":"s"', '"secret":"t"'));
  assert.equal((await node()).state().policy, undefined);
});

test('a command is carried out once, over reconnection and restart, and its result is the same event', async () => {
  const command = sampleCommand();
  let calls = 0;
  const onCommand = async ({ action, step }: Command) => {
    calls += 1;
    return { action: action.id, step, outcome: { verified: true, detail: 'up again', timeMicros: 1 } };
  };
  const first = await hub();
  first.send(command);
  const link = await node({ role: 'responder', onCommand });
  await until(() => first.got.length === 1, 'the result');
  await first.close();
  const second = await hub();
  second.send(command);
  await until(() => second.got.length === 1, 'the result again');
  await link.close();
  await node({ role: 'responder', onCommand });
  await until(() => second.got.length === 2, 'the result after a restart');
  assert.equal(calls, 1);
  assert.equal(new Set(ids([...first.got, ...second.got])).size, 1);
  second.settle(command.action.id, command.step);
});

test('a command whose handler throws ends in a result that says so', async () => {
  const server = await hub();
  server.send(sampleCommand('undo'));
  await node({ role: 'responder', onCommand: () => Promise.reject(new Error('no engine')) });
  await until(() => server.got.length === 1, 'the result');
  const [event] = server.got;
  assert.ok(
    event?.kind === 'result' && !event.result.outcome.verified && /no engine/.test(event.result.outcome.detail),
  );
});

test('a wrong token, garbage, an oversize frame and a deflate bomb are cut off and counted', async () => {
  const server = await hub();
  const link = await node({ token: new Redacted('wrong') });
  await until(() => server.counters()['wrong-token'] > 0, 'the refusal');
  assert.equal(link.state().connected, false);
  assert.deepEqual(server.nodes(), []);
  await link.close(0);
  const hostile = [
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.from([0, 0, 0, 0]),
    Buffer.from([0x7f, 0xff, 0xff, 0xff, 0]),
    Buffer.from([0, 0, 0, 3, 1, 0xff, 0xff]),
    await writeFrame('[]'),
    await writeFrame('{"type":"batch","number":1,"events":[]}'),
    await writeFrame(JSON.stringify({ filler: 'x'.repeat(80_000_00) })),
  ];
  for (const [index, bytes] of hostile.entries()) {
    const socket = createConnection(socketPath());
    socket.on('error', quiet as () => void);
    socket.write(bytes);
    await new Promise((resolve) => socket.once('close', resolve));
    assert.equal(server.counters().garbage, index + 1);
  }
  const good = await node({ folder: join(folder, 'good') });
  await until(() => good.state().connected, 'a good node');
});

test('an event that does not fit its schema is set aside and does not hold up the others', async () => {
  const server = await hub();
  const link = await node();
  const bad = { ...findingEvent(1), schema: 9 } as unknown as Envelope; // what a node of another version might send
  const good = findingEvent(2);
  await link.publish([bad, good]);
  await until(() => link.state().spoolBytes === 0, 'an empty spool');
  assert.deepEqual(server.got, [good]);
  assert.equal(server.counters()['refused-event'], 1);
  assert.match(readFileSync(join(folder, 'refused.jsonl'), 'utf8'), /"node":"n"/);
});

test('a second server is refused, a dead one leaves nothing in the way', async () => {
  await hub();
  assert.equal(statSync(socketPath()).mode & 0o777, 0o600);
  await assert.rejects(hub(), { code: 'bus.in-use' });
  await assert.rejects(hub({ socketPath: join(folder, 'x'.repeat(120)) }), { code: 'bus.path-too-long' });
});

test(
  'a spool that cannot be written rejects with bus.disk',
  { skip: process.getuid?.() === 0 ? false : 'mounting a small disk needs root' },
  async (t) => {
    const mount = join(folder, 'small');
    mkdirSync(mount);
    const run = (command: string, ...args: string[]) =>
      new Promise<number | null>((resolve) => spawn(command, args).once('exit', resolve));
    if ((await run('mount', '-t', 'tmpfs', '-o', 'size=64k', 'none', mount)) !== 0) {
      return t.skip('this machine does not allow mounting');
    }
    try {
      const link = await node({ folder: mount });
      const events = Array.from({ length: 300 }, (_, n) => findingEvent(n, Math.random().toString(36).repeat(20)));
      const kept: Envelope[] = [];
      let code: unknown;
      for (const event of events) {
        const [result] = await Promise.allSettled([link.publish([event])]);
        if (result?.status === 'fulfilled') kept.push(event);
        else code = result?.reason.code;
      }
      assert.equal(code, 'bus.disk');
      assert.ok(kept.length > 10 && kept.length < 300);
      const server = await hub();
      await until(() => server.got.length >= kept.length, 'what was kept');
      assert.deepEqual(ids(server.got), ids(kept));
      await link.close();
    } finally {
      await run('umount', mount);
    }
  },
);

test('a node that is killed at random loses nothing whose publish resolved', async () => {
  const promised = new Set<string>();
  const server = await hub();
  const child = join(import.meta.dirname, 'bus-child.ts');
  for (let round = 0; round < 6; round++) {
    const running = spawn(process.execPath, [child, socketPath(), join(folder, 'node')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: running.stdout });
    const begun = Promise.withResolvers<void>();
    lines.on('line', (line) => {
      promised.add(line);
      begun.resolve();
    });
    await begun.promise;
    await wait(Math.random() * 150);
    running.kill('SIGKILL');
    await new Promise((resolve) => lines.once('close', resolve));
  }
  const link = await node();
  await until(() => link.state().connected && link.state().spoolBytes === 0, 'an empty spool');
  const got = new Set(server.got.map(({ id }) => id as string));
  assert.ok(promised.size > 100, `only ${promised.size} were promised`);
  assert.deepEqual(
    [...promised].filter((id) => !got.has(id)),
    [],
  );
  assert.ok(existsSync(join(folder, 'node')));
});
