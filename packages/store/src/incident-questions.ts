import { sourceKey, type Incident } from '@seawall/contract';
import type { SelectQueryBuilder } from 'kysely';
import { cutPage, pageLimit, readCursor } from './cursor.ts';
import { LOCAL_SCOPE } from './page.ts';
import type { IncidentFilter, IncidentRecords } from './records-api.ts';
import type { RecordDb, RecordTables } from './records-schema.ts';

const read = (row: { readonly body: string }): Incident => JSON.parse(row.body) as Incident; // written by `putIncident`

function filterIncidents<O>(
  query: SelectQueryBuilder<RecordTables, 'incidents', O>,
  filter: IncidentFilter,
): SelectQueryBuilder<RecordTables, 'incidents', O> {
  let made = query;
  if (filter.state !== undefined) made = made.where('state', '=', filter.state);
  if (filter.service !== undefined) made = made.where('service', '=', filter.service);
  if (filter.source !== undefined) made = made.where('source_key', '=', filter.source);
  if (filter.fromMicros !== undefined) made = made.where('last_micros', '>=', filter.fromMicros);
  if (filter.toMicros !== undefined) made = made.where('last_micros', '<', filter.toMicros);
  return made;
}

export function incidentQuestions(db: RecordDb): IncidentRecords {
  return {
    async putIncident({ incident, scope = LOCAL_SCOPE }) {
      const columns = {
        ...scope,
        service: incident.service,
        source_key: incident.source ? sourceKey(incident.source) : null,
        state: incident.state,
        severity: incident.severity,
        first_micros: incident.firstMicros,
        last_micros: incident.lastMicros,
        body: JSON.stringify(incident),
      };
      const updated = await db.updateTable('incidents').set(columns).where('id', '=', incident.id).executeTakeFirst();
      if (updated.numUpdatedRows > 0n) return;
      await db
        .insertInto('incidents')
        .values({ id: incident.id, ...columns })
        .execute();
    },

    async getIncident(id) {
      const row = await db.selectFrom('incidents').select('body').where('id', '=', id).executeTakeFirst();
      return row && read(row);
    },

    async pageIncidents(filter, page) {
      const limit = pageLimit(page.limit);
      const after = readCursor(page.cursor);
      let query = filterIncidents(db.selectFrom('incidents').select(['last_micros', 'id', 'body']), filter);
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
      return cutPage(rows, limit, (row) => ({ time: row.last_micros, id: row.id }), read);
    },

    async countIncidents(filter) {
      const query = filterIncidents(
        db.selectFrom('incidents').select((make) => make.fn.countAll<number>().as('count')),
        filter,
      );
      return Number((await query.executeTakeFirstOrThrow()).count);
    },

    async openIncident(source, service, sinceMicros) {
      const row = await db
        .selectFrom('incidents')
        .select('body')
        .where('service', '=', service)
        .where('source_key', source === null ? 'is' : '=', source)
        .where('last_micros', '>=', sinceMicros)
        .where('state', '!=', 'closed')
        .orderBy('last_micros', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row && read(row);
    },
  };
}
