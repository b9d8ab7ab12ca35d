import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '@seawall/faults';
import { hashPassword, verifyPassword } from './passwords.ts';
import { checkOrigin, hostName } from './same-origin.ts';
import { makeThrottle } from './throttle.ts';

test('a password opens its own hash and no other', async () => {
  const hash = await hashPassword('correct horse battery');
  assert.ok(!hash.includes('correct'));
  assert.notEqual(hash, await hashPassword('correct horse battery'));
  const cases: readonly (readonly [string, string | null, boolean])[] = [
    ['correct horse battery', hash, true],
    ['correct horse batterz', hash, false],
    ['', hash, false],
    ['correct horse battery', null, false],
    ['correct horse battery', 'scrypt$2$1$1$AA$AA', false],
    ['correct horse battery', 'plain', false],
  ];
  for (const [password, stored, opens] of cases) assert.equal(await verifyPassword(password, stored), opens);
});

test('too many passwords at a time are refused, not queued without end', async () => {
  const tries = Array.from({ length: 30 }, () => verifyPassword('x', null));
  const settled = await Promise.allSettled(tries);
  const refused = settled.filter((one) => one.status === 'rejected');
  assert.equal(refused.length, 12);
  assert.ok(refused.every((one) => one.reason instanceof Fault && one.reason.code === 'server.too-busy'));
});

test('failed tries are slowed down by account with address, by address, and by account', () => {
  const admitted = (tries: number, address: (i: number) => string, account: (i: number) => string) => {
    const throttle = makeThrottle();
    let count = 0;
    for (let i = 0; i < tries; i++) {
      try {
        throttle.enter(address(i), account(i), 1000);
        count++;
      } catch (error) {
        assert.ok(error instanceof Fault && error.code === 'server.too-many-tries');
      }
    }
    return count;
  };
  const same = () => 'a';
  const other = String;
  assert.equal(admitted(200, same, same), 5);
  assert.equal(admitted(200, same, other), 20);
  assert.equal(admitted(200, other, same), 100);
  const throttle = makeThrottle();
  for (let i = 0; i < 50; i++) {
    throttle.enter('a', 'b', 1000);
    throttle.succeeded('a', 'b');
  }
  for (let i = 0; i < 5; i++) throttle.enter('a', 'b', 1000);
  assert.throws(() => throttle.enter('a', 'b', 1000));
  throttle.enter('a', 'b', 1000 + 15 * 60_000);
});

test('host names', () => {
  const cases: readonly (readonly [string | undefined, string | undefined])[] = [
    ['localhost', 'localhost'],
    ['LOCALHOST:7400', 'localhost'],
    ['127.0.0.1:7400', '127.0.0.1'],
    ['[::1]:7400', '::1'],
    ['evil.test', 'evil.test'],
    ['localhost@evil.test', undefined],
    ['localhost:7400:1', undefined],
    ['local host', undefined],
    ['', undefined],
    [undefined, undefined],
  ];
  for (const [host, name] of cases) assert.equal(hostName(host), name, String(host));
});

test('what a browser says about where a request comes from', () => {
  const host = '127.0.0.1:7400';
  const refused = [
    { host, origin: 'http://evil.test' },
    { host, origin: 'null' },
    { host, origin: 'http://127.0.0.1:7401' },
    { host, 'sec-fetch-site': 'cross-site' },
    { host, 'sec-fetch-site': 'same-site' },
    { host, origin: `http://${host}`, 'sec-fetch-site': 'cross-site' },
  ];
  for (const headers of refused) assert.throws(() => checkOrigin(headers), JSON.stringify(headers));
  for (const headers of [{ host }, { host, origin: `http://${host}` }, { host, 'sec-fetch-site': 'same-origin' }]) {
    checkOrigin(headers);
  }
});
