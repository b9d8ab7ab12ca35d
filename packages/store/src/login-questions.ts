import { accountColumn, filterFindings } from './finding-questions.ts';
import { LOCAL_SCOPE } from './page.ts';
import type { LoginRecords } from './records-api.ts';
import type { RecordDb } from './records-schema.ts';

/** More addresses than this for one account would let who knows the password make an own exception list. */
const MAX_ADDRESSES = 32;
/** Bounds the disk that somebody with many accounts can fill. */
const MAX_LOGINS = 100_000;

async function remember(
  db: RecordDb,
  login: { readonly service: string; readonly account: string; readonly address: string; readonly timeMicros: number },
): Promise<void> {
  const account = accountColumn(login.account);
  const updated = await db
    .updateTable('logins')
    .set((make) => ({
      time_micros: make
        .case()
        .when('time_micros', '<', login.timeMicros)
        .then(login.timeMicros)
        .else(make.ref('time_micros'))
        .end(),
    }))
    .where('service', '=', login.service)
    .where('account', '=', account)
    .where('address', '=', login.address)
    .executeTakeFirst();
  if (updated.numUpdatedRows > 0n) return;
  const { service, address, timeMicros } = login;
  await db
    .insertInto('logins')
    .values({ ...LOCAL_SCOPE, service, account, address, time_micros: timeMicros })
    .execute();
  const eldest = await db
    .selectFrom('logins')
    .select('address')
    .where('service', '=', service)
    .where('account', '=', account)
    .orderBy('time_micros', 'desc')
    .orderBy('address')
    .limit(10)
    .offset(MAX_ADDRESSES)
    .execute();
  for (const row of eldest) {
    await db
      .deleteFrom('logins')
      .where('service', '=', service)
      .where('account', '=', account)
      .where('address', '=', row.address)
      .execute();
  }
}

async function dropEldest(db: RecordDb): Promise<void> {
  const kept = await db
    .selectFrom('logins')
    .select('time_micros')
    .orderBy('time_micros', 'desc')
    .limit(1)
    .offset(MAX_LOGINS - 1)
    .executeTakeFirst();
  if (kept) await db.deleteFrom('logins').where('time_micros', '<', kept.time_micros).execute();
}

export function loginQuestions(db: RecordDb): LoginRecords {
  return {
    async rememberLogins(logins) {
      for (const login of logins) await remember(db, login);
      await dropEldest(db);
    },

    async knownAddresses(service, account) {
      const rows = await db
        .selectFrom('logins')
        .select('address')
        .where('service', '=', service)
        .where('account', '=', accountColumn(account))
        .orderBy('time_micros', 'desc')
        .orderBy('address')
        .limit(MAX_ADDRESSES)
        .execute();
      return rows.map(({ address }) => address);
    },

    async loginFailures(filter) {
      const query = db
        .selectFrom('findings')
        .select((make) => [
          make.fn.countAll<number>().as('failures'),
          make.fn.count<number>('account').distinct().as('accounts'),
          make.fn.count<number>('address').distinct().as('addresses'),
        ]);
      const row = await filterFindings(query, { ...filter, detector: 'login' }).executeTakeFirstOrThrow();
      return { failures: Number(row.failures), accounts: Number(row.accounts), addresses: Number(row.addresses) };
    },
  };
}
