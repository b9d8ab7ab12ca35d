import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Redacted } from '@seawall/faults';
import { openStore } from '@seawall/store';
import { makeAccounts } from './accounts.ts';

const HOUR = 3600e6;

async function withAccounts(
  check: (accounts: ReturnType<typeof makeAccounts>, clock: { now: number }, used: () => number) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'seawall-accounts-'));
  const store = await openStore({ folder, traffic: 'sqlite' });
  const clock = { now: Date.now() * 1000 };
  let used = 0;
  try {
    const accounts = makeAccounts({
      records: store.records,
      apiToken: new Redacted('the-token'),
      nowMicros: () => clock.now,
      secretUsed: async () => {
        used++;
      },
    });
    await accounts.provision();
    await check(accounts, clock, () => used);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const address = '127.0.0.1';

test('a session ends when it was idle for twelve hours, and after seven days in any case', () =>
  withAccounts(async (accounts, clock) => {
    const open = async () => (await accounts.signInWithSecret((await accounts.mintSecret()).reveal(), address)).cookie;
    const idle = (await open()).reveal();
    clock.now += 11 * HOUR;
    assert.ok(await accounts.ofCookie(idle));
    clock.now += 11 * HOUR;
    assert.ok(await accounts.ofCookie(idle));
    clock.now += 12 * HOUR + 1;
    assert.equal(await accounts.ofCookie(idle), undefined);

    const busy = (await open()).reveal();
    let hours = 0;
    for (; hours < 24 * 8 && (await accounts.ofCookie(busy)); hours += 6) clock.now += 6 * HOUR;
    assert.equal(hours, 24 * 7);
  }));

test('a secret is good once, for a day, and its use is told', () =>
  withAccounts(async (accounts, clock, used) => {
    const secret = (await accounts.mintSecret()).reveal();
    const signIn = (text: string) =>
      accounts.signInWithSecret(text, address).then(
        () => true,
        () => false,
      );
    const both = await Promise.all([signIn(secret), signIn(secret)]);
    assert.deepEqual(both.toSorted(), [false, true]);
    assert.equal(used(), 1);
    const old = (await accounts.mintSecret()).reveal();
    clock.now += 24 * HOUR + 1;
    assert.equal(await signIn(old), false);
  }));

test('a changed password ends the other sessions', () =>
  withAccounts(async (accounts) => {
    const open = async () => accounts.signInWithSecret((await accounts.mintSecret()).reveal(), address);
    const mine = await open();
    const other = await open();
    await accounts.setPassword(mine.actor, 'a long enough password');
    assert.ok(await accounts.ofCookie(mine.cookie.reveal()));
    assert.equal(await accounts.ofCookie(other.cookie.reveal()), undefined);
    assert.equal(await accounts.isOpen(other.actor), false);
    assert.equal(await accounts.hasPassword('admin'), true);
  }));

test('the bearer token is the one of the file', () =>
  withAccounts(async (accounts) => {
    assert.equal(accounts.ofBearer('the-token')?.name, 'cli');
    assert.equal(accounts.ofBearer('the-tokem'), undefined);
    assert.equal(accounts.ofBearer(''), undefined);
  }));
