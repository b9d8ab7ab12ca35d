// A data folder on a disk that is full: what is promised is refused loudly, what protects goes on, and space that returns is used.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { get, startOwnSite, until, type OwnSite } from '@seawall/testkit';

const SIZE = '48m';
const RULE = `SecRule ARGS "@contains evil-word" "id:9,phase:2,deny,status:403,msg:'own word',severity:CRITICAL"\n`;

test('a full disk', { skip: whyNoSmallDisk() }, async () => {
  const data = mkdtempSync(join(tmpdir(), 'seawall-full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=700`, 'tmpfs', data]);
  let site: OwnSite | undefined;
  try {
    site = await startOwnSite({
      data,
      files: { 'rules.yaml': 'sets:\n  default: {files: [own.conf]}\n', 'own.conf': RULE },
    });
    await live(site, join(data, 'filler'));
  } finally {
    await site?.close();
    // A process that was ended a moment ago may still hold it: then it goes when that is gone.
    spawnSync('umount', ['-l', data]);
    rmSync(data, { recursive: true });
  }
});

async function live(site: OwnSite, filler: string): Promise<void> {
  const { platform } = site;
  let attackers = 0;
  const attack = () => get(site.gatewayPort, '/?q=evil-word', 'shop.test', { from: `127.67.0.${++attackers}` });
  const stored = (id: string | undefined) => platform.api(`/findings/${id}`);
  const block = (address: string) =>
    platform.api('/actions', {
      method: 'POST',
      body: {
        kind: 'block',
        target: { kind: 'source', source: { kind: 'address', address } },
        reason: 'test of a full disk',
        durationSeconds: 60,
      },
    });
  const before = await attack();
  await until(
    'the finding before',
    () => stored(before.incident),
    () => true,
  );
  const pids = new Map(platform.pids());

  fill(filler);
  // The last page of the spool may hold a finding or two: it is full when findings are refused.
  for (let i = 0; i < 60 && (i < 3 || (await site.counter('findings_uncommitted')) < 3); i++) {
    const page = await attack();
    assert.equal(page.status, 403, 'blocked all the same');
    assert.equal((await get(site.gatewayPort, '/fine')).status, 200);
    // It was refused, not half taken.
    await assert.rejects(stored(page.incident), /: 404/);
    await sleep(200);
  }
  for (const [counter, least] of [
    ['findings_uncommitted', 3],
    ['findings_shed', 3],
    ['publish_failed', 3],
    ['statistics_shed', 1],
  ] as const) {
    await until(
      `counter ${counter}`,
      () => site.counter(counter),
      (count) => count >= least,
    );
  }
  await assert.rejects(block('127.9.9.9'), /store\.disk-full/);
  const problems = (await site.metrics('server')).get('seawall_api_problems_total{code="store.disk-full"}');
  assert.equal(problems, 1);
  // What was stored is still told.
  await stored(before.incident);
  assert.ok(((await site.metrics('server')).get('seawall_data_free_bytes') ?? Number.NaN) < 65_536);

  rmSync(filler);
  const later = await attack();
  assert.equal(later.status, 403);
  await until(
    'the finding after',
    () => stored(later.incident),
    () => true,
  );
  await block('127.9.9.10');
  assert.equal((await platform.api<{ ok: boolean }>('/audit/verify')).ok, true);
  assert.deepEqual(platform.pids(), pids, 'no process ended over it');
}

function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (const size of [1_048_576, 4096, 64]) {
      const block = Buffer.alloc(size, 1);
      try {
        while (writeSync(file, block) === size);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error; // errors of node:fs carry a code
      }
    }
  } finally {
    closeSync(file);
  }
}

/** Only root may mount, and not in every container. */
function whyNoSmallDisk(): string | false {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'a small disk is a tmpfs, which only root on Linux can mount';
  const folder = mkdtempSync(join(tmpdir(), 'seawall-mount-'));
  try {
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { encoding: 'utf8' });
    if (mounted.status !== 0) return `a small disk cannot be mounted here: ${mounted.stderr.trim()}`;
    spawnSync('umount', [folder]);
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
