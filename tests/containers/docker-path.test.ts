// `npm start -- --docker`: the examples as containers of a real engine. What the platform says about a container is held
// against what the engine and a direct request say.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Action, InventoryItem } from '@seawall/contract';
import {
  docker,
  ensureBaseImage,
  BASE_IMAGE,
  get,
  needsDocker,
  REPOSITORY,
  startPlatform,
  until,
} from '@seawall/testkit';
import type { Platform } from '@seawall/testkit';

const needed = needsDocker();
const PLAIN = ['--no-dashboard', '--docker'];
const QUIET = [...PLAIN, '--no-traffic'];
/** Taken without being claimed; a scanner takes nothing by itself. */
const NO_DATA_EXPECTED = ['scanner'];

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-containers-'));
  folders.push(folder);
  return folder;
}

interface Container {
  readonly State: { readonly Running: boolean };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly Aliases: readonly string[] }>> };
  readonly HostConfig: { readonly PortBindings: Readonly<Record<string, readonly { readonly HostPort: string }[]>> };
}
const inspect = (id: string): Container => (JSON.parse(docker('inspect', id)) as [Container])[0];
const labelOf = (data: string): string =>
  `seawall.examples=${createHash('sha256').update(data).digest('hex').slice(0, 8)}`;
const containersOf = (data: string): string[] => lines(docker('ps', '-aq', '--filter', `label=${labelOf(data)}`));
const networksOf = (data: string): string[] =>
  lines(docker('network', 'ls', '-q', '--filter', `label=${labelOf(data)}`));
const lines = (text: string): string[] => text.split('\n').filter(Boolean);

function assertNothingLeft(data: string): void {
  assert.deepEqual([containersOf(data), networksOf(data)], [[], []]);
}

async function instance(platform: Platform, name: string): Promise<InventoryItem & { id: string }> {
  const item = await until(
    `${name} in the inventory`,
    async () => {
      const { items } = await platform.api<{ items: InventoryItem[] }>('/workloads');
      return items.find(({ workload }) => workload.workload === name);
    },
    (one) => one !== undefined,
  );
  assert.ok(item?.workload.instance?.kind === 'container' && item.workload.instance.id);
  assert.equal(item.adapter, 'docker');
  return { ...item, id: item.workload.instance.id };
}

const actionsOf = async (platform: Platform, kind: string): Promise<Action[]> =>
  (await platform.api<{ rows: Action[] }>('/actions?limit=500')).rows.filter((action) => action.kind === kind);

/** What a person sees who goes round the gateway: a sign-up needs the container's own connection to its store. */
async function servesDirectly({ HostConfig }: Container): Promise<boolean> {
  const port = Object.values(HostConfig.PortBindings)[0]?.[0]?.HostPort;
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/api/signup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: `u${Date.now()}`, password: 'correct horse 7', name: 'U' }),
      signal: AbortSignal.timeout(2000),
    });
    return answer.status === 201;
  } catch {
    // No connection, or no answer in time: it does not serve.
    return false;
  }
}

async function servesThroughGateway({ ready }: Platform): Promise<boolean> {
  const { port } = new URL(ready.routes[0]?.address ?? '');
  return (await get(Number(port), '/', 'chat.localhost')).status === 200;
}

test(
  'an attack leads to a quarantined container, which is released, and nobody friendly is harmed',
  needed,
  async () => {
    const data = dataFolder();
    mkdirSync(join(data, 'config'));
    // As shipped, but short enough that the release falls into the run.
    const shipped = readFileSync(join(REPOSITORY, 'rulesets/playbooks/default.yaml'), 'utf8');
    const short = shipped.replace(/(action: quarantine, target: instance, for:) 60s/, '$1 25s');
    assert.notEqual(short, shipped);
    writeFileSync(join(data, 'config/playbooks.yaml'), short);
    const platform = await startPlatform([...PLAIN, '--for', '65s'], { data });
    try {
      const quarantined = await until(
        'a quarantine in force',
        async () => (await actionsOf(platform, 'quarantine')).find(({ state }) => state === 'active'),
        (action) => action !== undefined,
        60_000,
      );
      assert.ok(quarantined?.target.kind === 'workload');
      assert.equal(quarantined.cause.playbook, 'quarantine-leaking-instance');
      assert.equal(quarantined.outcome?.verified, true);
      const { id } = await instance(platform, quarantined.target.workload.workload);
      const cut = inspect(id);
      assert.deepEqual([cut.State.Running, Object.keys(cut.NetworkSettings.Networks)], [true, []]);
      const seconds = ((quarantined.outcome?.timeMicros ?? 0) - quarantined.createdMicros) / 1e6;
      process.stdout.write(`quarantined ${seconds.toFixed(2)} s after the decision\n`);

      const released = await until(
        'the release',
        async () => (await actionsOf(platform, 'quarantine')).find((action) => action.id === quarantined.id),
        (action) => action?.state === 'expired',
        45_000,
      );
      assert.equal(released?.outcome?.verified, true);
      const back = inspect(id);
      const [network] = Object.values(back.NetworkSettings.Networks);
      assert.ok(network?.Aliases.includes(quarantined.target.workload.workload), JSON.stringify(network?.Aliases));
      assert.ok(await servesDirectly(back));
      const { code, report } = await platform.ended;
      assert.ok(report, platform.logs());
      assert.deepEqual(
        report.attacks.filter(({ gotData }) => gotData > 0),
        [],
      );
      assert.equal(report.friendlyHarmed, 0, JSON.stringify(report.harmedDetails, null, 1));
      assert.ok(report.friendlyRequests > 300 && report.attacksStopped > 20, JSON.stringify(report));
      assert.equal(code, 0);
    } finally {
      await platform.stop();
    }
    assertNothingLeft(data);
  },
);

test(
  'by hand: a container is cut while the other serves, the last one is refused, undoing gives it back',
  needed,
  async () => {
    const data = dataFolder();
    const platform = await startPlatform(QUIET, { data });
    try {
      const first = await instance(platform, 'chat-1');
      const second = await instance(platform, 'chat-2');
      const before = inspect(first.id);
      await until('chat-1 serving', () => servesDirectly(before), Boolean);
      const target = { kind: 'workload', workload: first.workload };
      const asked = await platform.api<Action>('/actions', {
        method: 'POST',
        body: { kind: 'quarantine', target, reason: 'looks odd', durationSeconds: 600 },
      });
      const state = async () => (await platform.api<Action>(`/actions/${asked.id}`)).state;
      await until('the quarantine', state, (now) => now === 'active');
      const cut = inspect(first.id);
      assert.deepEqual([cut.State.Running, cut.NetworkSettings.Networks], [true, {}]);
      assert.equal(await servesDirectly(before), false);
      for (let turn = 0; turn < 6; turn++) assert.ok(await servesThroughGateway(platform));

      const refused = await platform.api<Action>('/actions', {
        method: 'POST',
        body: { kind: 'quarantine', target: { kind: 'workload', workload: second.workload }, reason: 'this one too' },
      });
      assert.equal(refused.state, 'refused');
      const guard = refused.guards.find((check) => check.guard === 'last-instance');
      assert.deepEqual([guard?.passed, guard?.detail], [false, '0 other instances are running']);
      assert.notDeepEqual(inspect(second.id).NetworkSettings.Networks, {});

      await platform.api(`/actions/${asked.id}/undo`, { method: 'POST', body: { reason: 'was nothing' } });
      await until('the release', state, (now) => now === 'undone', 15_000);
      const back = inspect(first.id);
      assert.deepEqual(Object.keys(back.NetworkSettings.Networks), Object.keys(before.NetworkSettings.Networks));
      assert.ok(Object.values(back.NetworkSettings.Networks)[0]?.Aliases.includes('chat-1'));
      assert.ok(await servesDirectly(back));
      assert.ok(await servesThroughGateway(platform));
    } finally {
      await platform.stop();
    }
    assertNothingLeft(data);
  },
);

test('mode off: attackers get data through every documented hole of the containers', needed, async () => {
  const data = dataFolder();
  const platform = await startPlatform([...PLAIN, '--mode', 'off', '--for', '40s'], { data });
  try {
    const { code, report } = await platform.ended;
    assert.ok(report, platform.logs());
    const dry = report.attacks.filter(({ gotData }) => gotData === 0).map(({ name }) => name);
    assert.deepEqual(
      dry.filter((name) => !NO_DATA_EXPECTED.includes(name)),
      [],
    );
    assert.ok(report.attacks.length >= 15, String(report.attacks.length));
    assert.equal(report.friendlyHarmed, 0, JSON.stringify(report.harmedDetails));
    assert.equal(code, 1);
  } finally {
    await platform.stop();
  }
  assertNothingLeft(data);
});

test('containers of a killed run are replaced by the next start, and gone after its end', needed, async () => {
  const data = dataFolder();
  const killed = await startPlatform(QUIET, { data });
  const before = containersOf(data);
  try {
    assert.equal(before.length, 8);
    process.kill(Number.parseInt(readFileSync(join(data, 'lock'), 'utf8'), 10), 'SIGKILL');
    await killed.ended;
  } finally {
    // Nothing to end any more, unless the kill itself failed.
    await killed.stop();
  }
  assert.deepEqual(containersOf(data), before);
  const next = await startPlatform(QUIET, { data });
  try {
    const now = containersOf(data);
    assert.deepEqual([now.length, now.filter((id) => before.includes(id))], [8, []]);
    assert.equal(networksOf(data).length, 1);
  } finally {
    await next.stop();
  }
  assertNothingLeft(data);
});

test('a start that fails half-way leaves nothing behind', needed, async () => {
  ensureBaseImage();
  const data = dataFolder();
  const [, run] = labelOf(data).split('=');
  const stranger = docker('create', '--name', `campus-2-${run}`, BASE_IMAGE, 'true');
  try {
    await assert.rejects(startPlatform(QUIET, { data }), /ended with code 3[\s\S]*docker run failed: [\s\S]*campus-2/);
  } finally {
    docker('rm', stranger);
  }
  assertNothingLeft(data);
});

test('without an engine the start says so and ends with exit code 3', async () => {
  const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  await assert.rejects(
    startPlatform(QUIET, { data: dataFolder(), env }),
    /ended with code 3[\s\S]*docker version failed: [\s\S]*Is Docker installed and its engine running/,
  );
});
