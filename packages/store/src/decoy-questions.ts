import { sourceKey, type DecoySession, type DecoyStep, type EventId } from '@seawall/contract';
import type { Selectable } from 'kysely';
import { chunks } from './chunks.ts';
import { cutPage, pageLimit, readCursor } from './cursor.ts';
import { LOCAL_SCOPE } from './page.ts';
import type { DecoyRecords, DecoyStepRecord } from './records-api.ts';
import type { RecordDb, RecordTables } from './records-schema.ts';

/** What one session may teach; above it an attacker only makes the list longer, so new lines are left out. */
const MAX_LEARNED = 200;
const MAX_STEPS_READ = 1000;

type Learned = DecoySession['learned'];

function readSession(row: Selectable<RecordTables['decoy_sessions']>): DecoySession {
  return {
    id: row.id as DecoySession['id'], // came from a step's session id
    source: JSON.parse(row.source) as DecoySession['source'], // written by `extend`
    service: row.service,
    firstMicros: row.first_micros,
    lastMicros: row.last_micros,
    steps: row.steps,
    learned: JSON.parse(row.learned) as Learned, // written by `extend`
  };
}

function learn(known: Learned, steps: readonly DecoyStepRecord[]): Learned {
  const lines = new Map(known.map((line) => [`${line.kind} ${line.text}`, line]));
  for (const { kind, text } of steps.flatMap(({ step }) => step.learned)) {
    const key = `${kind} ${text}`;
    const line = lines.get(key);
    if (line) lines.set(key, { ...line, count: line.count + 1 });
    else if (lines.size < MAX_LEARNED) lines.set(key, { kind, text, count: 1 });
  }
  return [...lines.values()];
}

/** Makes or extends one session by steps that all belong to it. */
async function extend(db: RecordDb, id: string, steps: readonly DecoyStepRecord[]): Promise<void> {
  const first = steps[0];
  if (!first) return;
  const times = steps.map(({ timeMicros }) => timeMicros);
  const row = await db.selectFrom('decoy_sessions').selectAll().where('id', '=', id).executeTakeFirst();
  const changed = {
    first_micros: Math.min(row?.first_micros ?? Number.MAX_SAFE_INTEGER, ...times),
    last_micros: Math.max(row?.last_micros ?? 0, ...times),
    steps: (row?.steps ?? 0) + steps.length,
    learned: JSON.stringify(learn(row ? readSession(row).learned : [], steps)),
  };
  if (row) {
    await db.updateTable('decoy_sessions').set(changed).where('id', '=', id).execute();
    return;
  }
  const { source, service } = first.step;
  const made = { ...(first.scope ?? LOCAL_SCOPE), service, source_key: sourceKey(source) };
  await db
    .insertInto('decoy_sessions')
    .values({ id, ...made, source: JSON.stringify(source), ...changed })
    .execute();
}

async function unseen(db: RecordDb, steps: readonly DecoyStepRecord[]): Promise<readonly DecoyStepRecord[]> {
  const seen = new Set<string>();
  for (const part of chunks(steps, 500)) {
    const ids = part.map(({ event }) => event);
    const rows = await db.selectFrom('decoy_steps').select('event_id').where('event_id', 'in', ids).execute();
    for (const row of rows) seen.add(row.event_id);
  }
  return steps.filter(({ event }) => !seen.has(event) && seen.add(event));
}

export function decoyQuestions(db: RecordDb): DecoyRecords {
  return {
    async addDecoySteps(steps) {
      const fresh = await unseen(db, steps);
      for (const part of chunks(fresh, 200)) {
        const rows = part.map(({ event, timeMicros, step }) => ({
          event_id: event,
          session_id: step.session,
          time_micros: timeMicros,
          body: JSON.stringify(step),
        }));
        await db.insertInto('decoy_steps').values(rows).execute();
      }
      for (const [id, own] of Map.groupBy(fresh, ({ step }) => step.session)) await extend(db, id, own);
      return fresh.map(({ event }): EventId => event);
    },

    async pageDecoySessions(page) {
      const limit = pageLimit(page.limit);
      const after = readCursor(page.cursor);
      let query = db.selectFrom('decoy_sessions').selectAll();
      if (after) {
        query = query
          .where('last_micros', '<=', after.time)
          .where((where) => where.or([where('last_micros', '<', after.time), where('id', '<', after.id)]));
      }
      const rows = await query
        .orderBy('last_micros', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      return cutPage(rows, limit, (row) => ({ time: row.last_micros, id: row.id }), readSession);
    },

    async getDecoySession(id) {
      const row = await db.selectFrom('decoy_sessions').selectAll().where('id', '=', id).executeTakeFirst();
      if (!row) return undefined;
      const steps = await db
        .selectFrom('decoy_steps')
        .select(['time_micros', 'body'])
        .where('session_id', '=', id)
        .orderBy('time_micros')
        .orderBy('event_id')
        .limit(MAX_STEPS_READ)
        .execute();
      return {
        session: readSession(row),
        steps: steps.map((step) => ({ timeMicros: step.time_micros, step: JSON.parse(step.body) as DecoyStep })), // written above
      };
    },

    async decoySessionsOfSource(source, { fromMicros, toMicros }) {
      let query = db.selectFrom('decoy_sessions').selectAll().where('source_key', '=', source);
      if (fromMicros !== undefined) query = query.where('last_micros', '>=', fromMicros);
      if (toMicros !== undefined) query = query.where('first_micros', '<', toMicros);
      return (await query.orderBy('first_micros').limit(500).execute()).map(readSession);
    },

    async decoySession(source, service) {
      const row = await db
        .selectFrom('decoy_sessions')
        .select('id')
        .where('source_key', '=', source)
        .where('service', '=', service)
        .orderBy('last_micros', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.id as DecoySession['id'] | undefined; // came from a step's session id
    },
  };
}
