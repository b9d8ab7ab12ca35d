import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BASE_IMAGE, docker, ensureBaseImage, needsDocker, nodeBinary } from '@seawall/testkit';
import type { Workload } from '@seawall/contract';
import { adapterCases, type World } from '../adapter-cases.ts';
import { dockerAdapter, INSTANCE_LABEL, SERVICE_LABEL } from './adapter.ts';
import { dockerClient } from './client.ts';

const needed = needsDocker();
const SERVER = "require('node:http').createServer((q, s) => s.end('here')).listen(80)";

/** Two containers that answer over HTTP, on a network of their own, published on loopback. */
async function servers(): Promise<World> {
  ensureBaseImage();
  const run = randomBytes(4).toString('hex');
  const network = `seawall-test-${run}`;
  docker('network', 'create', network);
  const names = ['echo-1', 'echo-2'].map((name) => `${name}-${run}`);
  const ports = new Map<string, string>();
  for (const name of names) {
    docker(
      ...[
        'run',
        '-d',
        '--name',
        name,
        '--network',
        network,
        '-p',
        '127.0.0.1:0:80',
        '--label',
        `${SERVICE_LABEL}=echo`,
      ],
      ...[
        '--label',
        `${INSTANCE_LABEL}=${name}`,
        '-v',
        `${nodeBinary()}:/usr/local/bin/node:ro`,
        BASE_IMAGE,
        'node',
        '-e',
        SERVER,
      ],
    );
    ports.set(name, docker('port', name, '80').split('\n')[0]?.replace('0.0.0.0', '127.0.0.1') ?? '');
  }
  const client = dockerClient();
  const workload = (name = ''): Workload => ({
    cluster: 'local',
    namespace: 'default',
    service: 'echo',
    workload: name,
  });
  const world: World = {
    adapter: dockerAdapter(client),
    workload: workload(names[0]),
    other: workload(names[1]),
    async works({ workload: name }) {
      try {
        // A published port may change when the container starts anew.
        const address = docker('port', name, '80').split('\n')[0]?.replace('0.0.0.0', '127.0.0.1') || ports.get(name);
        const answer = await fetch(`http://${address}/`, { signal: AbortSignal.timeout(1500) });
        return (await answer.text()) === 'here';
      } catch {
        // No answer is the answer.
        return false;
      }
    },
    async close() {
      await client.close();
      docker('rm', '-f', ...names);
      docker('network', 'rm', network);
    },
  };
  for (
    let tries = 0;
    tries < 50 && !((await world.works(world.workload)) && (await world.works(world.other)));
    tries++
  ) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return world;
}

if (needed.skip === false) adapterCases('docker', servers, []);
else test('docker: shared cases', needed, () => undefined);

test('docker: a missing socket is told with its address', async () => {
  const client = dockerClient('unix:///nowhere/docker.sock');
  await assert.rejects(dockerAdapter(client).inventory(), { code: 'orchestrate.unreachable', message: /nowhere/ });
  await client.close();
});

test('docker: an engine that answers without end or with garbage is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-engine-'));
  const socket = join(folder, 'engine.sock');
  const chunk = Buffer.alloc(1_048_576, 0x61);
  const server = createServer((request, answer) => {
    answer.setHeader('api-version', '1.41');
    if (request.url === '/_ping') return answer.end('OK');
    if (request.url?.includes('garbage')) return answer.writeHead(500).end('<html>');
    const more = (): void => {
      while (!answer.destroyed && answer.write(chunk));
    };
    answer.on('drain', more);
    return more();
  }).listen(socket);
  await new Promise((resolve) => server.once('listening', resolve));
  const client = dockerClient(`unix://${socket}`);
  await assert.rejects(client.call('GET', '/containers/json'), /more than/);
  await assert.rejects(client.call('GET', '/garbage'), { code: 'orchestrate.refused', message: /<html>/ });
  await client.close();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

test('docker: a container on the network of the host cannot be quarantined, and that is said', needed, async () => {
  ensureBaseImage();
  const name = `host-${randomBytes(4).toString('hex')}`;
  docker('run', '-d', '--name', name, '--network', 'host', BASE_IMAGE, 'sleep', '60');
  const client = dockerClient();
  try {
    const workload: Workload = { cluster: 'local', namespace: 'default', service: name, workload: name };
    await assert.rejects(dockerAdapter(client).prepare('quarantine', workload), {
      code: 'orchestrate.refused',
      message: /host's network/,
    });
  } finally {
    await client.close();
    execFileSync('docker', ['rm', '-f', name], { stdio: 'ignore' });
  }
});
