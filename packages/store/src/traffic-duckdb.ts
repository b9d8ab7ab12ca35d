import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBAppender, type DuckDBConnection } from '@duckdb/node-api';
import { Fault } from '@seawall/faults';
import { chunks } from './chunks.ts';
import { storeFault } from './faults.ts';
import type { TimeRange } from './page.ts';
import type { TrafficRow, TrafficSize } from './traffic-api.ts';
import type { TrafficOptions } from './traffic-client.ts';
import { overlaps, sliceOf, type Slice, type TrafficEngine } from './traffic-engine.ts';
import { soundText, toCells, type SqlRow } from './traffic-rows.ts';
import { createTable, EXCHANGE_COLUMNS, integer, type Statement } from './traffic-sql.ts';

// One file a slice, attached to an instance in memory. Invariants:
// 1. Appends run one after another on their own connection, questions on another.
// 2. A slice is detached only while neither runs (`#alone`).
// 3. A file that cannot be attached is renamed to `*.aside-N`, counted and named; it never stops the start or an append.

const FILE = /^slice-(\d+)-(\d+)\.duckdb$/;
const nameOf = ({ start, length }: Slice): string => `slice-${start}-${length}`;
const tableOf = (slice: Slice): string => `"${nameOf(slice)}".main.exchanges`;
const isText = new Set(EXCHANGE_COLUMNS.flatMap(([, type], index) => (type === 'VARCHAR' ? [index] : [])));
const isInteger = new Set(EXCHANGE_COLUMNS.flatMap(([, type], index) => (type === 'INTEGER' ? [index] : [])));

export function duckdbFault(error: unknown, folder: string): Fault {
  if (error instanceof Fault) return error;
  const text = String(error);
  if (/no space left|disk is full|could not write/i.test(text)) {
    return storeFault('store.disk-full', { folder, cause: text }, error);
  }
  if (/could not set lock|conflicting lock/i.test(text)) return storeFault('store.locked', { folder }, error);
  return storeFault('store.failed', { folder, cause: text }, error);
}

export class DuckdbEngine implements TrafficEngine {
  readonly dialect = 'duckdb';
  readonly messages: string[] = [];
  readonly #options: TrafficOptions;
  readonly #slices = new Map<string, Slice>();
  readonly #attached = new Set<string>();
  #instance: DuckDBInstance;
  #appends: DuckDBConnection;
  #queries: DuckDBConnection;
  #appendTail: Promise<unknown> = Promise.resolve();
  #queryTail: Promise<unknown> = Promise.resolve();
  #setAside = 0;

  private constructor(
    options: TrafficOptions,
    instance: DuckDBInstance,
    appends: DuckDBConnection,
    queries: DuckDBConnection,
  ) {
    this.#options = options;
    this.#instance = instance;
    this.#appends = appends;
    this.#queries = queries;
  }

  static async open(options: TrafficOptions): Promise<DuckdbEngine> {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    const instance = await makeInstance(options);
    const engine = new DuckdbEngine(options, instance, await instance.connect(), await instance.connect());
    for (const file of readdirSync(options.folder)) {
      const [, start, length] = FILE.exec(file) ?? [];
      if (!start || !length) continue;
      const slice = { start: Number(start), length: Number(length) };
      engine.#slices.set(nameOf(slice), slice);
      await engine.#attach(slice);
    }
    return engine;
  }

  tables(range: TimeRange): Promise<readonly string[]> {
    const slices = [...this.#slices.values()].filter(
      (slice) => this.#attached.has(nameOf(slice)) && overlaps(slice, range),
    );
    return Promise.resolve(slices.map(tableOf));
  }

  query({ sql, values }: Statement): Promise<readonly SqlRow[]> {
    return this.#inTurn('#queryTail', () => this.#rows(this.#queries, sql, values));
  }

  append(rows: readonly TrafficRow[]): Promise<number> {
    return this.#inTurn('#appendTail', async () => {
      let fresh = 0;
      const length = this.#options.sliceSeconds;
      const bySlice = Map.groupBy(rows, (row) => sliceOf(row.timeMicros, length).start);
      for (const [start, own] of bySlice) fresh += await this.#appendTo({ start, length }, own);
      return fresh;
    });
  }

  dropBefore(micros: number): Promise<number> {
    return this.#alone(async () => {
      const old = [...this.#slices.values()].filter(({ start, length }) => (start + length) * 1e6 <= micros);
      for (const slice of old) {
        const name = nameOf(slice);
        if (this.#attached.delete(name)) await this.#appends.run(`DETACH "${name}"`);
        this.#slices.delete(name);
        for (const file of [this.#file(slice), `${this.#file(slice)}.wal`]) rmSync(file, { force: true });
      }
      return old.length;
    });
  }

  async size(): Promise<TrafficSize> {
    const tables = await this.tables({});
    const counts = tables.map((table) => `(SELECT count(*) FROM ${table})`).join(' + ');
    const [row] =
      tables.length > 0 ? await this.query({ sql: `SELECT CAST(${counts} AS DOUBLE) AS n`, values: [] }) : [];
    const { folder } = this.#options;
    const bytes = readdirSync(folder).reduce(
      (sum, file) => sum + (statSync(join(folder, file), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
    const rows = Number(row?.['n'] ?? 0);
    const slices = this.#slices.size;
    return { driver: 'duckdb', bytes, rows, slices, setAside: this.#setAside, messages: this.messages };
  }

  close(): Promise<void> {
    return this.#alone(async () => {
      for (const name of this.#attached) await this.#appends.run(`DETACH "${name}"`);
      this.#attached.clear();
      this.#appends.closeSync();
      this.#queries.closeSync();
      this.#instance.closeSync();
    });
  }

  #file(slice: Slice): string {
    return join(this.#options.folder, `${nameOf(slice)}.duckdb`);
  }

  async #attach(slice: Slice): Promise<boolean> {
    const name = nameOf(slice);
    if (this.#attached.has(name)) return true;
    const path = this.#file(slice).replaceAll("'", "''");
    try {
      await this.#appends.run(`ATTACH '${path}' AS "${name}"`);
      await this.#appends.run(createTable(tableOf(slice)));
    } catch (error) {
      const fault = duckdbFault(error, this.#options.folder);
      if (fault.code !== 'store.failed') throw fault;
      await this.#appends.run(`DETACH DATABASE IF EXISTS "${name}"`);
      this.#putAside(slice, error);
      return false;
    }
    this.#slices.set(name, slice);
    this.#attached.add(name);
    return true;
  }

  #putAside(slice: Slice, error: unknown): void {
    const file = this.#file(slice);
    let suffix = 1;
    while (existsSync(`${file}.aside-${suffix}`)) suffix += 1;
    for (const [from, to] of [
      [file, `${file}.aside-${suffix}`],
      [`${file}.wal`, `${file}.aside-${suffix}.wal`],
    ] as const) {
      if (existsSync(from)) renameSync(from, to);
    }
    this.#slices.delete(nameOf(slice));
    this.#setAside += 1;
    this.messages.push(
      `traffic slice ${nameOf(slice)} is damaged and was put aside as ${file}.aside-${suffix}: ${String(error).slice(0, 300)}`,
    );
  }

  async #appendTo(slice: Slice, rows: readonly TrafficRow[]): Promise<number> {
    if (!(await this.#attach(slice)) && !(await this.#attach(slice))) {
      throw storeFault('store.io', { folder: this.#options.folder });
    }
    try {
      const fresh = await this.#unseen(slice, rows);
      if (fresh.length > 0) {
        await this.#appends.run('BEGIN');
        const appender = await this.#appends.createAppender('exchanges', 'main', nameOf(slice));
        for (const row of fresh) appendRow(appender, row);
        appender.closeSync();
        await this.#appends.run('COMMIT');
      }
      return fresh.length;
    } catch (error) {
      await this.#recover(error);
      throw duckdbFault(error, this.#options.folder);
    }
  }

  /** Rows of a batch that was sent again are left out; the time range keeps the look-up to few row groups. */
  async #unseen(slice: Slice, rows: readonly TrafficRow[]): Promise<readonly TrafficRow[]> {
    const seen = new Set<string>();
    for (const part of chunks(rows, 2000)) {
      let from = Number.MAX_SAFE_INTEGER;
      let to = 0;
      for (const { timeMicros } of part) {
        from = Math.min(from, timeMicros);
        to = Math.max(to, timeMicros);
      }
      const sql = `SELECT id FROM ${tableOf(slice)} WHERE time_micros BETWEEN ${integer(from)} AND ${integer(to)}`;
      for (const row of await this.#rows(this.#appends, sql, [])) seen.add(String(row['id']));
    }
    return rows.filter(({ exchange }) => !seen.has(exchange.id) && seen.add(exchange.id));
  }

  async #rows(connection: DuckDBConnection, sql: string, values: readonly string[]): Promise<readonly SqlRow[]> {
    const reader = await connection.runAndReadAll(sql, [...values]);
    return reader.getRowObjectsJS();
  }

  async #rollBack(): Promise<void> {
    try {
      await this.#appends.run('ROLLBACK');
    } catch (error) {
      if (!/no transaction/i.test(String(error))) throw error; // the failure itself may have ended it
    }
  }

  /** After some failures (a full disk while checkpointing) DuckDB refuses all further work until it is opened anew. */
  async #recover(error: unknown): Promise<void> {
    if (!/invalidated/i.test(String(error))) {
      await this.#rollBack();
      return;
    }
    await this.#queryTail;
    this.#appends.closeSync();
    this.#queries.closeSync();
    this.#instance.closeSync();
    this.#instance = await makeInstance(this.#options);
    this.#appends = await this.#instance.connect();
    this.#queries = await this.#instance.connect();
    this.#attached.clear();
    for (const slice of this.#slices.values()) await this.#attach(slice);
  }

  #inTurn<T>(lane: '#appendTail' | '#queryTail', work: () => Promise<T>): Promise<T> {
    const tail = lane === '#appendTail' ? this.#appendTail : this.#queryTail;
    const result = tail.then(work);
    const settled = result.catch((_reported: unknown) => undefined); // who asked gets the error
    if (lane === '#appendTail') this.#appendTail = settled;
    else this.#queryTail = settled;
    return result;
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = Promise.all([this.#appendTail, this.#queryTail]).then(work);
    const settled = result.catch((_reported: unknown) => undefined); // who asked gets the error
    this.#appendTail = settled;
    this.#queryTail = settled;
    return result;
  }
}

function makeInstance(options: TrafficOptions): Promise<DuckDBInstance> {
  return DuckDBInstance.create(':memory:', {
    memory_limit: options.memoryLimit,
    threads: String(options.threads),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    temp_directory: join(options.folder, 'temporary'),
  });
}

function appendRow(appender: DuckDBAppender, row: TrafficRow): void {
  for (const [index, cell] of toCells(row).entries()) {
    if (cell === null) appender.appendNull();
    else if (isText.has(index)) appender.appendVarchar(soundText(String(cell)));
    else if (isInteger.has(index)) appender.appendInteger(Number(cell));
    else appender.appendBigInt(BigInt(cell));
  }
  appender.endRow();
}
