import { statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { DatabaseSync } from 'node:sqlite';
import { Kysely, SqliteDialect } from 'kysely';
import { Migrator } from 'kysely/migration';
import { storeFault } from './faults.ts';
import { RECORD_METHODS, recordQuestions } from './record-questions.ts';
import { recordMigrations, type RecordTables } from './records-schema.ts';
import { kyselyDatabase, openSqlite, sqliteFault } from './sqlite-database.ts';
import { faultData, type Answer, type Ask } from './worker-protocol.ts';

// Group commit. Questions that arrive while a transaction is being synced wait, and share the next one. Invariants:
// 1. A write is answered after the COMMIT that holds it returned, with synchronous=FULL.
// 2. A question that fails takes back its own changes (savepoint), not those of its neighbours.
// 3. When the transaction itself is lost (disk full), every write in it is answered with that fault.

export interface RecordsWorkerData {
  readonly file: string;
  readonly folder: string;
  readonly maxPages?: number;
}

type Question = (...args: readonly unknown[]) => Promise<unknown>;
const MAX_BATCH = 256;

class RecordsWorker {
  readonly #db: DatabaseSync;
  readonly #file: string;
  readonly #questions: Readonly<Record<string, Question>>;
  readonly #queue: Ask[] = [];
  #running = false;

  constructor(db: DatabaseSync, file: string, kysely: Kysely<RecordTables>) {
    this.#db = db;
    this.#file = file;
    const questions = recordQuestions(kysely) as unknown as Record<string, Question>; // names are checked against RECORD_METHODS
    this.#questions = { ...questions, sizeBytes: async () => fileBytes(file) };
  }

  take(ask: Ask): void {
    this.#queue.push(ask);
    if (this.#running) return;
    this.#running = true;
    setImmediate(() => void this.#drain());
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const close = this.#queue.findIndex(({ method }) => method === 'close');
      const batch = this.#queue.splice(0, close > 0 ? Math.min(close, MAX_BATCH) : close === 0 ? 1 : MAX_BATCH);
      const writes = batch.some(({ method }) => RECORD_METHODS[method as keyof typeof RECORD_METHODS] === 'write');
      for (const answer of writes ? await this.#inTransaction(batch) : await this.#plainly(batch)) send(answer);
      // Lets messages in that arrived meanwhile.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#running = false;
  }

  async #plainly(batch: readonly Ask[]): Promise<readonly Answer[]> {
    const answers: Answer[] = [];
    for (const ask of batch) answers.push(await this.#answer(ask));
    return answers;
  }

  async #inTransaction(batch: readonly Ask[]): Promise<readonly Answer[]> {
    const answers: Answer[] = [];
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      for (const ask of batch) answers.push(await this.#inSavepoint(ask));
      this.#db.exec('COMMIT');
      return answers;
    } catch (error) {
      if (this.#db.isOpen && this.#db.isTransaction) this.#db.exec('ROLLBACK');
      const fault = faultData(sqliteFault(error, this.#file));
      return batch.map(({ id }) => ({ kind: 'fault', id, fault }));
    }
  }

  async #inSavepoint(ask: Ask): Promise<Answer> {
    this.#db.exec('SAVEPOINT question');
    const answer = await this.#answer(ask);
    // SQLite rolls the whole transaction back by itself on some errors (https://sqlite.org/lang_transaction.html, 2.3).
    if (!this.#db.isTransaction) {
      throw answer.kind === 'fault'
        ? storeFault(answer.fault.code as 'store.failed', answer.fault.context) // a code of this package: `sqliteFault` made it
        : storeFault('store.failed');
    }
    this.#db.exec(answer.kind === 'fault' ? 'ROLLBACK TO question; RELEASE question' : 'RELEASE question');
    return answer;
  }

  async #answer({ id, method, args }: Ask): Promise<Answer> {
    try {
      if (method === 'close') return { kind: 'value', id, value: this.#close() };
      const question = Object.hasOwn(RECORD_METHODS, method) ? this.#questions[method] : undefined;
      if (!question) throw storeFault('store.failed', { method });
      return { kind: 'value', id, value: await question(...args) };
    } catch (error) {
      return { kind: 'fault', id, fault: faultData(sqliteFault(error, this.#file)) };
    }
  }

  #close(): undefined {
    this.#db.close();
  }
}

function fileBytes(file: string): number {
  return [file, `${file}-wal`].reduce((sum, name) => sum + (statSync(name, { throwIfNoEntry: false })?.size ?? 0), 0);
}

function send(answer: Answer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(answer);
}

async function migrate(db: Kysely<RecordTables>, file: string): Promise<void> {
  const migrator = new Migrator({ db, provider: recordMigrations });
  const done = await migrator.getMigrations();
  const known = Object.keys(await recordMigrations.getMigrations());
  const { error } = await migrator.migrateToLatest();
  if (!error) return;
  if (String(error).includes('corrupted migrations')) throw storeFault('store.newer', { file, known, done }, error);
  throw sqliteFault(error, file);
}

async function start({ file, folder, maxPages }: RecordsWorkerData): Promise<void> {
  const db = openSqlite({ file, folder, synchronous: 'FULL', ...(maxPages ? { maxPages } : {}) });
  try {
    const kysely = new Kysely<RecordTables>({ dialect: new SqliteDialect({ database: kyselyDatabase(db) }) });
    await migrate(kysely, file);
    const worker = new RecordsWorker(db, file, kysely);
    parentPort?.on('message', (ask: Ask) => worker.take(ask));
  } catch (error) {
    if (db.isOpen) db.close();
    throw error;
  }
}

const options = workerData as RecordsWorkerData; // passed by `openStore`
try {
  await start(options);
  send({ kind: 'ready' });
} catch (error) {
  send({ kind: 'ready', fault: faultData(sqliteFault(error, options.file)) });
}
