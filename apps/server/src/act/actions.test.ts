import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { Action, CommandResult, DecoySessionId, ExchangeId, Order, PolicyBundle, Source } from '@seawall/contract';
import {
  SESSION,
  attack,
  chatInstance,
  defaultPlaybooks,
  eventually,
  exchange,
  freshId,
  health,
  inventory,
  madeSource,
  signIn,
  startWorld,
  type TestNode,
  type World,
} from '../testing/world.ts';

// The whole path over real HTTP and the real bus: a finding goes up, an order comes down, and all that is between.

let world: World | undefined;
afterEach(async () => {
  await world?.end();
  world = undefined;
});

async function start(options: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  world = await startWorld(options);
  return world;
}

const ordersOf = (bundle: PolicyBundle | undefined): readonly Order[] => bundle?.parts.orders ?? [];
const newest = (node: TestNode) => ordersOf(node.bundles.at(-1));

async function actions(world: World): Promise<readonly Action[]> {
  const reply = await world.client().get('/actions');
  assert.equal(reply.status, 200);
  return reply.body['rows'] as Action[];
}

const inState = (state: Action['state']) => (rows: readonly Action[]) => rows.some((row) => row.state === state);

test('a finding becomes an incident, a divert order, an active action; undo takes the order away', async () => {
  const here = await start();
  const gateway = await here.gateway();
  await gateway.publish(health(), attack());
  const [action] = await eventually(() => actions(here), inState('active'));
  assert.equal(action?.kind, 'divert');
  assert.equal(action?.cause.playbook, 'divert-severe-attack');
  assert.equal(action?.outcome?.verified, true);
  assert.deepEqual(
    newest(gateway).map((order) => order.kind === 'source' && order.source),
    [SESSION],
  );

  const incidents = (await here.client().get('/incidents')).body['rows'] as {
    id: string;
    state: string;
    title: string;
  }[];
  assert.equal(incidents[0]?.title, 'SQL injection against chat from session 9f2c…');
  await eventually(
    async () => (await here.client().get(`/incidents/${incidents[0]?.id}`)).body,
    (body) => (body['incident'] as { state: string }).state === 'contained',
  );
  const story = (await here.client().get(`/incidents/${incidents[0]?.id}`)).body['timeline'] as { kind: string }[];
  assert.deepEqual(
    story.map((entry) => entry.kind),
    ['finding', 'action', 'action'],
  );

  const person = await signIn(here);
  const undone = await person.send('POST', `/actions/${action?.id}/undo`, { reason: 'a mistake' });
  assert.equal(undone.status, 200);
  assert.equal(undone.body['state'], 'undone');
  assert.equal(undone.body['undoneBy'], 'user:admin');
  assert.deepEqual(newest(gateway), []);
  const again = await person.send('POST', `/actions/${action?.id}/undo`, { reason: '' });
  assert.equal(again.status, 409);

  // A person's word holds: the next attack is blocked, not diverted again.
  await gateway.publish(attack());
  await eventually(
    async () => ((await here.client().get('/findings')).body['rows'] as unknown[]).length,
    (n) => n === 2,
  );
  assert.equal((await actions(here)).length, 1);

  const audit = (await here.client().get('/audit')).body['rows'] as { actor: string; what: string }[];
  const said = audit.map((row) => `${row.actor} ${row.what}`);
  for (const wanted of [
    'playbook:divert-severe-attack action.request',
    'user:admin action.undo',
    'user:admin session.open',
  ]) {
    assert.ok(said.includes(wanted), `${wanted} is missing in ${said.join(', ')}`);
  }
  assert.deepEqual((await here.client().get('/audit/verify')).body['ok'], true);
});

test('an action ends when its time is over', async () => {
  const brief = defaultPlaybooks().map((one) => ({ ...one, reaction: { ...one.reaction, forMs: 600 } }));
  const here = await start({ source: madeSource(brief) });
  const gateway = await here.gateway();
  await gateway.publish(attack());
  const [action] = await eventually(() => actions(here), inState('expired'));
  assert.equal(action?.undoneBy, 'expiry');
  assert.equal(gateway.bundles.filter((bundle) => ordersOf(bundle).length === 1).length, 1);
  assert.deepEqual(newest(gateway), []);
  // What ended may begin again.
  await gateway.publish(attack());
  await eventually(
    () => actions(here),
    (rows) => rows.filter((row) => row.state === 'expired').length === 2,
  );
});

test('a target holds one action, of a length that the API allows', async () => {
  const here = await start();
  await here.gateway();
  const person = await signIn(here);
  const target = { kind: 'source', source: SESSION };
  const tooShort = await person.send('POST', '/actions', { kind: 'block', target, reason: 'x', durationSeconds: 1 });
  assert.equal(tooShort.status, 400);
  const made = await person.send('POST', '/actions', { kind: 'block', target, reason: 'x', durationSeconds: 10 });
  assert.equal(made.body['state'], 'active');
  const taken = await person.send('POST', '/actions', { kind: 'limit', target, reason: 'x' });
  assert.equal(taken.body['code'], 'server.action-in-force');
});

test('a stronger action replaces the weaker one in a single policy', async () => {
  const here = await start();
  const gateway = await here.gateway();
  const person = await signIn(here);
  const target = { kind: 'source', source: SESSION };
  await person.send('POST', '/actions', { kind: 'limit', target, reason: 'x' });
  const before = gateway.bundles.length;
  const strong = await person.send('POST', '/actions', { kind: 'divert', target, reason: 'x' });
  assert.equal(strong.body['state'], 'active');
  const states = await eventually(
    async () => (await actions(here)).map((row) => `${row.kind} ${row.state}`),
    (rows) => rows.includes('limit undone'),
  );
  assert.deepEqual(states.toSorted(), ['divert active', 'limit undone']);
  assert.deepEqual(
    gateway.bundles
      .slice(before)
      .map((bundle) => ordersOf(bundle).map((order) => order.kind === 'source' && order.what)),
    [['divert']],
  );
});

test('a playbook does not replace what a person has put in force', async () => {
  const here = await start();
  const gateway = await here.gateway();
  const person = await signIn(here);
  await person.send('POST', '/actions', { kind: 'limit', target: { kind: 'source', source: SESSION }, reason: 'x' });
  await gateway.publish(attack());
  await eventually(
    async () => ((await here.client().get('/findings')).body['rows'] as unknown[]).length,
    (count) => count === 1,
  );
  assert.deepEqual(
    (await actions(here)).map((row) => `${row.kind} ${row.state}`),
    ['limit active'],
  );
});

test('a divert is seen in the world when the decoy has answered, and its transcript can be read', async () => {
  const here = await start();
  const gateway = await here.gateway();
  await gateway.publish(attack());
  await eventually(() => actions(here), inState('active'));
  const step = {
    session: freshId<DecoySessionId>(),
    exchange: freshId<ExchangeId>(),
    source: SESSION,
    service: 'chat',
    method: 'GET',
    path: '/etc/passwd',
    head: 'GET /etc/passwd HTTP/1.1',
    body: '',
    status: 200,
    answer: 'root:x:0:0',
    learned: [{ kind: 'file' as const, text: '/etc/passwd' }],
  };
  await gateway.publish({ kind: 'decoy', step });
  await eventually(
    () => actions(here),
    (rows) => rows[0]?.outcome?.detail.includes('The decoy has answered it since.') === true,
  );
  const sessions = (await here.client().get('/decoy/sessions')).body['rows'] as { id: string; steps: number }[];
  assert.deepEqual(
    sessions.map((one) => [one.id, one.steps]),
    [[step.session, 1]],
  );
  const transcript = (await here.client().get(`/decoy/sessions/${step.session}`)).body['steps'] as { step: unknown }[];
  assert.deepEqual(transcript[0]?.step, step);
});

test('what is in force stays so over a restart, is not decided again, and policies go on counting', async () => {
  const here = await start();
  const gateway = await here.gateway();
  await gateway.publish(attack());
  await eventually(() => actions(here), inState('active'));
  const before = gateway.bundles.at(-1)?.version ?? 0;
  await here.restart();
  await gateway.publish(attack());
  await eventually(
    async () => ((await here.client().get('/findings')).body['rows'] as unknown[]).length,
    (count) => count === 2,
  );
  assert.equal((await actions(here)).length, 1);
  const after = await eventually(
    () => gateway.bundles.at(-1),
    (bundle) => (bundle?.version ?? 0) > before,
  );
  assert.equal(after?.parts.orders.length, 1);
});

test('without a gateway an action is in force and says that nobody has it; one that connects makes it true', async () => {
  const here = await start();
  const person = await signIn(here);
  const target = { kind: 'source', source: SESSION };
  const made = await person.send('POST', '/actions', { kind: 'divert', target, reason: 'x' });
  assert.equal(made.body['state'], 'active');
  assert.equal((made.body['outcome'] as Action['outcome'])?.verified, false);
  const gateway = await here.gateway();
  await eventually(
    () => newest(gateway).length,
    (count) => count === 1,
  );
  await eventually(
    () => actions(here),
    (rows) => rows[0]?.outcome?.verified === true,
  );
});

test('a gateway that refuses the policy leaves an action unverified', async () => {
  const here = await start({ times: { acknowledgeMs: 200 } });
  await here.gateway('gateway-1', false);
  const person = await signIn(here);
  const target = { kind: 'source', source: SESSION };
  const made = await person.send('POST', '/actions', { kind: 'divert', target, reason: 'x' });
  assert.equal((made.body['outcome'] as Action['outcome'])?.verified, false);
  const settings = (await here.client().get('/settings')).body['policy'] as { problem: string; acknowledged: string[] };
  assert.equal(settings.problem, 'the test refuses it');
  assert.deepEqual(settings.acknowledged, []);
});

test('an address that others use well is not acted on, and the refusal is kept', async () => {
  const here = await start();
  const gateway = await here.gateway();
  const address: Source = { kind: 'address', address: '127.0.0.9' };
  await gateway.publish(exchange(SESSION, '127.0.0.9'));
  await eventually(
    async () => ((await here.client().get('/traffic/exchanges')).body['rows'] as unknown[]).length,
    (count) => count === 1,
  );
  await gateway.publish(attack({}, address));
  const [action] = await eventually(() => actions(here), inState('refused'));
  assert.deepEqual(
    action?.guards.filter((check) => !check.passed).map((check) => check.guard),
    ['bystanders'],
  );
  assert.deepEqual(newest(gateway), []);
  const preview = await here.client().send('POST', '/actions/preview', {
    kind: 'block',
    target: { kind: 'source', source: address },
    reason: 'x',
  });
  assert.equal(preview.body['allowed'], false);
  assert.ok((preview.body['blastRadius'] as string[]).includes('1 other clean sessions share this address.'));
});

test('an address that a playbook acts on is let go when somebody clean comes to it', async () => {
  const here = await start();
  const gateway = await here.gateway();
  await gateway.publish(attack({}, { kind: 'address', address: '127.0.0.9' }));
  await eventually(() => actions(here), inState('active'));
  await gateway.publish(exchange(SESSION, '127.0.0.9'));
  const [action] = await eventually(() => actions(here), inState('undone'));
  assert.equal(action?.undoneBy, 'guard:bystanders');
  assert.deepEqual(newest(gateway), []);
});

test('a guessed account is limited, except from where it is known', async () => {
  const here = await start();
  const gateway = await here.gateway();
  const home = exchange({ kind: 'address', address: '127.0.3.1' }, '127.0.3.1');
  await gateway.publish({ ...home, exchange: { ...home.exchange, login: { account: 'ann', ok: true } } });
  const guess = (index: number) =>
    attack(
      { detector: 'login', family: 'login', verdict: 'noted', severity: 'low', score: 0, account: 'ann' },
      { kind: 'address', address: `127.0.4.${index}` },
    );
  await gateway.publish(guess(1), guess(2), guess(3), guess(4));
  // The log-in travels with the statistics and may come after the order: then the order is corrected.
  const [order] = await eventually(
    () => newest(gateway),
    (orders) => orders[0]?.kind === 'account' && orders[0].exceptAddresses.length > 0,
  );
  assert.ok(order?.kind === 'account');
  assert.deepEqual([order.account, order.what, order.exceptAddresses], ['ann', 'limit', ['127.0.3.1']]);
});

test('a dry run changes nothing and is remembered', async () => {
  const here = await start();
  const gateway = await here.gateway();
  const before = gateway.bundles.length;
  const person = await signIn(here);
  const target = { kind: 'source', source: SESSION };
  const made = await person.send('POST', '/actions', { kind: 'divert', target, reason: 'x', dryRun: true });
  assert.equal(made.body['state'], 'done');
  assert.equal(gateway.bundles.length, Math.max(1, before));
});

const leak = () => attack({ family: 'leak', direction: 'response', score: 4, threshold: 4 });
const seen = (verified: boolean, detail: string): CommandResult['outcome'] => ({
  verified,
  detail,
  timeMicros: Date.now() * 1000,
});
type Answer = NonNullable<Parameters<World['responder']>[0]>;
const obedient: Answer = async (command) => ({
  action: command.action.id,
  step: command.step,
  outcome: seen(true, 'seen'),
  ...(command.step === 'do' ? { remembered: { networks: ['a', 'b'] } } : {}),
});

test('an instance that leaks is cut off, quarantined, and given traffic again when it was seen running', async () => {
  const here = await start();
  const gateway = await here.gateway();
  const responder = await here.responder(obedient);
  await responder.publish(inventory(['chat-1', 'running'], ['chat-2', 'running']));
  await eventually(
    async () => ((await here.client().get('/workloads')).body['items'] as unknown[]).length,
    (n) => n === 2,
  );
  await gateway.publish(leak());
  const [action] = await eventually(() => actions(here), inState('active'));
  assert.equal(action?.kind, 'quarantine');
  const cutAt = gateway.bundles.findIndex((bundle) => ordersOf(bundle).some((order) => order.kind === 'cut'));
  assert.ok(cutAt >= 0);
  assert.deepEqual(
    responder.commands.map((command) => command.step),
    ['do'],
  );

  const undone = await here.client().send('POST', `/actions/${action?.id}/undo`, { reason: 'x' });
  assert.ok(['undoing', 'undone'].includes(String(undone.body['state'])));
  await eventually(() => actions(here), inState('undone'));
  await eventually(
    () => newest(gateway).length,
    (count) => count === 0,
  );
  assert.deepEqual(responder.commands[1]?.remembered, { networks: ['a', 'b'] });
});

test('the last running instance is restarted instead', async () => {
  const here = await start();
  const gateway = await here.gateway();
  const responder = await here.responder(obedient);
  await responder.publish(inventory(['chat-1', 'running'], ['chat-2', 'stopped']));
  await eventually(
    async () => ((await here.client().get('/workloads')).body['items'] as unknown[]).length,
    (n) => n === 2,
  );
  await gateway.publish(leak());
  const rows = await eventually(() => actions(here), inState('done'));
  assert.deepEqual(rows.map((row) => `${row.kind} ${row.state}`).toSorted(), ['quarantine refused', 'restart done']);
  await eventually(
    () => newest(gateway).length,
    (count) => count === 0,
  );
});

test('a responder that fails, or says nothing, leaves a failed action and no cut', async () => {
  const here = await start({ times: { commandMs: 300, drainMs: 1, tickMs: 50, acknowledgeMs: 1000 } });
  const gateway = await here.gateway();
  const responder = await here.responder(async (command) => {
    if (command.action.kind === 'pause') return new Promise(() => undefined);
    return { action: command.action.id, step: command.step, outcome: seen(false, 'the engine said no') };
  });
  await responder.publish(inventory(['chat-1', 'running'], ['chat-2', 'running'], ['chat-3', 'running']));
  await eventually(
    async () => ((await here.client().get('/workloads')).body['items'] as unknown[]).length,
    (n) => n === 3,
  );
  const act = (kind: string, name: string) =>
    here
      .client()
      .send('POST', '/actions', { kind, target: { kind: 'workload', workload: chatInstance(name) }, reason: 'x' });
  await act('stop', 'chat-1');
  const rows = await eventually(() => actions(here), inState('failed'));
  assert.equal(rows[0]?.outcome?.detail, 'the engine said no');
  await act('pause', 'chat-2');
  const later = await eventually(
    () => actions(here),
    (all) => all.filter((row) => row.state === 'failed').length === 2,
  );
  assert.match(later.find((row) => row.kind === 'pause')?.outcome?.detail ?? '', /^No responder answered/);
  await eventually(
    () => newest(gateway).length,
    (count) => count === 0,
  );
});

test('a mode that somebody chooses reaches the gateway, and goes back to the file', async () => {
  const here = await start();
  const gateway = await here.gateway();
  const person = await signIn(here);
  const modes = (value: Record<string, unknown>) => (value['routes'] as { mode: string; fileMode: string }[])[0];
  const off = await person.send('PUT', '/settings/mode', { route: '*', mode: 'off' });
  assert.deepEqual([modes(off.body)?.mode, modes(off.body)?.fileMode], ['off', 'protect']);
  assert.equal(gateway.bundles.at(-1)?.parts.routes.routes[0]?.mode, 'off');
  await person.send('PUT', '/settings/mode', { route: 'chat', mode: 'protect' });
  assert.equal(gateway.bundles.at(-1)?.parts.routes.routes[0]?.mode, 'protect');
  assert.equal((await person.send('PUT', '/settings/mode', { route: 'none', mode: 'off' })).status, 404);
});

test('an exception made from a finding reaches the rules, and can be taken back', async () => {
  const here = await start();
  const gateway = await here.gateway();
  const person = await signIn(here);
  const body = attack();
  await gateway.publish(body);
  await eventually(() => actions(here), inState('active'));
  const finding = body.finding.id;
  const ask = { finding, rule: '942100', target: 'ARGS:q', reason: 'a course on SQL' };
  assert.equal((await person.send('POST', '/exceptions', { ...ask, target: 'ARGS:z' })).status, 409);
  const made = await person.send('POST', '/exceptions', ask);
  assert.equal(made.status, 200);
  const files = () => gateway.bundles.at(-1)?.parts.rules.files ?? {};
  assert.ok(files()['seawall/exceptions.conf']?.includes('ctl:ruleRemoveTargetById=942100;ARGS:q'));
  assert.equal((await person.send('DELETE', `/exceptions/${String(made.body['id'])}`)).status, 200);
  assert.equal(files()['seawall/exceptions.conf'], undefined);
});

test('the overview says what is protected, and takes silence for no good sign', async () => {
  const here = await start();
  const state = async () =>
    ((await here.client().get('/overview')).body['services'] as { protection: string; reason: string }[])[0];
  assert.equal((await state())?.protection, 'unknown');
  const gateway = await here.gateway();
  await gateway.publish(health(), exchange(SESSION, '127.0.0.9'));
  await eventually(state, (one) => one?.protection === 'protected');
  const overview = (await here.client().get('/overview')).body;
  assert.ok((overview['next'] as { message: string }[]).some((step) => step.message === 'next.setPassword'));
  await gateway.close();
  await eventually(state, (one) => one?.protection === 'unknown');
});
