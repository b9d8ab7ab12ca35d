// findings, actions and status against a running Seawall that has been attacked.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Action, FindingRow, Overview } from '@seawall/contract';
import { runSeawall, sendRaw, startOwnSite, until, type OwnSite } from '@seawall/testkit';

const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;
const AGENT = 'tool\u009b2J\u009d0;owned\u009c';

let site: OwnSite;

async function run(...args: string[]) {
  const ran = await runSeawall([...args, '--data', site.platform.data]);
  assert.doesNotMatch(ran.out + ran.complaints, CONTROL, 'nothing that drives a terminal');
  return ran;
}

async function rows<T>(...args: string[]): Promise<T[]> {
  const { out, complaints } = await run(...args, '--json');
  assert.equal(complaints, '');
  return out
    .trimEnd()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

async function attack(target: string, from: string): Promise<void> {
  const answer = await sendRaw(
    site.gatewayPort,
    `GET ${target} HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: ${AGENT}\r\nConnection: close\r\n\r\n`,
    { from },
  );
  assert.equal(answer.status, 403);
}

before(async () => {
  site = await startOwnSite();
  await attack("/items?q=1'%20UNION%20SELECT%20name,password%20FROM%20users--%20-", '127.0.0.21');
  await attack('/page?text=%3Cscript%3Ealert(document.cookie)%3C/script%3E', '127.0.0.22');
  await attack('/file?name=../../../../etc/passwd%1b%5b31m', '127.0.0.23');
  await until(
    'the findings',
    () => rows<FindingRow>('findings'),
    (found) => found.length >= 3,
  );
});
after(() => site.close());

describe('findings', () => {
  it('lists the newest, filtered and limited', async () => {
    const all = await rows<FindingRow>('findings');
    assert.deepEqual(new Set(all.map(({ finding }) => finding.family)), new Set(['sqli', 'xss', 'lfi']));
    assert.ok(
      all.every(({ finding }) => finding.request.userAgent === AGENT),
      'JSON keeps what was sent',
    );
    assert.deepEqual(
      (await rows<FindingRow>('findings', '--family', 'xss')).map(({ finding }) => finding.family),
      ['xss'],
    );
    assert.deepEqual((await rows('findings', '--limit', '1')).length, 1);
    assert.deepEqual(await rows('findings', '--service', 'none'), []);
  });

  it('prints a line a finding', async () => {
    const { code, out } = await run('findings');
    assert.equal(code, 0);
    assert.equal(out.trimEnd().split('\n').length, 3);
    assert.match(out, /blocked +\w+ +shop +sqli +\S*127\.0\.0\.21/);
  });

  it('explains one: request, rule, part, bytes, score, what was done', async () => {
    const [row] = await rows<FindingRow>('findings', '--family', 'sqli');
    assert.ok(row);
    const { code, out } = await run('findings', row.finding.id);
    assert.equal(code, 0);
    assert.match(out, /GET shop\.test\/items\?q=/);
    assert.match(out, /127\.0\.0\.21 \(tool\\x9b2J/);
    assert.match(out, /against {3}shop \(route shop, mode protect\)/);
    assert.match(out, new RegExp(`score {5}${row.finding.score} of ${row.finding.threshold}`));
    assert.match(out, /rule \d+ {2}\+\d+[^]*part {4}ARGS:q\n[^]*bytes {3}/);
    assert.match(out, /exception Sec/);
    const [one] = await rows<{ row: FindingRow; actions: Action[] }>('findings', row.finding.id);
    assert.equal(one?.row.finding.id, row.finding.id);
  });

  it('refuses an id that does not exist with 2', async () => {
    const { code, out, complaints } = await run('findings', '0197f3c2-0000-7000-8000-000000000000');
    assert.deepEqual([code, out], [2, '']);
    assert.match(complaints, /cli\.refused/);
  });
});

describe('actions', () => {
  it('lists an action, takes it back, and refuses to take it back twice', async () => {
    const source = { kind: 'address', address: '127.0.0.77' };
    const made = await site.platform.api<Action>('/actions', {
      method: 'POST',
      body: { kind: 'block', target: { kind: 'source', source }, reason: 'a\u009b test', durationSeconds: 60 },
    });
    await until(
      'the action in force',
      () => rows<Action>('actions'),
      (all) => all.some(({ id, state }) => id === made.id && state === 'active'),
    );
    const listed = await run('actions', '--state', 'active');
    assert.match(listed.out, new RegExp(`block +active +\\S*127\\.0\\.0\\.77.*${made.id}`));
    const undone = await run('actions', 'undo', made.id, '--reason', 'tested');
    assert.equal(undone.code, 0, undone.complaints);
    assert.match(undone.out, /block of \S*127\.0\.0\.77: und/);
    await until(
      'the undone action',
      () => rows<Action>('actions', '--state', 'undone'),
      (all) => all.some(({ id }) => id === made.id),
    );
    const again = await run('actions', 'undo', made.id, '--json');
    assert.deepEqual([again.code, again.out], [2, '']);
  });
});

describe('status', () => {
  it('ends with 0 when everything is protected, and with 1 when something is not', async () => {
    await until(
      'protection',
      () => rows<Overview>('status'),
      ([overview]) => overview?.services[0]?.protection === 'protected',
    );
    const fine = await run('status');
    assert.equal(fine.code, 0);
    assert.match(fine.out, /^shop +protected[^]*\nnodes: .*gateway-1 ok/);
    const yaml = readFileSync(join(site.config, 'gateway.yaml'), 'utf8');
    const spare = '  spare: {upstreams: [{instance: spare-1, address: "127.0.0.1:9"}]}\nroutes:';
    site.write('gateway.yaml', yaml.replace('routes:', spare));
    const red = await until(
      'the red state',
      () => run('status', '--json'),
      ({ code }) => code === 1,
    );
    assert.equal(red.out.trimEnd().split('\n').length, 1);
    const overview = JSON.parse(red.out) as Overview;
    assert.ok(overview.services.some(({ service, protection }) => service === 'spare' && protection !== 'protected'));
  });
});
