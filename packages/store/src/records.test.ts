import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openStore } from './open-store.ts';
import { openRecords } from './records-client.ts';
import { RECORDS_CASES } from './records-cases.ts';
import { sampleFinding, T0 } from './samples.ts';

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-records-'));
});
after(() => rmSync(folder, { recursive: true }));

const options = (name: string) => ({ file: join(folder, `${name}.sqlite`), folder });
const entry = (n: number) => ({ timeMicros: T0 + n, actor: 'a', what: 'w', target: 't', detail: `row ${n}` });

assert.equal(Object.keys(RECORDS_CASES).length, 18);

describe('records in sqlite', () => {
  let count = 0;
  for (const [name, run] of Object.entries(RECORDS_CASES)) {
    test(name, async () => {
      const handle = await openRecords(options(`case-${count++}`));
      try {
        await run(handle.records);
      } finally {
        await handle.close();
      }
    });
  }
});

test('a changed, a removed and an inserted audit row break the chain at that row', async () => {
  const changes = [
    ["UPDATE audit SET detail = 'other' WHERE sequence = 3", 3],
    ['DELETE FROM audit WHERE sequence = 3', 4],
    ["INSERT INTO audit VALUES (6, 1, 'a', 'w', 't', 'd', 'x')", 6],
  ] as const;
  for (const [index, [sql, broken]] of changes.entries()) {
    const first = await openRecords(options(`chain-${index}`));
    for (let n = 0; n < 5; n++) await first.records.appendAudit(entry(n));
    await first.close();
    const db = new DatabaseSync(options(`chain-${index}`).file);
    db.exec(sql);
    db.close();
    const second = await openRecords(options(`chain-${index}`));
    const verdict = await second.records.verifyAudit();
    assert.deepEqual([verdict.ok, verdict.firstBroken], [false, broken]);
    await second.close();
  }
});

test('a failing question takes back its own changes, not those of its neighbours', async () => {
  const { records, close } = await openRecords(options('neighbours'));
  const user = { name: 'a', role: 'viewer' as const, passwordHash: null, createdMicros: T0 };
  const results = await Promise.allSettled([
    records.addUser(user),
    records.addUser(user),
    records.addUser({ ...user, name: 'b' }),
  ]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.equal(await records.countUsers(), 2);
  await close();
});

test('a full disk is a fault that may be tried again, and leaves the store whole', async () => {
  const { records, close } = await openRecords({ ...options('full'), maxPages: 120 });
  let kept = 0;
  await assert.rejects(
    async () => {
      for (let n = 0; n < 2000; n++) {
        await records.appendAudit({ ...entry(n), detail: 'x'.repeat(2000) });
        kept += 1;
      }
    },
    { code: 'store.disk-full' },
  );
  assert.deepEqual(await records.verifyAudit(), { ok: true, rows: kept, firstBroken: null });
  assert.ok(kept > 10);
  await close();
});

test('a second opener is refused by the name of the folder, until the first closes', async () => {
  const data = join(folder, 'locked');
  const first = await openStore({ folder: data, traffic: 'sqlite' });
  await assert.rejects(
    openStore({ folder: data, traffic: 'sqlite' }),
    (error: Error & { code?: string }) => error.code === 'store.locked' && error.message.includes(data),
  );
  assert.equal(statSync(data).mode & 0o777, 0o700);
  await first.close();
  const second = await openStore({ folder: data, traffic: 'sqlite' });
  await second.close();
});

test('a damaged file is refused with what to do', async () => {
  const first = await openRecords(options('damaged'));
  await first.records.commitFindings({ findings: Array.from({ length: 300 }, (_, n) => sampleFinding({ n })) });
  await first.close();
  const { file } = options('damaged');
  for (const [name, bytes] of [
    ['header', Buffer.from('no database at all, but long enough to be one')],
    ['pages', damagedPages(file)],
  ] as const) {
    const copy = { ...options(`damaged-${name}`) };
    writeFileSync(copy.file, bytes);
    await assert.rejects(openRecords(copy), { code: 'store.corrupt' }, name);
  }
});

function damagedPages(file: string): Buffer {
  const db = new DatabaseSync(file);
  const bytes = Buffer.from(db.serialize());
  db.close();
  bytes.fill(0xa5, 4096 * 2, 4096 * 20);
  return bytes;
}

test('a file of a newer version is refused', async () => {
  const first = await openRecords(options('newer'));
  await first.close();
  const db = new DatabaseSync(options('newer').file);
  db.exec("INSERT INTO kysely_migration VALUES ('9999_later', '2030-01-01')");
  db.close();
  await assert.rejects(openRecords(options('newer')), { code: 'store.newer' });
});

test('a question that comes while the store closes is refused, and the closing goes on', async () => {
  const store = await openStore({ folder: join(folder, 'closing'), traffic: 'sqlite' });
  const early = store.records.countUsers();
  const closing = store.close();
  const refused = assert.rejects(store.records.putSetting('late', 'x'), { code: 'store.stopped' });
  assert.equal(await early, 0);
  await refused;
  await closing;
});

test('after closing, questions are refused and no thread is left', async () => {
  const store = await openStore({ folder: join(folder, 'closed'), traffic: 'auto' });
  await store.close();
  await assert.rejects(store.records.countUsers(), { code: 'store.stopped' });
  await assert.rejects(store.traffic.size(), { code: 'store.stopped' });
  assert.ok(readdirSync(join(folder, 'closed')).includes('records.sqlite'));
});
