import type { Action, ActionState, ActionTarget } from '@seawall/contract';
import type { SelectQueryBuilder } from 'kysely';
import { chunks } from './chunks.ts';
import { cutPage, pageLimit, readCursor } from './cursor.ts';
import { storeFault } from './faults.ts';
import { LOCAL_SCOPE } from './page.ts';
import type { ActionFilter, ActionRecords } from './records-api.ts';
import type { RecordDb, RecordTables } from './records-schema.ts';
import { targetKey } from './target-key.ts';

/** States in which something is still in force or to be done. */
export const OPEN_STATES: readonly ActionState[] = ['planned', 'running', 'active', 'undoing'];

const read = (row: { readonly body: string }): Action => JSON.parse(row.body) as Action; // written by `changing`

function scopeOf(target: ActionTarget): { cluster: string; namespace: string; service: string } {
  if (target.kind === 'workload') {
    const { cluster, namespace, service } = target.workload;
    return { cluster, namespace, service };
  }
  if (target.kind === 'account') return { ...LOCAL_SCOPE, service: target.service };
  return { ...LOCAL_SCOPE, service: target.source.kind === 'address' ? '' : target.source.service };
}

function changing(action: Action) {
  return {
    state: action.state,
    incident_id: action.cause.incident ?? null,
    updated_micros: action.updatedMicros,
    body: JSON.stringify(action),
  };
}

async function insert(db: RecordDb, action: Action): Promise<void> {
  await db
    .insertInto('actions')
    .values({
      id: action.id,
      ...scopeOf(action.target),
      kind: action.kind,
      target_key: targetKey(action.target),
      dry_run: action.dryRun ? 1 : 0,
      playbook: action.cause.playbook ?? null,
      created_micros: action.createdMicros,
      remembered: null,
      ...changing(action),
    })
    .execute();
  for (const part of chunks([...new Set(action.cause.findings)], 500)) {
    const rows = part.map((finding) => ({ action_id: action.id, finding_id: finding }));
    await db.insertInto('action_findings').values(rows).execute();
  }
}

function filterActions<O>(
  query: SelectQueryBuilder<RecordTables, 'actions', O>,
  filter: ActionFilter,
): SelectQueryBuilder<RecordTables, 'actions', O> {
  let made = query;
  if (filter.state !== undefined) made = made.where('state', '=', filter.state);
  if (filter.incident !== undefined) made = made.where('incident_id', '=', filter.incident);
  if (filter.kind !== undefined) made = made.where('kind', '=', filter.kind);
  if (filter.playbook !== undefined) made = made.where('playbook', '=', filter.playbook);
  if (filter.target !== undefined) made = made.where('target_key', '=', filter.target);
  if (filter.fromMicros !== undefined) made = made.where('created_micros', '>=', filter.fromMicros);
  if (filter.toMicros !== undefined) made = made.where('created_micros', '<', filter.toMicros);
  return made;
}

export function actionQuestions(db: RecordDb): ActionRecords {
  const inOrder = () => db.selectFrom('actions').select('body').orderBy('created_micros').orderBy('actions.id');
  return {
    insertAction: (action) => insert(db, action),

    async insertActionUnlessOpen(action) {
      const open = await db
        .selectFrom('actions')
        .select('id')
        .where('target_key', '=', targetKey(action.target))
        .where('kind', '=', action.kind)
        .where('dry_run', '=', action.dryRun ? 1 : 0)
        .where('state', 'in', OPEN_STATES)
        .limit(1)
        .executeTakeFirst();
      if (open) return false;
      await insert(db, action);
      return true;
    },

    async transitionAction({ id, from, to, remembered }) {
      if (to.id !== id) throw storeFault('store.bad-question', { value: 'id of the action' });
      const updated = await db
        .updateTable('actions')
        .set({ ...changing(to), ...(remembered ? { remembered: JSON.stringify(remembered) } : {}) })
        .where('id', '=', id)
        .where('state', 'in', from)
        .executeTakeFirst();
      if (updated.numUpdatedRows > 0n) return true;
      const known = await db.selectFrom('actions').select('id').where('id', '=', id).executeTakeFirst();
      if (!known) throw storeFault('store.missing', { id });
      return false;
    },

    async getAction(id) {
      const row = await db.selectFrom('actions').select('body').where('id', '=', id).executeTakeFirst();
      return row && read(row);
    },

    async remembered(id) {
      const row = await db.selectFrom('actions').select('remembered').where('id', '=', id).executeTakeFirst();
      return row?.remembered ? (JSON.parse(row.remembered) as Record<string, unknown>) : undefined; // an object went in
    },

    async pageActions(filter, page) {
      const limit = pageLimit(page.limit);
      const after = readCursor(page.cursor);
      let query = filterActions(db.selectFrom('actions').select(['created_micros', 'id', 'body']), filter);
      if (after) {
        query = query
          .where('created_micros', '<=', after.time)
          .where((where) => where.or([where('created_micros', '<', after.time), where('id', '<', after.id)]));
      }
      const rows = await query
        .orderBy('created_micros', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      return cutPage(rows, limit, (row) => ({ time: row.created_micros, id: row.id }), read);
    },

    async countActions(filter) {
      const query = filterActions(
        db.selectFrom('actions').select((make) => make.fn.countAll<number>().as('count')),
        filter,
      );
      return Number((await query.executeTakeFirstOrThrow()).count);
    },

    openActions: async () => (await inOrder().where('state', 'in', OPEN_STATES).execute()).map(read),
    activeActions: async () => (await inOrder().where('state', '=', 'active').execute()).map(read),
    actionsOfIncident: async (incident) => (await inOrder().where('incident_id', '=', incident).execute()).map(read),

    async actionsOfFinding(finding) {
      const query = inOrder()
        .innerJoin('action_findings', 'action_findings.action_id', 'actions.id')
        .where('action_findings.finding_id', '=', finding);
      return (await query.execute()).map(read);
    },
  };
}
