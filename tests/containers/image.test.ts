// deploy/docker/Dockerfile: every role as a container of one image, in front of the example containers.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildSeawallImage, docker, get, needsDocker, startPlatform, until, type Platform } from '@seawall/testkit';

const run = `${process.pid}`;
const IMAGE = `seawall-test-image:${run}`;
const BUS = `seawall-test-bus-${run}`;
const ENGINE = '/var/run/docker.sock';
const MAX_OWN_BYTES = 250e6;
const nameOf = (role: string): string => `seawall-test-${role}-${run}`;
const words = (text: string): string[] => text.split(' ');
const NODE = words('--data /data --server /run/seawall/bus.sock --token-file /run/seawall/bus-token');
const ROLES = ['server', 'decoy', 'gateway', 'responder'] as const;

interface Inspected {
  readonly State: { readonly Health?: { readonly Status: string; readonly Log: readonly { Output: string }[] } };
  readonly NetworkSettings: {
    readonly Ports: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[]>>;
  };
}
const inspect = (role: string): Inspected => (JSON.parse(docker('inspect', nameOf(role))) as [Inspected])[0];

function published(role: string, port: number): string {
  const [binding] = inspect(role).NetworkSettings.Ports[`${port}/tcp`] ?? [];
  assert.equal(binding?.HostIp, '127.0.0.1');
  return `http://127.0.0.1:${binding.HostPort}`;
}

/** The configuration that the examples were started with, seen from inside their network. */
function containerConfig(platform: Platform, folder: string): void {
  const text = readFileSync(join(platform.data, 'config/gateway.yaml'), 'utf8')
    .replace(/listen: .*/, 'listen: ["0.0.0.0:8080"]')
    .replace(/\{instance: ([\w-]+), address: 127\.0\.0\.1:/g, '{instance: $1, address: $1:');
  writeFileSync(join(folder, 'gateway.yaml'), text);
  chmodSync(folder, 0o755);
}

async function startRole(network: string, config: string, label: string, role: (typeof ROLES)[number]): Promise<void> {
  const special = {
    server: {
      options: ['-p', '127.0.0.1::7400', '-v', `${config}:/config:ro`],
      args: words(
        '--data /data --config /config --address 0.0.0.0 --port 7400 --decoy decoy:7401 --socket /run/seawall/bus.sock ' +
          '--token-file /run/seawall/bus-token --dashboard /opt/seawall/apps/dashboard/dist',
      ),
    },
    decoy: { options: [], args: [...NODE, '--node', 'decoy-1', '--address', '0.0.0.0', '--port', '7401'] },
    gateway: {
      options: ['-p', '127.0.0.1::8080'],
      args: [...NODE, '--node', 'gateway-1', '--workers', '2'],
    },
    responder: {
      options: ['-v', `${ENGINE}:${ENGINE}`, '--group-add', String(statSync(ENGINE).gid)],
      args: [...NODE, '--node', 'responder-1', '--docker', '--docker-label', label],
    },
  }[role];
  const shut =
    '--read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges --pids-limit 128 --memory 768m';
  const place = `--network ${network} --network-alias ${role} -v ${BUS}:/run/seawall`;
  const options = words(`run -d --name ${nameOf(role)} ${place} ${shut}`);
  docker(...options, ...special.options, IMAGE, role, ...special.args);
  await until(
    `${role} healthy`,
    () => inspect(role).State.Health,
    (health) => health?.Status === 'healthy',
    60_000,
  );
}

describe('the image of Seawall', needsDocker(), () => {
  let platform: Platform;
  let config: string;
  let label: string;

  before(async () => {
    const began = Date.now();
    buildSeawallImage(IMAGE);
    process.stdout.write(`image built in ${((Date.now() - began) / 1000).toFixed(1)} s\n`);
    platform = await startPlatform(['--no-dashboard', '--docker', '--no-traffic']);
    config = mkdtempSync(join(tmpdir(), 'seawall-config-'));
    containerConfig(platform, config);
    const { items } = await platform.api<{ items: { workload: { instance?: { id?: string } } }[] }>('/workloads');
    const id = items.find(({ workload }) => workload.instance?.id !== undefined)?.workload.instance?.id ?? '';
    const scope = docker('inspect', '-f', '{{index .Config.Labels "seawall.scope"}}', id);
    label = `seawall.scope=${scope}`;
    docker('volume', 'create', BUS);
    const network = docker('network', 'ls', '--filter', `label=seawall.examples=${scope}`, '--format', '{{.Name}}');
    // The server makes the token that the others show.
    for (const role of ROLES) await startRole(network, config, label, role);
  });

  after(async () => {
    // Each may be missing when starting failed; the others must still go.
    for (const role of ROLES) if (exists(role)) docker('rm', '-fv', nameOf(role));
    if (docker('volume', 'ls', '-q', '--filter', `name=${BUS}`) !== '') docker('volume', 'rm', BUS);
    await platform?.stop();
    if (config !== undefined) rmSync(config, { recursive: true });
    if (docker('images', '-q', IMAGE) !== '') docker('rmi', '-f', IMAGE);
  });

  const exists = (role: string): boolean => docker('ps', '-aq', '--filter', `name=^${nameOf(role)}$`) !== '';

  test('passes a normal request and blocks an attack', async () => {
    const port = Number(new URL(published('gateway', 8080)).port);
    assert.equal((await get(port, '/', 'chat.localhost')).status, 200);
    const attack = await get(port, '/api/attachments?file=..%2f..%2f..%2fetc%2fpasswd', 'chat.localhost');
    assert.equal(attack.status, 403, attack.text);
    assert.ok(attack.incident, attack.text);
  });

  test('says inside that everything is protected, and serves the console', async () => {
    const status = await until(
      'status',
      () => docker('exec', nameOf('server'), 'sh', '-c', 'seawall status 2>&1; echo exit code $?'),
      (text) => text.endsWith('exit code 0'),
      15_000,
    );
    assert.match(status, /^chat +protected .*chat-1/m);
    assert.match(status, /decoy-1 ok/);
    const console = await fetch(`${published('server', 7400)}/`, { headers: { accept: 'text/html' } });
    assert.equal(console.status, 200);
    assert.match(await console.text(), /<div id="root"/);
    const port = Number(new URL(published('server', 7400)).port);
    assert.equal((await get(port, '/api/v1/openapi.json', '127.0.0.1')).status, 200);
    assert.notEqual((await get(port, '/api/v1/openapi.json', '0.0.0.0')).status, 200);
  });

  test('runs without rights', () => {
    for (const role of ROLES) {
      const inside = (script: string) => docker('exec', nameOf(role), 'sh', '-c', script);
      assert.equal(inside('id -u'), '10001', role);
      assert.equal(inside('grep CapEff /proc/1/status | tr -s "\\t" " "'), 'CapEff: 0000000000000000', role);
      assert.equal(inside('touch /opt/seawall/x 2>/dev/null || echo refused'), 'refused', role);
      assert.match(inside('tr "\\0" " " </proc/1/cmdline'), /^node .*main\.ts /, 'one process, which signals reach');
    }
    for (const role of ['decoy', 'responder']) assert.deepEqual(Object.values(inspect(role).NetworkSettings.Ports), []);
  });

  test('holds what runs and nothing else', () => {
    const [image] = JSON.parse(docker('image', 'inspect', IMAGE)) as [
      { Size: number; Config: { Labels: Record<string, string>; Env: string[]; User: string; Healthcheck: unknown } },
    ];
    const [base] = JSON.parse(docker('image', 'inspect', 'seawall-test-base:bookworm')) as [{ Size: number }];
    const own = image.Size - base.Size;
    const megabytes = (bytes: number) => Math.round(bytes / 1e6);
    process.stdout.write(`image ${megabytes(image.Size)} MB, of it Seawall ${megabytes(own)} MB\n`);
    assert.ok(own < MAX_OWN_BYTES, String(own));
    assert.equal(image.Config.User, '10001:10001');
    assert.ok(image.Config.Healthcheck);
    assert.equal(image.Config.Labels['org.opencontainers.image.title'], 'Seawall');
    assert.equal(image.Config.Labels['org.opencontainers.image.licenses'], 'Apache-2.0');
    const variables = image.Config.Env.map((one) => one.split('=')[0]).toSorted();
    assert.deepEqual(variables, ['NODE_ENV', 'PATH', 'SEAWALL_DATA']);
    const find = (test_: string) =>
      docker(
        'run',
        '--rm',
        '--network',
        'none',
        '--entrypoint',
        'sh',
        IMAGE,
        '-c',
        `find / -xdev ${test_} 2>/dev/null || true`,
      );
    assert.equal(find('-type f -size +100M'), '/usr/local/bin/node');
    const surplus = ['*.test.ts', '.git', '.env', '*-token', '*-secret', 'run.json', 'typescript', 'playwright-core'];
    assert.equal(
      find(`-path /proc -prune -o \\( ${surplus.map((name) => `-name '${name}'`).join(' -o ')} \\) -print`),
      '',
    );
  });

  test('stops in good order when asked to', () => {
    for (const role of [...ROLES].toReversed()) {
      docker('stop', '-t', '10', nameOf(role));
      assert.equal(docker('inspect', '-f', '{{.State.ExitCode}}', nameOf(role)), '0', role);
    }
  });
});
