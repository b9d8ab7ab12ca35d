import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { listenHub, makeBundle } from '@seawall/bus';
import { Envelope, PolicyParts, type Envelope as EnvelopeType } from '@seawall/contract';
import { EXIT, Redacted } from '@seawall/faults';
import { asked, exchange, LIKENESS, sealed, SECRET } from './decoy-client.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

function parts(secret: string): PolicyParts {
  return PolicyParts.parse({
    routes: { listeners: [], services: [], routes: [] },
    rules: { sets: [], files: {} },
    orders: [],
    decoy: { secret },
    likeness: [LIKENESS],
  });
}

function launch(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
}

/** The first line that the process prints. */
async function firstLine(child: ChildProcess): Promise<Record<string, unknown>> {
  assert.ok(child.stdout);
  const lines = createInterface({ input: child.stdout });
  const [line] = await once(lines, 'line');
  return JSON.parse(line);
}

async function until(holds: () => boolean, timeoutMs = 15_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!holds()) {
    assert.ok(Date.now() < end, 'it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('the process takes its policy from the bus, answers, sends what it saw, follows a new secret, and stops', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'decoy-'));
  const socketPath = join(folder, 'hub.sock');
  const tokenFile = join(folder, 'token');
  await writeFile(tokenFile, 'token-of-the-test\n', { mode: 0o600 });
  const events: EnvelopeType[] = [];
  const hub = await listenHub({
    socketPath,
    token: new Redacted('token-of-the-test'),
    onEvents: async (_node, batch) => void events.push(...batch),
    log: () => undefined,
  });
  let child: ChildProcess | undefined;
  try {
    hub.setPolicy(makeBundle(1, parts(SECRET)));
    const where = [
      '--data',
      join(folder, 'data'),
      '--node',
      'decoy-1',
      '--server',
      socketPath,
      '--token-file',
      tokenFile,
    ];
    child = launch([...where, '--port', '0']);
    const line = await firstLine(child);
    assert.equal(line.event, 'listening');
    const port = Number(line.port);
    await until(() => hub.nodes().some((node) => node.node === 'decoy-1' && node.policy?.version === 1));
    const [got] = await exchange(port, asked('GET /api/messages?f=../../etc/passwd'));
    assert.equal(got?.head.status, 200);
    assert.match(got.body, /root:x:0/);
    await until(() => events.some((one) => one.kind === 'decoy') && events.some((one) => one.kind === 'health'));
    const recorded = events.find((one) => one.kind === 'decoy');
    assert.ok(recorded?.kind === 'decoy');
    assert.deepEqual(Envelope.parse(recorded), recorded);
    assert.equal(recorded.step.path, '/api/messages');
    assert.deepEqual(recorded.source, recorded.step.source);
    assert.ok(recorded.step.learned.some((one) => one.kind === 'file' && one.text === '/etc/passwd'));
    const health = events.find((one) => one.kind === 'health');
    assert.ok(health?.kind === 'health');
    assert.equal(health.health.role, 'decoy');
    assert.equal(health.health.policyVersion, 1);

    hub.setPolicy(makeBundle(2, parts('another secret')));
    await hub.waitForPolicy(2, 5_000);
    const [old] = await exchange(port, asked('GET /api/messages'));
    assert.equal(old?.head.status, 404);
    const [fresh] = await exchange(port, asked('GET /api/messages', '', [], sealed({ secret: 'another secret' })));
    assert.equal(fresh?.head.status, 200);

    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    assert.deepEqual(await exited, [EXIT.ok, null]);
  } finally {
    child?.kill('SIGKILL');
    await hub.close();
    await rm(folder, { recursive: true, force: true });
  }
});

test('wrong arguments end with the code for usage', async () => {
  for (const args of [
    [],
    ['--what'],
    ['--data', 'x', '--node', 'n', '--server', 's', '--token-file', '/nowhere/at/all'],
  ]) {
    const [code] = await once(launch(args), 'exit');
    assert.equal(code, EXIT.usage, args.join(' '));
  }
});
