import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { DatabaseSync } from 'node:sqlite';
import { Scratch } from './scratch.ts';
import { UnsafeQueries } from './unsafe-queries.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'holes-'));
process.env.EXAMPLE_DATA = folder;
after(() => rmSync(folder, { recursive: true, force: true }));

const scratch = new Scratch('trial');
scratch.write('/srv/files/a.txt', 'a');
scratch.write('/etc/passwd', 'canary');

test('a traversal reads the made-up files and never those of this machine', async () => {
  const read = async (name: string): Promise<string> => String(await scratch.readJoined('/srv/files', name));
  assert.equal(await read('a.txt'), 'a');
  assert.equal(await read('../../etc/passwd'), 'canary');
  assert.equal(await read('../../../../../../../../../../etc/passwd'), 'canary');
  writeFileSync(path.join(folder, 'outside.txt'), 'outside');
  symlinkSync(path.join(folder, 'outside.txt'), path.join(scratch.root, 'srv/files/link'));
  for (const name of ['link', '../../../outside.txt', '../../bin/cat', '..', 'none', '/etc/shadow']) {
    await assert.rejects(read(name), { name: 'Refusal', status: 404 }, name);
  }
});

test('a command sees no environment, and ends', async () => {
  process.env.SEEN_BY_NOBODY = 'secret';
  assert.equal((await scratch.shell('/srv/files', 'cat a.txt')).trim(), 'a');
  assert.doesNotMatch(await scratch.shell('/srv/files', '/usr/bin/env'), /SEEN_BY_NOBODY|HOME=/);
  const began = performance.now();
  await scratch.shell('/srv/files', 'while :; do :; done');
  assert.ok(performance.now() - began < 4000);
  assert.ok((await scratch.shell('/srv/files', 'while :; do echo xxxxxxxx; done')).length <= 16 << 10);
});

test('a query that strangers wrote reads, cannot write, and ends', async () => {
  const file = path.join(folder, 'trial.sqlite');
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1)');
  const unsafe = new UnsafeQueries(file);
  assert.deepEqual({ ...(await unsafe.run('SELECT a FROM t'))[0] }, { a: 1 });
  await assert.rejects(unsafe.run('DELETE FROM t RETURNING a'), /readonly/);
  await assert.rejects(unsafe.run("SELECT load_extension('x')"), /not authorized|no such function/);
  await assert.rejects(unsafe.run('SELECT hex(zeroblob(900000000))'), /SQLite error/);
  const endless = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c';
  const [stuck, next] = await Promise.allSettled([unsafe.run(endless), unsafe.run('SELECT a FROM t')]);
  assert.equal(stuck.status, 'rejected');
  assert.equal(next.status, 'fulfilled');
  unsafe.close();
  database.close();
});
