// Debian's sqlmap against the SQL holes: it dumps the table from the bare service, and gets nothing through Seawall, whatever
// it is diverted to.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import http from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { hasCommand, requirement, startPlatform, type Platform } from '@seawall/testkit';

const needed = requirement('sqlmap', () => hasCommand('sqlmap'), 'install the package sqlmap');

/** Bounded in time from outside, and to one table: it would go on for an hour. */
const SQLMAP_SECONDS = 75;

async function sqlmap(url: string, host: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-sqlmap-'));
  const args = [
    '-u',
    url,
    '--batch',
    '--dbms',
    'sqlite',
    '--level',
    '2',
    '--risk',
    '2',
    '--threads',
    '2',
    '--random-agent',
  ];
  const child = spawn(
    'timeout',
    [
      String(SQLMAP_SECONDS),
      'sqlmap',
      ...args,
      '-H',
      `Host: ${host}`,
      '--dump',
      '-T',
      'payroll',
      '--output-dir',
      folder,
      '--flush-session',
      '--skip-waf',
      '--disable-coloring',
    ],
    {
      env: { PATH: process.env['PATH'] ?? '', HOME: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-400_000);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  await new Promise((resolve) => child.once('close', resolve));
  rmSync(folder, { recursive: true, force: true });
  return output;
}

/** Ordinary visits first: a decoy imitates what the gateway has seen. Its likeness is published every ten seconds. */
async function browse(port: string): Promise<void> {
  for (let second = 0; second < 14; second++) {
    for (const path of [
      '/courses?search=data',
      '/courses?search=stat',
      '/courses?search=nothing',
      '/courses',
      '/forum?id=1',
    ]) {
      const { body } = await get(port, path);
      assert.ok(body.length > 0);
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function get(port: string, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path, headers: { host: 'campus.localhost' } }, (answer) => {
      let body = '';
      answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    request.on('error', reject);
  });
}

async function attack(mode: string): Promise<{ output: string; canaries: string[]; platform: Platform }> {
  const platform = await startPlatform(['--no-dashboard', '--no-traffic', '--mode', mode]);
  const gateway = new URL(platform.ready.routes.find((route) => route.name === 'campus')?.address ?? '');
  await browse(gateway.port);
  const output = await sqlmap(`http://127.0.0.1:${gateway.port}/courses?search=data`, gateway.host);
  const canaries = Object.values(platform.run().canaries).filter((value) => typeof value === 'string');
  return { output, canaries, platform };
}

test('sqlmap dumps the table when Seawall is off', needed, async () => {
  const { output, canaries, platform } = await attack('off');
  await platform.stop();
  assert.ok(
    canaries.some((canary) => output.includes(canary)),
    `no canary in:\n${output.slice(-4000)}`,
  );
});

test('sqlmap gets nothing of the service when Seawall protects it', needed, async () => {
  const { output, canaries, platform } = await attack('protect');
  try {
    assert.deepEqual(
      canaries.filter((canary) => output.includes(canary)),
      [],
    );
    assert.match(output, /courses/, 'sqlmap really ran');
    const { rows } = await platform.api<{ rows: { finding: { family: string } }[] }>('/findings?limit=100');
    assert.ok(
      rows.filter(({ finding }) => finding.family === 'sqli').length >= 3,
      'the attack was seen for what it is',
    );
    const { rows: actions } = await platform.api<{ rows: { kind: string; state: string }[] }>('/actions?limit=100');
    assert.ok(
      actions.some(({ kind, state }) => kind === 'divert' && state === 'active'),
      'its source was diverted',
    );
    const { rows: sessions } = await platform.api<{
      rows: { steps: number; learned: { kind: string; text: string }[] }[];
    }>('/decoy/sessions');
    assert.ok(
      sessions.some(({ steps }) => steps > 5),
      'the decoy shows what it did',
    );
  } finally {
    await platform.stop();
  }
});
