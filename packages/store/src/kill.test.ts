import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openStore, type Store } from './open-store.ts';

const ROUNDS = 15;

/** Runs the writer for a random while, kills it, and answers what it said was committed. */
async function killed(folder: string, round: number, traffic: string): Promise<readonly string[]> {
  const file = join(import.meta.dirname, 'store-child.ts');
  const child = spawn(process.execPath, [file, folder, String(round), traffic], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const said: string[] = [];
  const begun = Promise.withResolvers<void>();
  lines.on('line', (line) => {
    said.push(line);
    begun.resolve();
  });
  child.once('exit', () => begun.resolve());
  await begun.promise;
  await wait(Math.random() * 200);
  child.kill('SIGKILL');
  await new Promise((resolve) => lines.once('close', resolve));
  return said;
}

async function allOf(store: Store): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const { records, traffic } = store;
  const read = async <T>(
    kind: string,
    page: (cursor: string | undefined) => Promise<{ readonly rows: readonly T[]; readonly next: string | null }>,
    key: (row: T) => string,
  ): Promise<void> => {
    for (let cursor: string | undefined; ;) {
      const { rows, next } = await page(cursor);
      for (const row of rows) found.add(`${kind} ${key(row)}`);
      if (next === null) return;
      cursor = next;
    }
  };
  await read(
    'finding',
    (cursor) => records.pageFindings({}, { limit: 500, cursor }),
    ({ finding }) => finding.id,
  );
  await read(
    'action',
    (cursor) => records.pageActions({ state: 'running' }, { limit: 500, cursor }),
    ({ id }) => id,
  );
  await read(
    'audit',
    (cursor) => records.pageAudit({ limit: 500, cursor }),
    ({ hash }) => hash,
  );
  await read(
    'exchange',
    (cursor) => traffic.search({}, { limit: 500, cursor }),
    ({ exchange }) => exchange.id,
  );
  return found;
}

test(`a store that is killed ${ROUNDS} times under load loses no committed row`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-kill-'));
  try {
    const said: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      said.push(...(await killed(folder, round, round % 3 === 0 ? 'auto' : 'sqlite')));
    }
    assert.ok(said.length > ROUNDS * 20, `only ${said.length} rows were committed`);
    const found = new Set<string>();
    for (const traffic of ['sqlite', 'auto'] as const) {
      const store = await openStore({ folder, traffic, retentionDays: 0, trafficRetentionDays: 0 });
      for (const row of await allOf(store)) found.add(row);
      const verdict = await store.records.verifyAudit();
      assert.deepEqual([verdict.ok, verdict.firstBroken], [true, null]);
      assert.equal((await store.traffic.size()).setAside, 0);
      await store.close();
    }
    assert.deepEqual(
      said.filter((row) => !found.has(row)),
      [],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
