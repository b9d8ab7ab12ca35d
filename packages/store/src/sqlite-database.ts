import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import { Fault } from '@seawall/faults';
import { storeFault } from './faults.ts';

// https://sqlite.org/rescode.html, primary codes; extended codes carry more in their upper bits.
const SQLITE = {
  busy: 5,
  locked: 6,
  readonly: 8,
  ioerr: 10,
  corrupt: 11,
  full: 13,
  cantopen: 14,
  constraint: 19,
  notadb: 26,
};
const UNIQUE_CODES = new Set([1555, 2067]);

/** Above this a check of every page at start would hold up protection for seconds. */
const MAX_CHECKED_BYTES = 256 * 1024 * 1024;
const MAX_STATEMENTS = 500;

/** Turns what `node:sqlite` throws into a fault of this package. */
export function sqliteFault(error: unknown, file: string): Fault {
  if (error instanceof Fault) return error;
  const code = (error as { errcode?: unknown }).errcode; // node:sqlite puts the extended code there
  if (typeof code !== 'number') return storeFault('store.failed', { file, cause: String(error) }, error);
  const primary = code & 0xff;
  if (primary === SQLITE.full) return storeFault('store.disk-full', { file }, error);
  if (primary === SQLITE.busy || primary === SQLITE.locked) return storeFault('store.locked', { folder: file }, error);
  if (primary === SQLITE.corrupt || primary === SQLITE.notadb) return storeFault('store.corrupt', { file }, error);
  if (primary === SQLITE.ioerr || primary === SQLITE.cantopen || primary === SQLITE.readonly) {
    return storeFault('store.io', { file, cause: String(error) }, error);
  }
  if (UNIQUE_CODES.has(code)) return storeFault('store.exists', { cause: String(error) }, error);
  return storeFault('store.failed', { file, cause: String(error) }, error);
}

export interface OpenSqlite {
  readonly file: string;
  readonly folder: string;
  readonly synchronous: 'FULL' | 'NORMAL';
  /** For tests of a full disk. */
  readonly maxPages?: number;
}

/**
 * Opens for this process alone: the lock of `locking_mode=EXCLUSIVE` is one of the kernel, so a killed process leaves
 * none behind, and a second one is refused instead of sharing.
 */
export function openSqlite(options: OpenSqlite): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    refuseForeignFile(options.file);
    db = new DatabaseSync(options.file, { timeout: 1000 });
    db.exec('PRAGMA locking_mode=EXCLUSIVE');
    db.exec('PRAGMA journal_mode=WAL');
    db.exec('BEGIN IMMEDIATE; COMMIT');
    db.exec(`PRAGMA synchronous=${options.synchronous}`);
    db.exec('PRAGMA temp_store=MEMORY');
    db.exec('PRAGMA foreign_keys=ON');
    db.exec('PRAGMA journal_size_limit=67108864');
    if (options.maxPages) db.exec(`PRAGMA max_page_count=${options.maxPages}`);
    checkPages(db, options.file);
    return db;
  } catch (error) {
    if (db?.isOpen) db.close();
    const fault = sqliteFault(error, options.file);
    throw fault.code === 'store.locked' ? storeFault('store.locked', { folder: options.folder }, error) : fault;
  }
}

/** SQLite takes a file with a broken header for one with another encoding or an empty one in some cases. */
function refuseForeignFile(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return;
  const head = Buffer.alloc(16);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, head, 0, 16, 0);
  } finally {
    closeSync(handle);
  }
  if (head.toString('latin1') !== 'SQLite format 3\0') throw storeFault('store.corrupt', { file });
}

function checkPages(db: DatabaseSync, file: string): void {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_CHECKED_BYTES) return;
  const row = db.prepare('PRAGMA quick_check(1)').get();
  if (row?.['quick_check'] !== 'ok') throw storeFault('store.corrupt', { file, found: row?.['quick_check'] });
}

/** The few members of a database that Kysely's SQLite dialect asks for. */
export function kyselyDatabase(db: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => db.close(),
    prepare(sql) {
      const known = statements.get(sql);
      if (known) return known;
      const made = kyselyStatement(db.prepare(sql));
      if (statements.size >= MAX_STATEMENTS) statements.clear();
      statements.set(sql, made);
      return made;
    },
  };
}

function kyselyStatement(statement: StatementSync): SqliteStatement {
  const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[]; // the tables' types allow no others
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...values(parameters)),
    run: (parameters) => statement.run(...values(parameters)),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  };
}
