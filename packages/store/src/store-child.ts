import { openStore } from './open-store.ts';
import { sampleAction, sampleFinding, sampleTraffic, T0 } from './samples.ts';

// A store for tests that kill it: writes without end and prints what was committed.

const [, , folder = '', round = '0', traffic = 'auto'] = process.argv;
const store = await openStore({ folder, traffic: traffic as 'auto', retentionDays: 0, trafficRetentionDays: 0 }); // the test's own word
const base = Number(round) * 100_000;
const say = (kind: string, id: unknown): void => void process.stdout.write(`${kind} ${String(id)}\n`);

async function records(lane: number): Promise<never> {
  for (let n = base + lane * 20_000; ; n++) {
    const finding = sampleFinding({ n });
    await store.records.commitFindings({ findings: [finding] });
    say('finding', finding.row.finding.id);
    const action = sampleAction(n);
    await store.records.insertAction(action);
    const moved = await store.records.transitionAction({
      id: action.id,
      from: ['planned'],
      to: { ...action, state: 'running' },
    });
    if (moved) say('action', action.id);
    const row = await store.records.appendAudit({
      timeMicros: T0 + n,
      actor: 'a',
      what: 'w',
      target: 't',
      detail: String(n),
    });
    say('audit', row.hash);
  }
}

async function exchanges(): Promise<never> {
  for (let n = base; ; n += 20) {
    const rows = Array.from({ length: 20 }, (_, i) => sampleTraffic(n + i, T0 + n + i));
    await store.traffic.append(rows);
    for (const { exchange } of rows) say('exchange', exchange.id);
  }
}

await Promise.all([records(0), records(1), records(2), exchanges()]);
