import { createHash } from 'node:crypto';
import type { AuditRow } from '@seawall/contract';
import type { Selectable } from 'kysely';
import { cutPage, pageLimit, readCursor } from './cursor.ts';
import type { AuditEntry, AuditRecords } from './records-api.ts';
import type { RecordDb, RecordTables } from './records-schema.ts';

// Invariants:
// 1. Sequences count 1, 2, 3 … without a gap.
// 2. hash(n) = SHA-256 over hash(n-1), a line feed and the canonical row n, hex; hash(0) is 64 zeros. So nobody can change, take out
//    or insert a row without making all hashes after it anew.
// 3. Who can write the file can still cut the newest rows off, or make the whole chain anew: keep a late hash elsewhere to see that.

export const FIRST_HASH = '0'.repeat(64);

/** The same bytes for the same row, whatever a database does to its columns. */
export function auditHash(previous: string, sequence: number, entry: AuditEntry): string {
  const canonical = JSON.stringify([sequence, entry.timeMicros, entry.actor, entry.what, entry.target, entry.detail]);
  return createHash('sha256').update(`${previous}\n${canonical}`, 'utf8').digest('hex');
}

function read(row: Selectable<RecordTables['audit']>): AuditRow {
  const { sequence, time_micros: timeMicros, actor, what, target, detail, hash } = row;
  return { sequence, timeMicros, actor, what, target, detail, hash };
}

/** Lone surrogates would come back from a database as other characters and break the chain. */
const sound = (entry: AuditEntry): AuditEntry => ({
  timeMicros: entry.timeMicros,
  actor: entry.actor.toWellFormed().replaceAll('\0', '\uFFFD'),
  what: entry.what.toWellFormed().replaceAll('\0', '\uFFFD'),
  target: entry.target.toWellFormed().replaceAll('\0', '\uFFFD'),
  detail: entry.detail.toWellFormed().replaceAll('\0', '\uFFFD'),
});

export function auditQuestions(db: RecordDb): AuditRecords {
  const eldestFrom = (sequence: number, limit: number) =>
    db.selectFrom('audit').selectAll().where('sequence', '>', sequence).orderBy('sequence').limit(limit).execute();

  return {
    async appendAudit(given) {
      const entry = sound(given);
      const last = await db
        .selectFrom('audit')
        .select(['sequence', 'hash'])
        .orderBy('sequence', 'desc')
        .limit(1)
        .executeTakeFirst();
      const sequence = (last?.sequence ?? 0) + 1;
      const hash = auditHash(last?.hash ?? FIRST_HASH, sequence, entry);
      const { timeMicros, actor, what, target, detail } = entry;
      await db
        .insertInto('audit')
        .values({ sequence, time_micros: timeMicros, actor, what, target, detail, hash })
        .execute();
      return { sequence, ...entry, hash };
    },

    async pageAudit(page) {
      const limit = pageLimit(page.limit);
      const after = readCursor(page.cursor);
      let query = db.selectFrom('audit').selectAll();
      if (after) query = query.where('sequence', '<', after.time);
      const rows = await query
        .orderBy('sequence', 'desc')
        .limit(limit + 1)
        .execute();
      return cutPage(rows, limit, (row) => ({ time: row.sequence, id: 'audit' }), read);
    },

    async verifyAudit() {
      let previous = FIRST_HASH;
      let rows = 0;
      let firstBroken: number | null = null;
      for (
        let part = await eldestFrom(-1, 1000);
        part.length > 0;
        part = await eldestFrom(part.at(-1)!.sequence, 1000)
      ) {
        for (const row of part.map(read)) {
          rows += 1;
          const holds = row.sequence === rows && row.hash === auditHash(previous, row.sequence, row);
          if (!holds) firstBroken ??= row.sequence;
          previous = row.hash;
        }
      }
      return { ok: firstBroken === null, rows, firstBroken };
    },
  };
}
