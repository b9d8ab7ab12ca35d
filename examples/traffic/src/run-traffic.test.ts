/** What stands in front is judged rightly: a wall that blocks everybody stops attacks and harms friends, and so on. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { test } from 'node:test';
import { makeRun } from '../../ground/src/run-file.ts';
import { Attempt } from './attack/attempt.ts';
import type { Reply } from './person.ts';
import { runTraffic } from './run-traffic.ts';

const CASES = [
  { what: 'a wall that blocks everybody', status: 403, stopped: 2, diverted: 0 },
  { what: 'a decoy that answers everybody', status: 200, stopped: 0, diverted: 2 },
  { what: 'a gateway without a service', status: 502, stopped: 0, diverted: 0 },
] as const;

for (const { what, status, stopped, diverted } of CASES) {
  test(`${what}: ${stopped} stopped, ${diverted} diverted, friends harmed`, async () => {
    const server = http.createServer((request, response) => {
      request.resume();
      response.writeHead(status, { 'x-answer-digest': '0'.repeat(64) }).end('{"ok":true}');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const report = await runTraffic({
      gateway: `127.0.0.1:${address.port}`,
      run: makeRun(),
      seconds: 1,
      rate: 500,
      friends: 4,
      attacks: ['traversal-lesson-files', 'sql-injection-campus', 'unprotected-export'],
    });
    server.closeAllConnections();
    server.close();
    assert.equal(report.attacksThatGotData, 0);
    const shares = report.attacks.map((attack) => ({ stopped: attack.stopped > 0, diverted: attack.diverted > 0 }));
    assert.equal(shares.filter((share) => share.stopped).length, stopped);
    assert.equal(shares.filter((share) => share.diverted).length, diverted);
    assert.deepEqual(report.attacksNotCoveredYet, []);
    assert.ok(report.friendlyRequests > 0 && report.friendlyHarmed >= report.friendlyRequests);
  });
}

test('only addresses of this machine are taken', async () => {
  await assert.rejects(
    runTraffic({ gateway: '192.0.2.1:80', run: makeRun(), seconds: 1 }),
    /not an address of this machine/,
  );
});

test('a canary in any answer is data, whoever sent it', () => {
  const reply: Reply = {
    status: 200,
    headers: {},
    text: '',
    bytes: Buffer.alloc(0),
    isGenuine: true,
    ms: 1,
    isLost: false,
  };
  const seen = (change: Partial<Reply>): Attempt => {
    const attempt = new Attempt(new Set(['canary12']));
    attempt.reply({ ...reply, ...change });
    return attempt;
  };
  assert.equal(seen({ text: 'a canary12 sings', isGenuine: false }).gotData, true);
  assert.equal(seen({ text: 'canary' }).gotData, false);
  assert.equal(seen({ isLost: true }).stopped, true);
  assert.equal(seen({ status: 403 }).stopped, false, "the service's own refusal");
  const derived = new Attempt(new Set(['canary12']));
  derived.derived('canar');
  assert.equal(derived.gotData, false);
  derived.derived('canary1');
  assert.equal(derived.gotData, true);
});
