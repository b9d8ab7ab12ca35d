import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ServiceLikeness } from '@seawall/contract';
import { answerFrom } from './answer.ts';
import * as words from './invented-words.ts';
import { addAnswers, MAX_ANSWERS, merge } from './merge.ts';
import { observe } from './observe.ts';
import { matchesTemplate, templateLink, templatePath } from './path-template.ts';
import { sampleService, SECRETS } from './sample-service.ts';
import { PAGE_WORDS, STATIC_WORDS } from './static-words.ts';
import { formatOf } from './text-format.ts';

const NOW = Date.UTC(2026, 10, 23);

test('paths lose what names one thing', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['/', '/'],
    ['/api/groups', '/api/groups'],
    ['/api/v1/groups/17', '/api/v1/groups/{id}'],
    ['/u/3f2504e0-4f89-11d3-9a0c-0305e82c3301/x', '/u/{id}/x'],
    ['/files/9f3c2a.png?x=1', '/files/{id}.png'],
    ['/style.css', '/style.css'],
    ['/a-title-that-somebody-wrote-himself', '/{id}'],
    ['/%E5%AD%A6', '/{id}'],
    ['/a//b/', '/a//b/'],
  ];
  assert.equal(cases.length, 9);
  for (const [path, expected] of cases) assert.equal(templatePath(path), expected);
  assert.equal(templateLink('/course?id=3&amp;q=secret'), '/course?id={{id}}&q={{id}}');
  assert.equal(templateLink('/people/alice'), '/people/{{id}}');
  assert.equal(templateLink('https://elsewhere.example/x'), '/');
  assert.ok(matchesTemplate('/files/{id}.png', '/files/abc.png'));
  assert.ok(!matchesTemplate('/files/{id}.png', '/files/abc.txt'));
  assert.ok(!matchesTemplate('/a/{id}', '/a/'));
});

test('formats', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['', 'empty'],
    ['2026-11-23', 'iso-date'],
    ['2026-11-23T10:00:00Z', 'iso-time'],
    ['3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'uuid'],
    ['a@b.example', 'email'],
    ['https://b.example/x', 'url'],
    ['12345', 'integer'],
    ['deadbeef01', 'hex'],
    ['Maria Keller', 'name'],
    ['陈明', 'chinese-name'],
    ['我们明天见', 'chinese'],
    ['hello there you', 'sentence'],
    ['ok', 'static:ok'],
    ['alice', 'word'],
    ['<b>x</b> y', 'html'],
  ];
  assert.equal(cases.length, 15);
  for (const [value, expected] of cases) assert.equal(formatOf(value), expected, value);
});

test('a service is learned with its places, fields, cookies and shapes, and is valid for the contract', () => {
  const likeness = sampleService();
  assert.deepEqual(ServiceLikeness.parse(likeness), likeness);
  const login = likeness.answers.find((one) => one.path === '/api/login' && one.status === 200);
  assert.deepEqual(login?.cookies, [{ name: 'sid', attributes: 'Path=/; HttpOnly; SameSite=Lax', length: 20 }]);
  assert.deepEqual(login.fields, [
    ['server', 'town-chat'],
    ['x-content-type-options', 'nosniff'],
    ['date', null],
    ['content-type', 'application/json; charset=utf-8'],
    ['x-answer-digest', null],
  ]);
  assert.deepEqual(login.json, {
    kind: 'object',
    members: { user: { kind: 'string', format: 'word', maxLength: 11 }, ok: { kind: 'boolean' } },
  });
  const paths = likeness.answers.map((one) => `${one.method} ${one.path} ${one.status}`);
  for (const path of [
    'GET /api/people/{id} 200',
    'WEBSOCKET /ws#ok 101',
    'WEBSOCKET /ws#results 101',
    'GET /wall 200',
  ]) {
    assert.ok(paths.includes(path), path);
  }
  const page = likeness.answers.find((one) => one.path === '/wall')?.page ?? '';
  assert.match(page, /<h1>Messages<\/h1>/);
  assert.match(page, /<li class="post">\{\{sentence:\d+\}\}<\/li>/);
  assert.match(page, /<form method="post" action="\/wall"><input name="text"><button>Send<\/button><\/form>/);
});

test('no observed datum is in the likeness', () => {
  const text = JSON.stringify(sampleService());
  assert.equal(SECRETS.length, 21);
  assert.deepEqual(
    SECRETS.filter((secret) => text.includes(secret)),
    [],
  );
});

test('labels are kept on pages that were seen without a session only', () => {
  const page = {
    service: 's',
    method: 'GET',
    path: '/',
    status: 200,
    fields: [{ name: 'Content-Type', value: 'text/html' }],
  };
  const body = '<title>Acme widgets</title><p>Acme paragraph here</p><label>Your widget</label>';
  assert.match(
    observe({ ...page, body, session: false }).page ?? '',
    /<title>Acme widgets<\/title><p>\{\{.*<label>Your widget/,
  );
  assert.doesNotMatch(observe({ ...page, body }).page ?? '', /Acme|widget/);
});

/** Everything that may come out although it was in a body: our own words and the names of our own members. */
const vocabulary = JSON.stringify([
  Object.values(words),
  [...STATIC_WORDS],
  [...PAGE_WORDS],
  'kind format maxLength integer array object string number boolean maxItems members item null undefined true false',
  'name value example.org example.net www.example.com method path status fields contentType json page cookies seen service answers epoch small large server application/json',
]);

function stringsIn(value: unknown, into: string[] = []): string[] {
  if (typeof value === 'string') into.push(value);
  else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) stringsIn(one, into);
  return into;
}

const keysIn = (value: unknown): string[] =>
  typeof value === 'object' && value !== null
    ? [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(keysIn)]
    : [];

const leafText = fc.oneof(
  fc.string({ minLength: 4, maxLength: 40 }),
  fc.emailAddress(),
  fc.webUrl(),
  fc.uuid(),
  fc.string({ unit: 'grapheme', minLength: 4 }),
  fc.stringMatching(/^[A-Z][a-z]{4,9} [A-Z][a-z]{4,9}$/),
);
const jsonValue = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    leafText,
    fc.integer(),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{2,10}$/), tie('node'), { maxKeys: 5 }),
  ),
})).node;

test('random JSON values do not leak, neither into the likeness nor into answers', () => {
  fc.assert(
    fc.property(jsonValue, fc.string(), (value, seed) => {
      const body = Buffer.from(JSON.stringify(value), 'utf8').toString('latin1');
      const fields = [{ name: 'Content-Type', value: 'application/json' }];
      const learned = observe({ service: 's', method: 'GET', path: '/x', status: 200, fields, body });
      const likeness = { service: 's', answers: [learned] };
      const question = { method: 'GET', path: '/x', query: '', contentType: '', body: '' };
      const answer = answerFrom(likeness, question, { seed, nowMs: NOW });
      const out =
        JSON.stringify(likeness) + Buffer.from(answer.body, 'latin1').toString('utf8') + JSON.stringify(answer.fields);
      const allowed = vocabulary + keysIn(value).join(' ');
      const leaked = stringsIn(value).filter(
        (text) =>
          text.length > 3 &&
          text.trim().length > 3 &&
          out.includes(text) &&
          !allowed.includes(text) &&
          !/^[\d.-]+$/.test(text),
      );
      assert.deepEqual(leaked, []);
    }),
    { numRuns: 400 },
  );
});

test('random texts of pages do not leak', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9 ]{3,20}zq[A-Za-z]{3,12}$/);
  fc.assert(
    fc.property(
      secret,
      secret,
      secret,
      fc.constantFrom('title', 'data-x', 'id', 'alt', 'value', 'style', 'onclick', 'href', 'placeholder'),
      (a, b, c, attribute) => {
        const body = `<html><head><title>${a}</title></head><body ${attribute}="${b}"><!-- ${c} --><p ${attribute}='${c}'>${b}<b>${a}</b></p><script>${c}</script><x-own>${a}</x-own>${c}`;
        const fields = [{ name: 'Content-Type', value: 'text/html' }];
        const learned = observe({ service: 's', method: 'GET', path: '/x', status: 200, fields, body });
        const answer = answerFrom(
          { service: 's', answers: [learned] },
          { method: 'GET', path: '/x', query: '', contentType: '', body: '' },
          { seed: a, nowMs: NOW },
        );
        const out = JSON.stringify(learned) + answer.body;
        for (const text of [a, b, c]) assert.ok(!out.includes(text.trim()), text);
      },
    ),
    { numRuns: 300 },
  );
});

test('any bytes are observed without throwing, and stay small', () => {
  const type = fc.constantFrom('text/html', 'application/json', 'text/plain', '\r\nX: y', '');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), type, fc.string(), (bytes, value, path) => {
      const body = Buffer.from(bytes).toString('latin1');
      const learned = observe({
        service: 's',
        method: 'GET',
        path,
        status: 200,
        fields: [{ name: 'Content-Type', value }],
        body,
      });
      assert.ok(JSON.stringify(learned).length < 20_000);
    }),
    { numRuns: 300 },
  );
  const deep = `${'<div>'.repeat(50_000)}x`;
  const learned = observe({
    service: 's',
    method: 'GET',
    path: '/',
    status: 200,
    fields: [{ name: 'content-type', value: 'text/html' }],
    body: deep,
  });
  assert.ok((learned.page?.length ?? 0) <= 16_384);
  const nested = `${'['.repeat(9_000)}${']'.repeat(9_000)}`;
  observe({
    service: 's',
    method: 'GET',
    path: '/',
    status: 200,
    fields: [{ name: 'content-type', value: 'application/json' }],
    body: nested,
  });
});

test('merging keeps the most seen, joins the same place and is bounded', () => {
  const at = (path: string, status = 200) =>
    observe({ service: 's', method: 'GET', path, status, fields: [{ name: 'server', value: 'a' }] });
  const twice = merge({ service: 's', answers: [at('/a')] }, { service: 's', answers: [at('/a')] });
  assert.deepEqual(
    twice.answers.map((one) => one.seen),
    [2],
  );
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const names = [...letters].flatMap((one) => [...letters].map((other) => one + other));
  const scanned = addAnswers(
    twice.answers,
    names.map((name) => at(`/${name}`, 404)),
  );
  assert.ok(scanned.length <= MAX_ANSWERS);
  assert.equal(scanned.find((one) => one.path === '/a')?.seen, 2);
  const places = addAnswers(
    [],
    names.slice(0, 60).map((name) => at(`/users/${name}`)),
  );
  assert.deepEqual(
    places.map((one) => [one.path, one.seen]),
    [['/users/{id}', 60]],
  );
  const many = addAnswers(
    [],
    names.map((name) => at(`/${name}`)),
  );
  assert.equal(many.length, MAX_ANSWERS);
  const differing = addAnswers(
    [at('/a')],
    [observe({ service: 's', method: 'GET', path: '/a', status: 200, fields: [{ name: 'Server', value: 'b' }] })],
  );
  assert.deepEqual(differing[0]?.fields, [['server', null]]);
});

test('hostile pages and JSON cost little', () => {
  const started = performance.now();
  for (const piece of [
    '<a ',
    '<a "',
    "<a '",
    '<',
    '<!--',
    '<a "<',
    `<a '"`,
    '<b>',
    '</b>',
    'a=',
    '{{x:1}}',
    '&',
    '<a b=" c',
    '"<a" ',
    '\u0000',
    'a <a =',
  ]) {
    const body = piece.repeat(Math.ceil(262_144 / piece.length));
    for (const type of ['text/html', 'application/json']) {
      observe({
        service: 's',
        method: 'GET',
        path: '/',
        status: 200,
        fields: [{ name: 'content-type', value: type }],
        body,
      });
    }
  }
  assert.ok(performance.now() - started < 3_000, `${performance.now() - started} ms`);
});
