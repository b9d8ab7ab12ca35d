import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { workerData } from 'node:worker_threads';
import { openSqlite, sqliteFault } from './sqlite-database.ts';
import type { TrafficRow, TrafficSize } from './traffic-api.ts';
import type { TrafficOptions } from './traffic-client.ts';
import { overlaps, sliceOf, type Slice, type TrafficEngine } from './traffic-engine.ts';
import { soundText, toCells, type SqlRow } from './traffic-rows.ts';
import { createTable, EXCHANGE_COLUMNS } from './traffic-sql.ts';
import { serveTraffic } from './traffic-worker.ts';

const tableOf = ({ start, length }: Slice): string => `exchanges_${start}_${length}`;
const PLACES = EXCHANGE_COLUMNS.map(() => '?').join(', ');

function slicesIn(db: DatabaseSync): readonly Slice[] {
  const rows = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'exchanges_%'").all();
  return rows.flatMap((row) => {
    const [, start, length] = /^exchanges_(\d+)_(\d+)$/.exec(String(row['name'])) ?? [];
    return start && length ? [{ start: Number(start), length: Number(length) }] : [];
  });
}

function makeSlice(db: DatabaseSync, slice: Slice): void {
  const table = tableOf(slice);
  db.exec(createTable(table, ' PRIMARY KEY'));
  db.exec(`CREATE INDEX IF NOT EXISTS ${table}_by_time ON ${table} (time_micros)`);
  db.exec(`CREATE INDEX IF NOT EXISTS ${table}_by_address ON ${table} (address, time_micros)`);
}

function appendTo(db: DatabaseSync, slice: Slice, rows: readonly TrafficRow[]): number {
  makeSlice(db, slice);
  const insert = db.prepare(`INSERT OR IGNORE INTO ${tableOf(slice)} VALUES (${PLACES})`);
  let fresh = 0;
  for (const row of rows) {
    const cells = toCells(row).map((cell): SQLInputValue => (typeof cell === 'string' ? soundText(cell) : cell));
    fresh += Number(insert.run(...cells).changes);
  }
  return fresh;
}

function engineOf(db: DatabaseSync, file: string, sliceSeconds: number): TrafficEngine {
  return {
    dialect: 'sqlite',
    tables: async (range) =>
      slicesIn(db)
        .filter((slice) => overlaps(slice, range))
        .map(tableOf),
    query: async ({ sql, values }) => db.prepare(sql).all(...values) as readonly SqlRow[], // columns are named in the text

    async append(rows) {
      db.exec('BEGIN IMMEDIATE');
      try {
        let fresh = 0;
        const bySlice = Map.groupBy(rows, (row) => sliceOf(row.timeMicros, sliceSeconds).start);
        for (const [start, own] of bySlice) fresh += appendTo(db, { start, length: sliceSeconds }, own);
        db.exec('COMMIT');
        return fresh;
      } catch (error) {
        if (db.isTransaction) db.exec('ROLLBACK');
        throw error;
      }
    },

    async dropBefore(micros) {
      const old = slicesIn(db).filter(({ start, length }) => (start + length) * 1e6 <= micros);
      for (const slice of old) db.exec(`DROP TABLE ${tableOf(slice)}`);
      return old.length;
    },

    async size(): Promise<TrafficSize> {
      const slices = slicesIn(db);
      const rows = slices.map((slice) =>
        Number(db.prepare(`SELECT count(*) AS n FROM ${tableOf(slice)}`).get()?.['n']),
      );
      const bytes = [file, `${file}-wal`].map((name) => statSync(name, { throwIfNoEntry: false })?.size ?? 0);
      const sum = (list: readonly number[]) => list.reduce((all, one) => all + one, 0);
      return { driver: 'sqlite', bytes: sum(bytes), rows: sum(rows), slices: slices.length, setAside: 0, messages: [] };
    },

    close: async () => db.close(),
  };
}

const options = workerData as TrafficOptions; // passed by `openTraffic`
const file = join(options.folder, 'traffic.sqlite');
await serveTraffic(
  async () => {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    const db = openSqlite({ file, folder: options.folder, synchronous: 'NORMAL' });
    return { engine: engineOf(db, file, options.sliceSeconds), messages: [] };
  },
  (error) => sqliteFault(error, file),
);
