import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Workload } from '@seawall/contract';
import { adapterCases, type World } from '../adapter-cases.ts';
import { processAdapter } from './adapter.ts';
import { LogFile } from './log-file.ts';
import { Supervisor } from './supervisor.ts';

/** A process that shows its work: a counter in a file, ten times a second. */
const COUNTER = (file: string) =>
  `let n = 0; const fs = require('node:fs'); console.log('ready'); setInterval(() => fs.writeFileSync(${JSON.stringify(file)}, String(n++)), 20)`;

async function counters(): Promise<World & { supervisor: Supervisor; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-processes-'));
  const supervisor = new Supervisor(folder);
  await supervisor.listen();
  for (const name of ['counter-1', 'counter-2']) {
    await supervisor.start({
      name,
      service: 'counter',
      command: process.execPath,
      args: ['-e', COUNTER(join(folder, name))],
      env: {},
      ready: (line) => line === 'ready',
      logFile: join(folder, `${name}.log`),
    });
  }
  const workload = (name: string): Workload => ({
    cluster: 'local',
    namespace: 'default',
    service: 'counter',
    workload: name,
  });
  const read = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '');
  return {
    adapter: processAdapter(supervisor.controlPath, join(folder, 'evidence')),
    workload: workload('counter-1'),
    other: workload('counter-2'),
    supervisor,
    folder,
    async works({ workload: name }) {
      const before = read(name);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return read(name) !== before;
    },
    async close() {
      await supervisor.stopAll();
      rmSync(folder, { recursive: true });
    },
  };
}

adapterCases('processes', counters, []);

test(
  'processes: quarantine keeps evidence of the process',
  { skip: process.platform !== 'linux' && 'evidence is read from /proc, which only Linux has' },
  async () => {
    const world = await counters();
    try {
      const { evidence } = await world.adapter.prepare('quarantine', world.workload);
      assert.equal(typeof evidence, 'string');
      const kept = JSON.parse(readFileSync(String(evidence), 'utf8')) as { command: string[]; openFiles: string[] };
      assert.ok(kept.command.includes('-e'));
      assert.ok(kept.openFiles.length > 0);
      assert.equal(statSync(String(evidence)).mode & 0o777, 0o600);
    } finally {
      await world.close();
    }
  },
);

test('processes: a crash is followed by a new start, and by a longer wait each time', async () => {
  const world = await counters();
  try {
    const first = world.supervisor.process('counter-1')?.pid;
    assert.ok(first !== undefined);
    process.kill(first, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 700));
    const again = world.supervisor.process('counter-1')?.pid;
    assert.ok(again !== undefined && again !== first);
    assert.equal(world.supervisor.rows()[0]?.restarts, 1);
  } finally {
    await world.close();
  }
});

test('processes: what a killed process had started ends with it, even when it is stuck, and holds nothing up', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-orphan-'));
  const supervisor = new Supervisor(folder);
  const lines: string[] = [];
  const stuck = "const { pid } = require('node:child_process').spawn('sleep', ['600'], { stdio: 'inherit' });";
  try {
    await supervisor.start(
      {
        name: 'parent',
        command: process.execPath,
        args: ['-e', `${stuck} process.kill(pid, 'SIGSTOP'); console.log(pid); setInterval(() => {}, 1000)`],
        env: {},
        ready: (line) => /^\d+$/.test(line),
        logFile: join(folder, 'log'),
      },
      (line) => lines.push(line),
    );
    const [orphan] = lines.map(Number);
    process.kill(supervisor.process('parent')?.pid ?? 0, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.equal(supervisor.rows()[0]?.restarts, 1);
    assert.equal(supervisor.rows()[0]?.state, 'running');
    assert.equal(runs(orphan ?? 0), false);
  } finally {
    await supervisor.stopAll();
    rmSync(folder, { recursive: true });
  }
});

test('processes: a paused process that is killed comes back paused', async () => {
  const world = await counters();
  try {
    const supervised = world.supervisor.process('counter-1');
    supervised?.pause();
    const first = supervised?.pid;
    process.kill(first ?? 0, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 700));
    assert.notEqual(supervised?.pid, first);
    assert.equal(supervised?.observe(), 'paused');
    assert.equal(await world.works(world.workload), false);
    supervised?.resume();
    assert.equal(supervised?.observe(), 'running');
  } finally {
    await world.close();
  }
});

test('processes: a list of processes that is damaged is left out', () => {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-damaged-'));
  const supervisor = new Supervisor(folder);
  writeFileSync(join(folder, 'run', 'pids.json'), '[{"name":"left","pi');
  assert.equal(supervisor.endLeftovers(), 0);
  rmSync(folder, { recursive: true });
});

test(
  'processes: a full disk loses lines of a log, says how many, and ends nobody',
  { skip: process.platform !== 'linux' && 'a disk that is always full is a device of Linux' },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'seawall-full-'));
    const path = join(folder, 'log');
    symlinkSync('/dev/full', path);
    const log = new LogFile(path);
    const settle = () => new Promise((resolve) => setTimeout(resolve, 50));
    for (const line of ['one\n', 'two\n']) {
      log.write(line);
      await settle();
    }
    rmSync(path);
    for (const line of ['three\n', 'four\n']) {
      log.write(line);
      await settle();
    }
    const kept = readFileSync(path, 'utf8');
    assert.match(kept, /^\[supervisor\] [12] pieces of this log were lost.*\nthree\nfour\n$/);
    rmSync(folder, { recursive: true });
  },
);

test("processes: the control socket is the owner's, refuses Seawall's own processes, unknown names, garbage", async () => {
  const world = await counters();
  try {
    await world.supervisor.start({
      name: 'gateway',
      command: process.execPath,
      args: ['-e', 'setInterval(() => {}, 1000)'],
      env: {},
      logFile: join(world.folder, 'gateway.log'),
    });
    assert.equal(statSync(world.supervisor.controlPath).mode & 0o777, 0o600);
    const refused = [
      '{"do":"pause","name":"gateway"}',
      '{"do":"pause","name":"nobody"}',
      'garbage',
      `"${'x'.repeat(5000)}"`,
    ];
    for (const line of refused) {
      const answer = await ask(world.supervisor.controlPath, line);
      assert.equal(answer.ok, false, line.slice(0, 40));
    }
    assert.equal(world.supervisor.process('gateway')?.observe(), 'running');
  } finally {
    await world.close();
  }
});

test('processes: what a killed supervisor left behind is ended by the next one, and nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-leftover-'));
  const killed = new Supervisor(folder);
  const spec = {
    name: 'left',
    command: process.execPath,
    args: ['-e', 'setInterval(() => {}, 1000)'],
    env: {},
    logFile: join(folder, 'log'),
  };
  await killed.start(spec);
  const pid = killed.process('left')?.pid;
  assert.ok(pid !== undefined);
  const next = new Supervisor(folder);
  assert.equal(next.endLeftovers(), process.platform === 'linux' ? 1 : 0);
  assert.equal(next.endLeftovers(), 0);
  await killed.stopAll();
  rmSync(folder, { recursive: true });
});

/** A zombie that nobody has reaped yet does not run. */
function runs(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}

function ask(path: string, line: string): Promise<{ ok: boolean }> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path, () => socket.write(`${line}\n`));
    socket.once('error', reject);
    socket.once('data', (chunk: Buffer) => {
      socket.end();
      resolve(JSON.parse(chunk.toString()) as { ok: boolean });
    });
  });
}
