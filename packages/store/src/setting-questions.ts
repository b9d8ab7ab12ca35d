import { Mode, type Exception, type ServiceLikeness } from '@seawall/contract';
import { LOCAL_SCOPE } from './page.ts';
import type { SettingRecords } from './records-api.ts';
import type { RecordDb } from './records-schema.ts';

const MODE_PREFIX = 'mode:';
const readException = (row: { readonly body: string }): Exception => JSON.parse(row.body) as Exception; // written below

async function put(db: RecordDb, key: string, value: unknown): Promise<void> {
  const text = JSON.stringify(value ?? null);
  const updated = await db
    .updateTable('settings')
    .set({ value: text })
    .where('setting_key', '=', key)
    .executeTakeFirst();
  if (updated.numUpdatedRows > 0n) return;
  await db.insertInto('settings').values({ setting_key: key, value: text }).execute();
}

async function remove(db: RecordDb, key: string): Promise<void> {
  await db.deleteFrom('settings').where('setting_key', '=', key).execute();
}

export function settingQuestions(db: RecordDb): SettingRecords {
  return {
    async addException(exception) {
      const { id, createdMicros, expiresMicros } = exception;
      const body = JSON.stringify(exception);
      await db
        .insertInto('exceptions')
        .values({ id, created_micros: createdMicros, expires_micros: expiresMicros, body })
        .execute();
    },

    async getException(id) {
      const row = await db.selectFrom('exceptions').select('body').where('id', '=', id).executeTakeFirst();
      return row && readException(row);
    },

    async listExceptions(validAtMicros) {
      let query = db.selectFrom('exceptions').select('body');
      if (validAtMicros !== undefined) {
        query = query.where((where) =>
          where.or([where('expires_micros', 'is', null), where('expires_micros', '>', validAtMicros)]),
        );
      }
      return (await query.orderBy('created_micros', 'desc').orderBy('id').execute()).map(readException);
    },

    async removeException(id) {
      return (await db.deleteFrom('exceptions').where('id', '=', id).executeTakeFirst()).numDeletedRows > 0n;
    },

    async getSetting(key) {
      const row = await db.selectFrom('settings').select('value').where('setting_key', '=', key).executeTakeFirst();
      return row ? (JSON.parse(row.value) as unknown) : undefined;
    },
    putSetting: (key, value) => put(db, key, value),
    removeSetting: (key) => remove(db, key),

    async modeOverrides() {
      const rows = await db
        .selectFrom('settings')
        .selectAll()
        .where('setting_key', 'like', `${MODE_PREFIX}%`)
        .execute();
      return Object.fromEntries(
        rows.map((row) => [row.setting_key.slice(MODE_PREFIX.length), Mode.parse(JSON.parse(row.value))]),
      );
    },
    setModeOverride: (route, mode) =>
      mode === null ? remove(db, MODE_PREFIX + route) : put(db, MODE_PREFIX + route, mode),

    async putLikeness(likeness, scope = LOCAL_SCOPE) {
      const body = JSON.stringify(likeness);
      const updated = await db
        .updateTable('likeness')
        .set({ body })
        .where('cluster', '=', scope.cluster)
        .where('namespace', '=', scope.namespace)
        .where('service', '=', likeness.service)
        .executeTakeFirst();
      if (updated.numUpdatedRows > 0n) return;
      await db
        .insertInto('likeness')
        .values({ cluster: scope.cluster, namespace: scope.namespace, service: likeness.service, body })
        .execute();
    },

    async listLikeness() {
      const rows = await db.selectFrom('likeness').select('body').orderBy('service').execute();
      return rows.map((row) => JSON.parse(row.body) as ServiceLikeness); // written above
    },
  };
}
