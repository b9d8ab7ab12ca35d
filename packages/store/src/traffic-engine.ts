import { pageLimit, cutPage } from './cursor.ts';
import { storeFault } from './faults.ts';
import type { TimeRange } from './page.ts';
import type { Traffic, TrafficRow, TrafficSize } from './traffic-api.ts';
import { readFlows, readHit, readSeries, readTop, readTotals, type SqlRow } from './traffic-rows.ts';
import { flows, grouped, integer, search, sessions, top, type Statement } from './traffic-sql.ts';

/** A stretch of time with its own file or table. Times in seconds, half-open. */
export interface Slice {
  readonly start: number;
  readonly length: number;
}

/** What a database must do so that the questions about traffic can be asked of it. */
export interface TrafficEngine {
  readonly dialect: 'duckdb' | 'sqlite';
  /** Tables that may hold rows of this range, ready to be read. */
  tables(range: TimeRange): Promise<readonly string[]>;
  query(statement: Statement): Promise<readonly SqlRow[]>;
  /** Answers how many were new. On disk when it resolves. */
  append(rows: readonly TrafficRow[]): Promise<number>;
  dropBefore(micros: number): Promise<number>;
  size(): Promise<TrafficSize>;
  close(): Promise<void>;
}

/** Above this one question about a chart would make more points than any screen has. */
const MAX_BUCKETS = 10_000;

export function sliceOf(timeMicros: number, length: number): Slice {
  return { start: Math.floor(timeMicros / 1e6 / length) * length, length };
}

export function overlaps(slice: Slice, { fromMicros, toMicros }: TimeRange): boolean {
  const start = slice.start * 1e6;
  const end = start + slice.length * 1e6;
  return (fromMicros === undefined || end > fromMicros) && (toMicros === undefined || start < toMicros);
}

export function trafficQuestions(engine: TrafficEngine): Traffic {
  const { dialect } = engine;
  const ask = async (range: TimeRange, make: (tables: readonly string[]) => Statement) => {
    const tables = await engine.tables(range);
    return tables.length === 0 ? [] : engine.query(make(tables));
  };

  return {
    append: (rows) => engine.append(rows),
    flush: async () => void (await engine.append([])),

    async series(range, bucketMicros, filter = {}) {
      const buckets = (range.toMicros - range.fromMicros) / bucketMicros;
      if (!(bucketMicros > 0) || !(buckets <= MAX_BUCKETS)) {
        throw storeFault('store.bad-question', { value: 'number of buckets' });
      }
      const size = integer(bucketMicros);
      // Not `/`: DuckDB divides integers to a fraction.
      const key = `(time_micros - time_micros % ${size})`;
      const rows = await ask(range, (tables) => grouped(dialect, tables, { ...filter, ...range }, key));
      const numbered = rows.map((row) => ({ ...row, k: Number(row['k']) / bucketMicros }));
      return readSeries(numbered, range, bucketMicros);
    },

    async totals(filter) {
      return readTotals((await ask(filter, (tables) => grouped(dialect, tables, filter, '0')))[0]);
    },

    async top(by, filter, limit) {
      const rows = await ask(filter, (tables) => top(dialect, tables, by, filter, pageLimit(limit)));
      return rows.map(readTop);
    },

    async search(filter, page) {
      const limit = pageLimit(page.limit);
      const rows = await ask(filter, (tables) => search(tables, filter, page));
      return cutPage(rows, limit, (row) => ({ time: Number(row['time_micros']), id: String(row['id']) }), readHit);
    },

    flows: async (filter, limit) => readFlows(await ask(filter, (tables) => flows(tables, filter)), pageLimit(limit)),

    async sessionsOfAddress(address, sinceMicros) {
      const rows = await ask({ fromMicros: sinceMicros }, (tables) => sessions(tables, address, sinceMicros));
      return rows.map((row) => String(row['source']));
    },

    dropBefore: (micros) => engine.dropBefore(micros),
    size: () => engine.size(),
  };
}
