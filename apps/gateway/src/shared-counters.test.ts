import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Bed, routesFor, serviceOf } from './testing/bed.ts';
import { ask, startService, statusOf } from './testing/peers.ts';

const COUNTING = `
SecCollectionTimeout 2
SecAction "id:2000,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR},setvar:ip.count=+1"
SecRule IP:COUNT "@gt 5" "id:2001,phase:1,deny,status:403,log,msg:'too many'"
`;

describe('persistent collections of two workers', async () => {
  const service = await startService('one');
  const bed = await Bed.start({
    workers: 2,
    // A worker that is stopped here is not stuck.
    limits: { stuckAfterMs: 60_000 },
    parts: {
      routes: routesFor(serviceOf('shop', [service.port])),
      rules: { sets: [{ name: 'test', entry: ['count.conf'] }], files: { 'count.conf': COUNTING } },
    },
  });
  const pids = bed.workerPids();
  after(async () => {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    await bed.stop();
    await service.close();
  });
  const statuses = async (count: number): Promise<number[]> => {
    const got: number[] = [];
    for (let i = 0; i < count; i++) got.push(statusOf(await ask(bed.port, 'GET /count HTTP/1.1')));
    return got;
  };

  it('know what the other one counted, and forget it after SecCollectionTimeout', async () => {
    assert.equal(pids.length, 2);
    const [first = 0, second = 0] = pids;
    // Only one of them can answer at a time: what it answers is what it knows.
    process.kill(second, 'SIGSTOP');
    assert.deepEqual(await statuses(4), [200, 200, 200, 200]);
    const counted = Date.now();
    process.kill(second, 'SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 500));
    process.kill(first, 'SIGSTOP');
    assert.deepEqual(await statuses(3), [200, 403, 403], 'four were counted by the other worker');
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, counted + 2200 - Date.now())));
    assert.deepEqual(await statuses(1), [200], 'the count has expired');
    process.kill(first, 'SIGCONT');
  });
});
