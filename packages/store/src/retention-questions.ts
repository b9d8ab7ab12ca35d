import { OPEN_STATES } from './action-questions.ts';
import type { DropCounts } from './records-api.ts';
import type { RecordDb } from './records-schema.ts';

export interface RetentionQuestions {
  /** At most `limit` rows of each kind, so that a slice never holds up writers for long. */
  dropSlice(micros: number, limit: number): Promise<DropCounts>;
  /** User sessions and secrets that nobody can use any more. */
  removeExpired(nowMicros: number): Promise<void>;
}

async function dropFindings(db: RecordDb, micros: number, limit: number): Promise<number> {
  const rows = await db
    .selectFrom('findings')
    .select(['event_id', 'id'])
    .where('time_micros', '<', micros)
    .orderBy('time_micros')
    .limit(limit)
    .execute();
  if (rows.length === 0) return 0;
  const ids = rows.map(({ id }) => id);
  await db.deleteFrom('finding_evidence').where('finding_id', 'in', ids).execute();
  await db.deleteFrom('findings').where('id', 'in', ids).execute();
  return rows.length;
}

async function dropIncidents(db: RecordDb, micros: number, limit: number): Promise<number> {
  const rows = await db.selectFrom('incidents').select('id').where('last_micros', '<', micros).limit(limit).execute();
  if (rows.length === 0) return 0;
  const ids = rows.map(({ id }) => id);
  await db.deleteFrom('incidents').where('id', 'in', ids).execute();
  return rows.length;
}

async function dropActions(db: RecordDb, micros: number, limit: number): Promise<number> {
  const rows = await db
    .selectFrom('actions')
    .select('id')
    .where('updated_micros', '<', micros)
    .where('state', 'not in', OPEN_STATES)
    .limit(limit)
    .execute();
  if (rows.length === 0) return 0;
  const ids = rows.map(({ id }) => id);
  await db.deleteFrom('action_findings').where('action_id', 'in', ids).execute();
  await db.deleteFrom('actions').where('id', 'in', ids).execute();
  return rows.length;
}

async function dropDecoySessions(db: RecordDb, micros: number, limit: number): Promise<number> {
  const rows = await db
    .selectFrom('decoy_sessions')
    .select('id')
    .where('last_micros', '<', micros)
    .limit(limit)
    .execute();
  if (rows.length === 0) return 0;
  const ids = rows.map(({ id }) => id);
  await db.deleteFrom('decoy_steps').where('session_id', 'in', ids).execute();
  await db.deleteFrom('decoy_sessions').where('id', 'in', ids).execute();
  return rows.length;
}

export function retentionQuestions(db: RecordDb): RetentionQuestions {
  return {
    dropSlice: async (micros, limit) => ({
      findings: await dropFindings(db, micros, limit),
      incidents: await dropIncidents(db, micros, limit),
      actions: await dropActions(db, micros, limit),
      decoySessions: await dropDecoySessions(db, micros, limit),
    }),
    async removeExpired(nowMicros) {
      await db.deleteFrom('user_sessions').where('expires_micros', '<=', nowMicros).execute();
      await db.deleteFrom('secrets').where('expires_micros', '<=', nowMicros).execute();
    },
  };
}
