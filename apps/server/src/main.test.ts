import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client, eventually } from './testing/world.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

function run(args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  return { child, said, exit };
}

function listening(out: string): { readonly event: string; readonly address: string } | undefined {
  const line = out.split('\n')[0] ?? '';
  return line.startsWith('{') ? (JSON.parse(line) as { event: string; address: string }) : undefined;
}

test('the process says where it listens, refuses a second one on its data, and ends well', async () => {
  const data = mkdtempSync(join(tmpdir(), 'seawall-main-'));
  const config = join(data, 'config');
  mkdirSync(config);
  const args = ['--data', data, '--config', config, '--port', '0', '--socket', join(data, 'bus.sock')];
  const first = run(args);
  try {
    const ready = await eventually(
      () => listening(first.said.out),
      (line) => line !== undefined,
      20_000,
    );
    assert.equal(ready?.event, 'listening');
    assert.equal(readFileSync(join(data, 'run', 'address'), 'utf8').trim(), ready?.address);
    assert.equal(statSync(data).mode & 0o777, 0o700);
    const client = new Client(ready?.address ?? '', readFileSync(join(data, 'api-token'), 'utf8').trim());
    const settings = await client.get('/settings');
    assert.equal(settings.status, 200);
    assert.ok((settings.body['playbooks'] as { text: string }[]).every((one) => one.text.includes('- name:')));

    const second = run(args);
    assert.equal(await second.exit, 2);
    assert.match(second.said.err, /store\.locked/);

    // What is wrong in a changed file is said, and what was right stays in force.
    writeFileSync(join(config, 'rules.yaml'), 'sests: {}\n');
    const problems = await eventually(
      async () => (await client.get('/settings')).body['configProblems'] as string[],
      (list) => list.length > 0,
    );
    assert.match(problems[0] ?? '', /rules\.yaml:1:1: error/);
  } finally {
    first.child.kill('SIGTERM');
    assert.equal(await first.exit, 0);
    rmSync(data, { recursive: true, force: true });
  }
});

test('wrong arguments and wrong files end with exit code 2 and say where', async () => {
  const none = run([]);
  assert.equal(await none.exit, 2);
  assert.match(none.said.err, /--data/);
  const data = mkdtempSync(join(tmpdir(), 'seawall-main-'));
  writeFileSync(join(data, 'gateway.yaml'), 'services:\n  chat: 3\n');
  const bad = run(['--data', data, '--config', data, '--port', '0']);
  assert.equal(await bad.exit, 2);
  assert.match(bad.said.err, /gateway\.yaml:2:\d+: error/);
  rmSync(data, { recursive: true, force: true });
});

test('a server that is started again while a file is bad goes on by the last good configuration, and says so', async () => {
  const data = mkdtempSync(join(tmpdir(), 'seawall-main-'));
  const config = join(data, 'config');
  mkdirSync(config);
  const gateway = (routes: string) =>
    writeFileSync(
      join(config, 'gateway.yaml'),
      `services: {shop: {upstreams: [{instance: shop-1, address: "127.0.0.1:9000"}]}}\nroutes: ${routes}\n`,
    );
  gateway('[{name: kept, service: shop}]');
  const args = ['--data', data, '--config', config, '--port', '0', '--socket', join(data, 'bus.sock')];
  const ready = (process: ReturnType<typeof run>) =>
    eventually(
      () => listening(process.said.out),
      (line) => line !== undefined,
      20_000,
    );
  const first = run([...args, '--last-good']);
  await ready(first);
  first.child.kill('SIGKILL');
  await first.exit;
  gateway('[{name: kept, service: nobody}]');
  const second = run([...args, '--last-good']);
  try {
    const line = await ready(second);
    const client = new Client(line?.address ?? '', readFileSync(join(data, 'api-token'), 'utf8').trim());
    const { body } = await client.get('/settings');
    assert.deepEqual(
      (body['routes'] as { name: string }[]).map(({ name }) => name),
      ['kept'],
    );
    assert.match((body['configProblems'] as string[])[0] ?? '', /gateway\.yaml:2:\d+: error/);
  } finally {
    second.child.kill('SIGTERM');
    await second.exit;
  }
  const strict = run(args);
  assert.equal(await strict.exit, 2);
  rmSync(data, { recursive: true, force: true });
});
