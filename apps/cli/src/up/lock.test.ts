import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Fault } from '@seawall/faults';
import { lock } from './lock.ts';

test('a data folder is locked against a process that lives, not against one that is gone or another one with its number', () => {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-lock-'));
  const path = join(folder, 'lock');
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  try {
    const unlock = lock(folder);
    assert.match(readFileSync(path, 'utf8'), new RegExp(`^${process.pid} \\d+$`));
    unlock();
    assert.equal(existsSync(path), false);

    writeFileSync(path, String(other.pid));
    assert.throws(
      () => lock(folder),
      (error) => error instanceof Fault && error.code === 'cli.data-in-use',
    );
    if (process.platform === 'linux') {
      writeFileSync(path, `${other.pid} 1`);
      lock(folder)();
    }
    for (const left of ['999999999 5', '', 'garbage']) {
      writeFileSync(path, left);
      lock(folder)();
    }
  } finally {
    other.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
});
