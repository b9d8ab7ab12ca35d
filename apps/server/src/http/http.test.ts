import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { API, ROLE_PERMISSIONS, Role, type ApiName, type ApiRoute } from '@seawall/contract';
import { openStore } from '@seawall/store';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Client, signIn, startWorld, type World } from '../testing/world.ts';

const data = mkdtempSync(join(tmpdir(), 'seawall-http-'));
const dashboard = join(data, 'dashboard');
let world: World;

before(async () => {
  mkdirSync(join(dashboard, 'assets'), { recursive: true });
  writeFileSync(join(dashboard, 'index.html'), '<!doctype html><title>Seawall</title>');
  writeFileSync(join(dashboard, 'assets', 'app-1.js'), 'export {};');
  writeFileSync(join(data, 'outside.txt'), 'not for the web');
  // People of the other roles, made before the server opens the store.
  const store = await openStore({ folder: join(data, 'store'), traffic: 'sqlite' });
  for (const role of Role.options) {
    await store.records.addUser({ name: role, role, passwordHash: null, createdMicros: 1 });
  }
  await store.close();
  world = await startWorld({ data, dashboard });
});

after(async () => {
  await world.end();
  rmSync(data, { recursive: true, force: true });
});

const ROUTES = Object.entries(API) as readonly [ApiName, ApiRoute][];

/** A target with every parameter filled by something that does not exist. */
function targetOf(route: ApiRoute): string {
  return route.path.replace(/:\w+/g, 'no-such-thing');
}

test('every route of the table has a permission, and every write an audit name', () => {
  const names = new Set<string>();
  for (const [name, route] of ROUTES) {
    assert.ok(['public', 'read', 'act', 'configure'].includes(route.permission), name);
    assert.equal(route.audit !== undefined, route.method !== 'GET', name);
    assert.ok(route.audit === undefined || !names.has(route.audit), `${name}: two writes share an audit name`);
    if (route.audit !== undefined) names.add(route.audit);
  }
  assert.equal(ROUTES.length, 30);
});

test('OpenAPI lists exactly the routes of the table', async () => {
  const { status, body } = await new Client(world.server.address).get('/openapi.json');
  assert.equal(status, 200);
  assert.equal(body['openapi'], '3.1.0');
  const listed = Object.entries(body['paths'] as Record<string, Record<string, { operationId: string }>>)
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    .toSorted();
  const wanted = ROUTES.map(
    ([, route]) => `${route.method} /api/v1${route.path.replace(/:(\w+)/g, '{$1}')}`,
  ).toSorted();
  assert.deepEqual(listed, wanted);
});

test('each route lets exactly the roles in that hold its permission', async () => {
  const clients = new Map<string, Client>();
  for (const role of Role.options) clients.set(role, await signIn(world, role));
  let asked = 0;
  for (const [name, route] of ROUTES) {
    if (name === 'events' || name === 'signOut' || name === 'signIn') continue;
    const anonymous = await new Client(world.server.address).send(route.method, targetOf(route), bodyOf(route));
    assert.equal(anonymous.status, 401, `${name} without a session`);
    for (const role of Role.options) {
      const reply = await clients.get(role)?.send(route.method, targetOf(route), bodyOf(route));
      const may = ROLE_PERMISSIONS[role].includes(route.permission);
      assert.equal(reply?.status === 403, !may, `${name} as ${role} answered ${reply?.status}`);
      assert.ok((reply?.status ?? 500) < 500, `${name} as ${role} answered ${reply?.status}`);
      asked++;
    }
  }
  assert.equal(asked, (ROUTES.length - 3) * 3);
});

/** Empty is never right where a body is wanted: nothing is changed by asking. */
function bodyOf(route: ApiRoute): unknown {
  return route.body ? {} : undefined;
}

test('the one-time secret opens one session', async () => {
  const secret = readFileSync(join(data, 'sign-in-secret'), 'utf8').trim();
  assert.equal(statSync(join(data, 'sign-in-secret')).mode & 0o777, 0o600);
  assert.equal(statSync(join(data, 'api-token')).mode & 0o777, 0o600);
  const client = new Client(world.server.address);
  const first = await client.send('POST', '/session', { secret });
  assert.equal(first.status, 200);
  assert.equal(first.body['user'], 'admin');
  assert.equal(first.body['hasPassword'], false);
  const cookie = first.headers.get('set-cookie') ?? '';
  assert.match(cookie, /^seawall_session=[A-Za-z0-9_-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Strict$/);
  const second = await client.send('POST', '/session', { secret });
  assert.equal(second.status, 401);
  assert.equal(second.body['code'], 'server.sign-in-refused');
});

test('a password opens a session once it was set, and an unknown user looks like a wrong password', async () => {
  const client = await signIn(world, 'operator');
  const password = 'a long enough password';
  assert.equal((await client.send('PUT', '/session/password', { password })).status, 200);
  const other = new Client(world.server.address);
  assert.equal((await other.send('POST', '/session', { user: 'operator', password })).status, 200);
  const wrong = await other.send('POST', '/session', { user: 'operator', password: 'wrong wrong wrong' });
  const unknown = await other.send('POST', '/session', { user: 'nobody', password });
  const { request: _one, ...first } = wrong.body;
  const { request: _other, ...second } = unknown.body;
  assert.equal(wrong.status, 401);
  assert.deepEqual(first, second);
});

test('tries at one account from one address are slowed down', async () => {
  const client = new Client(world.server.address);
  const statuses = [];
  for (let i = 0; i < 7; i++) {
    statuses.push((await client.send('POST', '/session', { user: 'guessed', password: `guess ${i}` })).status);
  }
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429]);
});

test('a write needs its token and its own origin; a bearer token needs none', async () => {
  const client = await signIn(world);
  const close = (headers: Record<string, string>) =>
    client.send('POST', '/incidents/none/close', { reason: 'x' }, headers);
  const cases: readonly (readonly [Record<string, string>, string])[] = [
    [{ 'x-csrf-token': '' }, 'server.csrf'],
    [{ 'x-csrf-token': 'wrong' }, 'server.csrf'],
    [{ origin: 'http://evil.test' }, 'server.cross-site'],
    [{ origin: 'null' }, 'server.cross-site'],
    [{ 'sec-fetch-site': 'cross-site' }, 'server.cross-site'],
    [{ origin: world.server.address }, 'server.no-such-row'],
    [{}, 'server.no-such-row'],
  ];
  for (const [headers, code] of cases) assert.equal((await close(headers)).body['code'], code, JSON.stringify(headers));
  const bearer = await world.client().send('POST', '/incidents/none/close', { reason: 'x' });
  assert.equal(bearer.body['code'], 'server.no-such-row');
  const wrong = new Client(world.server.address, 'a'.repeat(43));
  assert.equal((await wrong.get('/settings')).status, 401);
});

test('signing out ends the session', async () => {
  const client = await signIn(world);
  assert.equal((await client.get('/session')).status, 200);
  assert.equal((await client.send('DELETE', '/session')).status, 200);
  assert.equal((await client.get('/session')).status, 401);
});

test('a session outlives a restart of the server', async () => {
  const client = await signIn(world);
  await world.restart();
  const again = new Client(world.server.address);
  again.cookie = client.cookie;
  assert.equal((await again.get('/session')).body['user'], 'admin');
});

test('problems say what to do, and carry a code and a request id', async () => {
  const client = world.client();
  const reply = await client.send('POST', '/actions', { kind: 'explode' });
  assert.equal(reply.status, 400);
  assert.match(reply.headers.get('content-type') ?? '', /^application\/problem\+json/);
  assert.equal(reply.body['code'], 'server.bad-request');
  assert.match(String(reply.body['request']), /^[0-9a-f-]{36}$/);
  const fields = reply.body['fields'] as { path: string }[];
  assert.ok(fields.some((field) => field.path.includes('kind')));
});

test('headers keep other sites and inline scripts out', async () => {
  const page = await fetch(`${world.server.address}/`);
  assert.equal(await page.text(), '<!doctype html><title>Seawall</title>');
  const policy = page.headers.get('content-security-policy') ?? '';
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(page.headers.get('access-control-allow-origin'), null);
  const api = await fetch(`${world.server.address}/api/v1/session`);
  assert.equal(api.headers.get('cache-control'), 'no-store');
});

test('pages of the console are the one page, files are files, and nothing outside is given', async () => {
  const get = (path: string, accept = 'text/html') => raw(`GET ${path} HTTP/1.1`, [`Accept: ${accept}`]);
  assert.match(await get('/incidents/018f'), /200 OK[\s\S]*<title>Seawall/);
  assert.match(await get('/assets/app-1.js', '*/*'), /200 OK[\s\S]*immutable/);
  assert.match(await get('/assets/none.js', '*/*'), /404 Not Found/);
  assert.match(await get('/api/v1/none'), /404 Not Found[\s\S]*server\.no-such-page/);
  const tricks = [
    '/../outside.txt',
    '/%2e%2e/outside.txt',
    '/..%2foutside.txt',
    '/assets/..%2f..%2foutside.txt',
    '//etc/passwd',
    '/assets/%00',
    '/.git/config',
    '/..\\outside.txt',
  ];
  for (const path of tricks) {
    const reply = await get(path, '*/*');
    assert.ok(!reply.includes('not for the web') && !reply.includes('root:'), path);
    assert.match(reply, /^HTTP\/1\.1 4\d\d /, path);
  }
});

test('hostile input is refused with the right status and leaves the server well', async () => {
  const { apiToken } = world.server;
  const authorization = `Authorization: Bearer ${apiToken.reveal()}`;
  const json = 'Content-Type: application/json';
  const post = (body: string, ...headers: string[]) =>
    raw('POST /api/v1/actions/preview HTTP/1.1', [authorization, ...headers, `Content-Length: ${body.length}`], body);
  const cases: readonly (readonly [string, Promise<string>, RegExp])[] = [
    ['no JSON', post('{"kind":', json), / 400 /],
    ['a huge body', post('x'.repeat(70_000), json), / 413 /],
    ['deep nesting', post('['.repeat(30_000), json), / 400 /],
    ['a prototype', post('{"__proto__":{"x":1}}', json), / 400 /],
    ['another media type', post('kind=divert', 'Content-Type: application/x-www-form-urlencoded'), / 415 /],
    ['plain text, as a form of another site sends it', post('{}', 'Content-Type: text/plain'), / 415 /],
    ['an unknown host', raw('GET /healthz HTTP/1.1', [], '', 'evil.test'), / 421 /],
    ['a huge header', raw('GET /healthz HTTP/1.1', [`X: ${'a'.repeat(20_000)}`]), / 431 /],
    ['a long id', raw(`GET /api/v1/findings/${'a'.repeat(150)} HTTP/1.1`, [authorization]), / 400 /],
    ['a bad cursor', raw('GET /api/v1/findings?cursor=%00%ff HTTP/1.1', [authorization]), / 400 /],
    ['a bad limit', raw('GET /api/v1/findings?limit=1000000 HTTP/1.1', [authorization]), / 400 /],
    ['quotes', raw("GET /api/v1/findings?service=';drop%20table%20findings-- HTTP/1.1", [authorization]), / 200 /],
    ['another method', raw('PATCH /api/v1/settings HTTP/1.1', [authorization]), / 404 /],
  ];
  for (const [name, reply, status] of cases) assert.match((await reply).slice(0, 40), status, name);
  assert.equal(cases.length, 13);
  assert.equal((await fetch(`${world.server.address}/readyz`)).status, 200);
});

test('operators find figures and the state', async () => {
  const metrics = await (await fetch(`${world.server.address}/metrics`)).text();
  for (const name of ['seawall_policy_version', 'seawall_pipeline_delay_ms', 'seawall_api_problems_total']) {
    assert.ok(metrics.includes(name), name);
  }
  assert.equal(await (await fetch(`${world.server.address}/healthz`)).text(), 'ok\n');
});

/** Bytes over a socket: `fetch` would mend what these tests break. */
function raw(line: string, headers: readonly string[], body = '', host = '127.0.0.1'): Promise<string> {
  const { port } = new URL(world.server.address);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    // A server that refuses early closes while the rest is still being written.
    socket.on('error', (error) => (chunks.length > 0 ? undefined : reject(error)));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.write(
      `${line}\r\nHost: ${host}\r\nConnection: close\r\n${headers.map((one) => `${one}\r\n`).join('')}\r\n${body}`,
    );
  });
}
