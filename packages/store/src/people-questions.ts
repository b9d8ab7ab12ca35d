import type { Selectable } from 'kysely';
import type { OneTimeSecret, PeopleRecords, User } from './records-api.ts';
import type { RecordDb, RecordTables } from './records-schema.ts';

function readUser(row: Selectable<RecordTables['users']>): User {
  return {
    name: row.name,
    role: row.role as User['role'], // written from a user
    passwordHash: row.password_hash,
    createdMicros: row.created_micros,
  };
}

function readSecret(row: Selectable<RecordTables['secrets']>): OneTimeSecret {
  return {
    hash: row.hash,
    purpose: row.purpose,
    user: row.user_name,
    createdMicros: row.created_micros,
    expiresMicros: row.expires_micros,
  };
}

export function peopleQuestions(db: RecordDb): PeopleRecords {
  return {
    async countUsers() {
      const row = await db
        .selectFrom('users')
        .select((make) => make.fn.countAll<number>().as('count'))
        .executeTakeFirst();
      return Number(row?.count ?? 0);
    },

    async addUser({ name, role, passwordHash, createdMicros }) {
      const values = { name, role, password_hash: passwordHash, created_micros: createdMicros };
      await db.insertInto('users').values(values).execute();
    },

    async getUser(name) {
      const row = await db.selectFrom('users').selectAll().where('name', '=', name).executeTakeFirst();
      return row && readUser(row);
    },

    listUsers: async () => (await db.selectFrom('users').selectAll().orderBy('name').execute()).map(readUser),

    async setPassword(name, passwordHash) {
      const set = db.updateTable('users').set({ password_hash: passwordHash }).where('name', '=', name);
      return (await set.executeTakeFirst()).numUpdatedRows > 0n;
    },

    async addSession({ idHash, user, csrf, createdMicros, expiresMicros }) {
      const times = { created_micros: createdMicros, expires_micros: expiresMicros };
      await db
        .insertInto('user_sessions')
        .values({ id_hash: idHash, user_name: user, csrf, ...times })
        .execute();
    },

    async getSession(idHash, nowMicros) {
      const row = await db
        .selectFrom('user_sessions')
        .innerJoin('users', 'users.name', 'user_sessions.user_name')
        .select(['csrf', 'expires_micros', 'user_sessions.created_micros', 'users.name', 'users.role'])
        .where('id_hash', '=', idHash)
        .where('expires_micros', '>', nowMicros)
        .executeTakeFirst();
      return (
        row && {
          idHash,
          user: row.name,
          csrf: row.csrf,
          createdMicros: row.created_micros,
          expiresMicros: row.expires_micros,
          role: row.role as User['role'], // written from a user
        }
      );
    },

    async removeSession(idHash) {
      await db.deleteFrom('user_sessions').where('id_hash', '=', idHash).execute();
    },

    async removeSessionsOf(user, exceptIdHash) {
      const query = db.deleteFrom('user_sessions').where('user_name', '=', user);
      const narrowed = exceptIdHash === undefined ? query : query.where('id_hash', '!=', exceptIdHash);
      return Number((await narrowed.executeTakeFirst()).numDeletedRows);
    },

    async addSecret({ hash, purpose, user, createdMicros, expiresMicros }) {
      const times = { created_micros: createdMicros, expires_micros: expiresMicros };
      await db
        .insertInto('secrets')
        .values({ hash, purpose, user_name: user, ...times })
        .execute();
    },

    async takeSecret(hash, purpose, nowMicros) {
      const row = await db
        .selectFrom('secrets')
        .selectAll()
        .where('hash', '=', hash)
        .where('purpose', '=', purpose)
        .where((where) => where.or([where('expires_micros', 'is', null), where('expires_micros', '>', nowMicros)]))
        .executeTakeFirst();
      if (!row) return undefined;
      const taken = await db.deleteFrom('secrets').where('hash', '=', hash).executeTakeFirst();
      return taken.numDeletedRows > 0n ? readSecret(row) : undefined;
    },

    async removeSecrets(purpose) {
      return Number((await db.deleteFrom('secrets').where('purpose', '=', purpose).executeTakeFirst()).numDeletedRows);
    },
  };
}
