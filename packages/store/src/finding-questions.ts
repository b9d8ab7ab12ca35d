import { FindingRow, sourceKey, type EventId, type MessageEvidence } from '@seawall/contract';
import type { Insertable, Selectable, SelectQueryBuilder } from 'kysely';
import { cutPage, pageLimit, readCursor } from './cursor.ts';
import { chunks } from './chunks.ts';
import { incidentQuestions } from './incident-questions.ts';
import { LOCAL_SCOPE } from './page.ts';
import type { FindingColumn, FindingFilter, FindingRecord, FindingRecords } from './records-api.ts';
import type { RecordDb, RecordTables } from './records-schema.ts';

const COLUMNS: Readonly<Record<FindingColumn, keyof RecordTables['findings']>> = {
  family: 'family',
  service: 'service',
  verdict: 'verdict',
  severity: 'severity',
  detector: 'detector',
  source: 'source_key',
  address: 'address',
  account: 'account',
  rule: 'rule_id',
  incident: 'incident_id',
};

/** Longer accounts are attackers' text: two that share this many characters count as one. */
const MAX_ACCOUNT = 255;
export const accountColumn = (account: string): string => account.slice(0, MAX_ACCOUNT);

function toColumns(record: FindingRecord): Insertable<RecordTables['findings']> {
  const { row } = record;
  const { evidence: _evidence, ...finding } = row.finding;
  return {
    event_id: record.event,
    id: finding.id,
    ...(record.scope ?? LOCAL_SCOPE),
    service: row.service,
    time_micros: row.timeMicros,
    node: row.node,
    instance: row.instance,
    source_key: row.source ? sourceKey(row.source) : null,
    address: finding.request.address,
    account: finding.account === undefined ? null : accountColumn(finding.account),
    detector: finding.detector,
    rule_id: finding.rule.id,
    family: finding.family,
    severity: finding.severity,
    verdict: finding.verdict,
    incident_id: row.incident,
    body: JSON.stringify({ ...row, finding }),
  };
}

type Stored = Pick<Selectable<RecordTables['findings']>, 'body' | 'incident_id'>;

function readRow(stored: Stored, evidence?: string): FindingRow {
  const row = JSON.parse(stored.body) as FindingRow; // written by `toColumns`
  const finding = evidence ? { ...row.finding, evidence: JSON.parse(evidence) as MessageEvidence } : row.finding;
  return { ...row, incident: stored.incident_id, finding };
}

export function filterFindings<O>(
  query: SelectQueryBuilder<RecordTables, 'findings', O>,
  filter: FindingFilter,
): SelectQueryBuilder<RecordTables, 'findings', O> {
  let made = query;
  const { fromMicros, toMicros, account, ...equal } = filter;
  for (const [name, value] of Object.entries(equal)) {
    const column = COLUMNS[name as FindingColumn]; // checked in the next line
    if (column && value !== undefined) made = made.where(column, '=', value);
  }
  if (account !== undefined) made = made.where('account', '=', accountColumn(account));
  if (fromMicros !== undefined) made = made.where('time_micros', '>=', fromMicros);
  if (toMicros !== undefined) made = made.where('time_micros', '<', toMicros);
  return made;
}

async function insertFindings(db: RecordDb, records: readonly FindingRecord[]): Promise<void> {
  for (const part of chunks(records, 200)) {
    await db.insertInto('findings').values(part.map(toColumns)).execute();
    const evidence = part.flatMap(({ row }) =>
      row.finding.evidence ? [{ finding_id: row.finding.id, evidence: JSON.stringify(row.finding.evidence) }] : [],
    );
    if (evidence.length > 0) await db.insertInto('finding_evidence').values(evidence).execute();
  }
}

/** Those that are neither stored by event or finding id, nor twice in the batch. */
async function newRecords(db: RecordDb, records: readonly FindingRecord[]): Promise<readonly FindingRecord[]> {
  const seen = new Set<string>();
  for (const part of chunks(records, 500)) {
    const rows = await db
      .selectFrom('findings')
      .select(['event_id', 'id'])
      .where((where) =>
        where.or([
          where(
            'event_id',
            'in',
            part.map(({ event }) => event),
          ),
          where(
            'id',
            'in',
            part.map(({ row }) => row.finding.id),
          ),
        ]),
      )
      .execute();
    for (const row of rows) seen.add(row.event_id).add(row.id);
  }
  return records.filter(({ event, row }) => {
    if (seen.has(event) || seen.has(row.finding.id)) return false;
    seen.add(event).add(row.finding.id);
    return true;
  });
}

export function findingQuestions(db: RecordDb): FindingRecords {
  return {
    async unseenEvents(ids) {
      const seen = new Set<EventId>();
      for (const part of chunks(ids, 500)) {
        const rows = await db.selectFrom('findings').select('event_id').where('event_id', 'in', part).execute();
        for (const row of rows) seen.add(row.event_id as EventId); // came out of the ids that were asked
      }
      return [...new Set(ids)].filter((id) => !seen.has(id));
    },

    async commitFindings({ findings, incidents = [] }) {
      const fresh = await newRecords(db, findings);
      await insertFindings(db, fresh);
      const put = incidentQuestions(db).putIncident;
      for (const incident of incidents) await put(incident);
      return fresh.map(({ event }) => event);
    },

    async assignIncident(findings, incident) {
      for (const part of chunks(findings, 500)) {
        await db.updateTable('findings').set({ incident_id: incident }).where('id', 'in', part).execute();
      }
    },

    async getFinding(id) {
      const stored = await db
        .selectFrom('findings')
        .leftJoin('finding_evidence', 'finding_evidence.finding_id', 'findings.id')
        .select(['body', 'incident_id', 'evidence'])
        .where('id', '=', id)
        .executeTakeFirst();
      return stored && readRow(stored, stored.evidence ?? undefined);
    },

    async pageFindings(filter, page) {
      const limit = pageLimit(page.limit);
      const after = readCursor(page.cursor);
      let query = filterFindings(
        db.selectFrom('findings').select(['time_micros', 'id', 'body', 'incident_id']),
        filter,
      );
      if (after) {
        query = query
          .where('time_micros', '<=', after.time)
          .where((where) => where.or([where('time_micros', '<', after.time), where('id', '<', after.id)]));
      }
      const rows = await query
        .orderBy('time_micros', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      return cutPage(
        rows,
        limit,
        (row) => ({ time: row.time_micros, id: row.id }),
        (row) => readRow(row),
      );
    },

    async countFindings(filter) {
      const query = filterFindings(
        db.selectFrom('findings').select((make) => make.fn.countAll<number>().as('count')),
        filter,
      );
      return Number((await query.executeTakeFirstOrThrow()).count);
    },

    async groupFindings(by, filter, limit) {
      const column = COLUMNS[by];
      const rows = await filterFindings(
        db
          .selectFrom('findings')
          .select((make) => [make.ref(column).as('value'), make.fn.countAll<number>().as('count')]),
        filter,
      )
        .where(column, 'is not', null)
        .groupBy(column)
        .orderBy('count', 'desc')
        .orderBy('value')
        .limit(pageLimit(limit))
        .execute();
      return rows.map((row) => ({ value: String(row.value), count: Number(row.count) }));
    },
  };
}
