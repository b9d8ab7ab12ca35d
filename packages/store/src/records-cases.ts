import assert from 'node:assert/strict';
import type { Page, PageRequest } from './page.ts';
import type { Records } from './records-api.ts';
import { addressSource, sampleAction, sampleFinding, sampleId, sampleIncident, sampleStep, T0 } from './samples.ts';
import { targetKey } from './target-key.ts';

const KEY = 'address:127.0.0.9';

async function readAll<T>(ask: (page: PageRequest) => Promise<Page<T>>, limit: number): Promise<readonly T[]> {
  const rows: T[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await ask({ limit, cursor });
    rows.push(...page.rows);
    if (page.next === null) return rows;
    cursor = page.next;
  }
}

/** What every driver of records must do. Each case gets an empty store. */
export const RECORDS_CASES: Readonly<Record<string, (records: Records) => Promise<void>>> = {
  'a finding comes back whole by id, without evidence in pages': async (records) => {
    const { event, row } = sampleFinding({ n: 1, account: 'alice' });
    assert.deepEqual(await records.commitFindings({ findings: [{ event, row }] }), [event]);
    assert.deepEqual(await records.getFinding(row.finding.id), row);
    const { evidence: _evidence, ...finding } = row.finding;
    assert.deepEqual(await records.pageFindings({}, { limit: 10 }), { rows: [{ ...row, finding }], next: null });
    assert.equal(await records.getFinding('none'), undefined);
  },
  'findings are single by event id, within and between batches': async (records) => {
    const [a, b, c] = [1, 2, 3].map((n) => sampleFinding({ n }));
    assert.ok(a && b && c);
    assert.deepEqual(await records.commitFindings({ findings: [a, b, a] }), [a.event, b.event]);
    assert.deepEqual(await records.unseenEvents([a.event, c.event, c.event]), [c.event]);
    assert.deepEqual(await records.commitFindings({ findings: [b, c] }), [c.event]);
    assert.equal(await records.countFindings({}), 3);
  },
  'more findings than one statement takes': async (records) => {
    const findings = Array.from({ length: 1203 }, (_, n) => sampleFinding({ n }));
    assert.equal((await records.commitFindings({ findings })).length, 1203);
    assert.equal((await records.commitFindings({ findings })).length, 0);
    assert.equal(await records.countFindings({}), 1203);
  },
  'pages are newest first, without gap or repeat, also at equal times': async (records) => {
    const findings = Array.from({ length: 25 }, (_, n) => sampleFinding({ n, timeMicros: T0 + Math.floor(n / 10) }));
    await records.commitFindings({ findings });
    const rows = await readAll((page) => records.pageFindings({}, page), 7);
    assert.equal(new Set(rows.map(({ finding }) => finding.id)).size, 25);
    assert.deepEqual(
      rows.map(({ timeMicros }) => timeMicros),
      rows.map(({ timeMicros }) => timeMicros).sort((a, b) => b - a),
    );
    await assert.rejects(records.pageFindings({}, { limit: 7, cursor: 'no cursor' }), { code: 'store.bad-cursor' });
    await assert.rejects(records.pageFindings({}, { limit: 501 }), { code: 'store.bad-question' });
  },
  'findings are filtered and counted by what the API asks': async (records) => {
    const incident = sampleIncident(900);
    await records.commitFindings({
      findings: [
        sampleFinding({ n: 1 }),
        sampleFinding({ n: 2, service: 'campus', family: 'xss', verdict: 'noted' }),
        sampleFinding({ n: 3, address: '127.0.0.8' }),
      ],
      incidents: [{ incident }],
    });
    await records.assignIncident([sampleId(1_000_002)], incident.id);
    const count = (filter: Parameters<Records['countFindings']>[0]) => records.countFindings(filter);
    assert.deepEqual(
      [
        await count({ service: 'campus' }),
        await count({ family: 'sqli' }),
        await count({ verdict: 'noted' }),
        await count({ source: KEY }),
        await count({ incident: incident.id }),
        await count({ fromMicros: T0 + 2, toMicros: T0 + 3 }),
        await count({ address: '127.0.0.8', family: 'xss' }),
      ],
      [1, 2, 1, 2, 1, 1, 0],
    );
    assert.equal((await records.pageFindings({ incident: incident.id }, { limit: 1 })).rows[0]?.incident, incident.id);
    assert.deepEqual(await records.groupFindings('family', {}, 10), [
      { value: 'sqli', count: 2 },
      { value: 'xss', count: 1 },
    ]);
    assert.deepEqual(await records.getIncident(incident.id), incident);
  },
  'incidents: put twice, paged, and the open one is found': async (records) => {
    await records.putIncident({ incident: sampleIncident(1) });
    await records.putIncident({ incident: sampleIncident(1, { findings: 5, lastMicros: T0 + 50 }) });
    await records.putIncident({ incident: sampleIncident(2, { state: 'closed', lastMicros: T0 + 90 }) });
    const { source: _source, ...anonymous } = sampleIncident(3, { service: 'campus' });
    await records.putIncident({ incident: anonymous });
    assert.equal((await records.openIncident(KEY, 'chat', T0))?.findings, 5);
    assert.equal(await records.openIncident(KEY, 'chat', T0 + 51), undefined);
    assert.equal((await records.openIncident(null, 'campus', T0))?.id, sampleId(3));
    assert.equal(await records.openIncident(KEY, 'campus', T0), undefined);
    const rows = await readAll((page) => records.pageIncidents({}, page), 1);
    assert.deepEqual(
      rows.map(({ id }) => id),
      [sampleId(2), sampleId(1), sampleId(3)],
    );
    assert.equal(await records.countIncidents({ state: 'open', source: KEY }), 1);
  },
  'of many writers one moves an action on': async (records) => {
    const action = sampleAction(1);
    await records.insertAction(action);
    await assert.rejects(records.insertAction(action), { code: 'store.exists' });
    const to = { ...action, state: 'running' as const };
    const won = await Promise.all(
      Array.from({ length: 20 }, () => records.transitionAction({ id: action.id, from: ['planned'], to })),
    );
    assert.equal(won.filter(Boolean).length, 1);
    assert.deepEqual(await records.getAction(action.id), to);
    const unknown = sampleAction(2);
    await assert.rejects(records.transitionAction({ id: unknown.id, from: ['planned'], to: unknown }), {
      code: 'store.missing',
    });
  },
  'an action remembers what undoing needs, until told otherwise': async (records) => {
    const action = sampleAction(1, { state: 'running' });
    await records.insertAction(action);
    assert.equal(await records.remembered(action.id), undefined);
    const active = { ...action, state: 'active' as const };
    await records.transitionAction({ id: action.id, from: ['running'], to: active, remembered: { networks: ['a'] } });
    const undoing = { ...action, state: 'undoing' as const };
    await records.transitionAction({ id: action.id, from: ['active'], to: undoing });
    assert.deepEqual(await records.remembered(action.id), { networks: ['a'] });
  },
  'one open action of a kind on a target': async (records) => {
    const made = await Promise.all([1, 2, 3].map((n) => records.insertActionUnlessOpen(sampleAction(n))));
    assert.deepEqual(made.sort(), [false, false, true]);
    assert.equal(await records.insertActionUnlessOpen(sampleAction(4, { kind: 'block' })), true);
    assert.equal(await records.insertActionUnlessOpen(sampleAction(5, { dryRun: true })), true);
    const [open] = await records.openActions();
    assert.ok(open);
    await records.transitionAction({ id: open.id, from: ['planned'], to: { ...open, state: 'refused' } });
    assert.equal(await records.insertActionUnlessOpen(sampleAction(6)), true);
  },
  'actions are listed by state, incident, finding and target': async (records) => {
    const incident = sampleIncident(900).id;
    const cause = { ...sampleAction(1).cause, incident };
    await records.insertAction(sampleAction(1, { state: 'active', cause }));
    await records.insertAction(sampleAction(2, { state: 'done', kind: 'restart' }));
    assert.deepEqual((await records.activeActions()).length, 1);
    assert.deepEqual((await records.openActions()).length, 1);
    assert.deepEqual((await records.actionsOfIncident(incident)).length, 1);
    assert.deepEqual((await records.actionsOfFinding(sampleId(7))).length, 2);
    const target = targetKey({ kind: 'source', source: addressSource('127.0.0.9') });
    assert.equal(await records.countActions({ target, playbook: 'divert', fromMicros: T0 + 2 }), 1);
    const rows = await readAll((page) => records.pageActions({ state: 'done' }, page), 1);
    assert.deepEqual(
      rows.map(({ kind }) => kind),
      ['restart'],
    );
  },
  'decoy steps make and extend their session, each once': async (records) => {
    const step = (n: number, text: string) => ({
      event: sampleFinding({ n }).event,
      timeMicros: T0 + n,
      step: sampleStep(50, n, text),
    });
    assert.equal((await records.addDecoySteps([step(1, 'a / b'), step(2, 'a / b')])).length, 2);
    assert.equal((await records.addDecoySteps([step(2, 'a / b'), step(3, 'c / d')])).length, 1);
    const found = await records.getDecoySession(sampleId(50));
    assert.deepEqual(found?.session.learned, [
      { kind: 'credentials', text: 'a / b', count: 2 },
      { kind: 'credentials', text: 'c / d', count: 1 },
    ]);
    assert.deepEqual(
      [found?.session.steps, found?.session.firstMicros, found?.session.lastMicros],
      [3, T0 + 1, T0 + 3],
    );
    assert.deepEqual(found?.steps[0]?.step, sampleStep(50, 1, 'a / b'));
    assert.equal((await records.pageDecoySessions({ limit: 5 })).rows.length, 1);
    assert.equal(await records.decoySession(KEY, 'chat'), sampleId(50));
    assert.equal((await records.decoySessionsOfSource(KEY, { fromMicros: T0 + 4 })).length, 0);
  },
  'users, their sessions and their end': async (records) => {
    const user = { name: 'admin', role: 'admin' as const, passwordHash: null, createdMicros: T0 };
    await records.addUser(user);
    await assert.rejects(records.addUser(user), { code: 'store.exists' });
    assert.equal(await records.setPassword('admin', 'scrypt$x'), true);
    assert.equal(await records.setPassword('nobody', 'scrypt$x'), false);
    assert.deepEqual(await records.getUser('admin'), { ...user, passwordHash: 'scrypt$x' });
    assert.equal(await records.countUsers(), 1);
    const session = { idHash: 'aa', user: 'admin', csrf: 'c', createdMicros: T0, expiresMicros: T0 + 10 };
    await records.addSession(session);
    await records.addSession({ ...session, idHash: 'bb' });
    assert.deepEqual(await records.getSession('aa', T0 + 9), { ...session, role: 'admin' });
    assert.equal(await records.getSession('aa', T0 + 10), undefined);
    assert.equal(await records.removeSessionsOf('admin', 'aa'), 1);
    await records.removeSession('aa');
    assert.equal(await records.getSession('aa', T0), undefined);
  },
  'a one-time secret opens once, for its purpose, in its time': async (records) => {
    const secret = { hash: 'h', purpose: 'sign-in', user: 'admin', createdMicros: T0, expiresMicros: T0 + 10 };
    await records.addSecret(secret);
    assert.equal(await records.takeSecret('h', 'enrol', T0), undefined);
    assert.equal(await records.takeSecret('h', 'sign-in', T0 + 10), undefined);
    const taken = await Promise.all([1, 2, 3].map(() => records.takeSecret('h', 'sign-in', T0)));
    assert.deepEqual(
      taken.filter((one) => one !== undefined),
      [secret],
    );
  },
  'known addresses of an account are the newest 32': async (records) => {
    const login = (n: number) => ({ service: 'chat', account: 'alice', address: `10.0.0.${n}`, timeMicros: T0 + n });
    await records.rememberLogins(Array.from({ length: 40 }, (_, n) => login(n)));
    await records.rememberLogins([{ ...login(8), timeMicros: T0 + 100 }]);
    const known = await records.knownAddresses('chat', 'alice');
    assert.deepEqual([known.length, known[0], known.includes('10.0.0.7')], [32, '10.0.0.8', false]);
    assert.deepEqual(await records.knownAddresses('campus', 'alice'), []);
  },
  'failed log-ins are counted by account and by address': async (records) => {
    const fail = (n: number, account: string, address: string) =>
      sampleFinding({ n, account, address, detector: 'login', family: 'login' });
    await records.commitFindings({
      findings: [fail(1, 'alice', '10.0.0.1'), fail(2, 'alice', '10.0.0.2'), fail(3, 'bob', '10.0.0.2')],
    });
    await records.commitFindings({ findings: [sampleFinding({ n: 4, account: 'alice' })] });
    assert.deepEqual(await records.loginFailures({ service: 'chat', account: 'alice', fromMicros: T0 }), {
      failures: 2,
      accounts: 1,
      addresses: 2,
    });
    assert.equal((await records.loginFailures({ address: '10.0.0.2' })).accounts, 2);
  },
  'exceptions, settings, modes and likeness are kept': async (records) => {
    const exception = {
      id: 'e1',
      rule: '942100',
      target: 'ARGS:q',
      path: '/search',
      route: 'chat',
      reason: 'lesson',
      owner: 'admin',
      createdMicros: T0,
      expiresMicros: T0 + 10,
      text: 'SecRule …',
    };
    await records.addException(exception);
    assert.deepEqual(await records.getException('e1'), exception);
    assert.equal((await records.listExceptions(T0 + 10)).length, 0);
    assert.equal((await records.listExceptions()).length, 1);
    assert.deepEqual([await records.removeException('e1'), await records.removeException('e1')], [true, false]);
    await records.putSetting('policy', { version: 3 });
    await records.putSetting('policy', { version: 4 });
    assert.deepEqual(await records.getSetting('policy'), { version: 4 });
    await records.removeSetting('policy');
    assert.equal(await records.getSetting('policy'), undefined);
    await records.setModeOverride('chat', 'monitor');
    await records.setModeOverride('chat', 'protect');
    await records.setModeOverride('campus', 'off');
    await records.setModeOverride('campus', null);
    assert.deepEqual(await records.modeOverrides(), { chat: 'protect' });
    await records.putLikeness({ service: 'chat', answers: [] });
    await records.putLikeness({ service: 'chat', answers: [] });
    assert.deepEqual(await records.listLikeness(), [{ service: 'chat', answers: [] }]);
  },
  'audit rows form a chain, whatever they hold and however many write': async (records) => {
    const texts = ['plain', 'Zeichen \u00e4\u4f60\u{1f600}', 'null \0 lone \ud800', "'); DROP TABLE audit;--", ''];
    const rows = await Promise.all(
      texts.map((detail, n) => records.appendAudit({ timeMicros: T0 + n, actor: 'a', what: 'w', target: 't', detail })),
    );
    assert.deepEqual(rows.map(({ sequence }) => sequence).sort(), [1, 2, 3, 4, 5]);
    assert.deepEqual(await records.verifyAudit(), { ok: true, rows: 5, firstBroken: null });
    assert.deepEqual(
      (await readAll((page) => records.pageAudit(page), 2)).map(({ sequence }) => sequence),
      [5, 4, 3, 2, 1],
    );
  },
  'retention drops what is old and over, and nothing else': async (records) => {
    const old = Array.from({ length: 700 }, (_, n) => sampleFinding({ n }));
    await records.commitFindings({ findings: [...old, sampleFinding({ n: 701, timeMicros: T0 + 10_000 })] });
    await records.putIncident({ incident: sampleIncident(1) });
    await records.insertAction(sampleAction(1, { state: 'active' }));
    await records.insertAction(sampleAction(2, { state: 'undone' }));
    await records.addDecoySteps([
      { event: sampleFinding({ n: 9 }).event, timeMicros: T0, step: sampleStep(50, 1, 'a') },
    ]);
    await records.appendAudit({ timeMicros: T0, actor: 'a', what: 'w', target: 't', detail: '' });
    assert.deepEqual(await records.dropBefore(T0 + 5000), {
      findings: 700,
      incidents: 1,
      actions: 1,
      decoySessions: 1,
    });
    assert.equal(await records.countFindings({}), 1);
    assert.equal((await records.verifyAudit()).rows, 1);
    assert.equal((await records.openActions()).length, 1);
    assert.ok((await records.sizeBytes()) > 0);
  },
};
