import { storeFault } from './faults.ts';
import { readCursor } from './cursor.ts';
import type { PageRequest } from './page.ts';
import type { TrafficColumn, TrafficFilter } from './traffic-api.ts';

// The questions about traffic as SQL that SQLite and DuckDB both read. Numbers stand in the text (checked to be integers),
// texts are parameters. A percentile is the nearest rank: the smallest value that is not below the share, so both agree.

export interface Statement {
  readonly sql: string;
  readonly values: readonly string[];
}

/** Name, portable type. The order is that of an appended row. */
export const EXCHANGE_COLUMNS = [
  ['id', 'VARCHAR'],
  ['parent', 'VARCHAR'],
  ['time_micros', 'BIGINT'],
  ['node', 'VARCHAR'],
  ['cluster', 'VARCHAR'],
  ['namespace', 'VARCHAR'],
  ['source', 'VARCHAR'],
  ['protocol', 'VARCHAR'],
  ['route', 'VARCHAR'],
  ['service', 'VARCHAR'],
  ['instance', 'VARCHAR'],
  ['mode', 'VARCHAR'],
  ['method', 'VARCHAR'],
  ['host', 'VARCHAR'],
  ['path', 'VARCHAR'],
  ['status', 'INTEGER'],
  ['address', 'VARCHAR'],
  ['user_agent', 'VARCHAR'],
  ['login_account', 'VARCHAR'],
  ['login_ok', 'INTEGER'],
  ['bytes_in', 'BIGINT'],
  ['bytes_out', 'BIGINT'],
  ['wait_micros', 'BIGINT'],
  ['connect_micros', 'BIGINT'],
  ['first_byte_micros', 'BIGINT'],
  ['inspect_micros', 'BIGINT'],
  ['total_micros', 'BIGINT'],
  ['verdict', 'VARCHAR'],
  ['findings', 'INTEGER'],
] as const;

export type ExchangeColumn = (typeof EXCHANGE_COLUMNS)[number][0];

const VERDICTS = ['passed', 'noted', 'limited', 'blocked', 'diverted', 'failed'] as const;
const TOP: Readonly<Record<TrafficColumn, string>> = {
  service: 'service',
  route: 'route',
  source: 'source',
  address: 'address',
  path: 'path',
  status: 'CAST(status AS VARCHAR)',
  verdict: 'verdict',
  instance: 'instance',
};

export const createTable = (table: string, idIs = ''): string =>
  `CREATE TABLE IF NOT EXISTS ${table} (${EXCHANGE_COLUMNS.map(([name, type]) => `${name} ${type}${name === 'id' ? idIs : ''}`).join(', ')})`;

export function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw storeFault('store.bad-question', { value });
  return String(value);
}

function where(filter: TrafficFilter): { readonly text: string; readonly values: readonly string[] } {
  const terms: string[] = [];
  const values: string[] = [];
  if (filter.fromMicros !== undefined) terms.push(`time_micros >= ${integer(filter.fromMicros)}`);
  if (filter.toMicros !== undefined) terms.push(`time_micros < ${integer(filter.toMicros)}`);
  for (const name of ['service', 'source', 'address', 'verdict'] as const) {
    const value = filter[name];
    if (value === undefined) continue;
    terms.push(`${name} = ?`);
    values.push(value);
  }
  if (filter.path !== undefined) {
    terms.push('instr(path, ?) > 0');
    values.push(filter.path);
  }
  return { text: terms.length > 0 ? `WHERE ${terms.join(' AND ')}` : '', values };
}

/** All rows of the tables that the filter lets through; texts are repeated for each table. */
export function rowsOf(tables: readonly string[], filter: TrafficFilter, columns: string): Statement {
  const { text, values } = where(filter);
  const parts = tables.map((table) => `SELECT ${columns} FROM ${table} ${text}`);
  return { sql: parts.join(' UNION ALL '), values: tables.flatMap(() => values) };
}

/** Counts by verdict, percentiles and bytes for each value of `key`. SQLite has no percentile by nearest rank: ranks are counted. */
export function grouped(
  dialect: 'duckdb' | 'sqlite',
  tables: readonly string[],
  filter: TrafficFilter,
  key: string,
): Statement {
  const columns = `${key} AS k, verdict, total_micros AS t, inspect_micros AS i, bytes_in + bytes_out AS b`;
  const rows = rowsOf(tables, filter, columns);
  const counts = VERDICTS.map(
    (verdict) => `CAST(sum(CASE WHEN verdict = '${verdict}' THEN 1 ELSE 0 END) AS DOUBLE) AS ${verdict}`,
  );
  const common = `k, CAST(count(*) AS DOUBLE) AS requests, ${counts.join(', ')}, CAST(sum(b) AS DOUBLE) AS bytes`;
  if (dialect === 'duckdb') {
    const rank = (column: string, share: string) => `CAST(quantile_disc(${column}, ${share}) AS DOUBLE)`;
    const ranks = `${rank('t', '0.5')} AS p50, ${rank('t', '0.99')} AS p99, ${rank('i', '0.99')} AS inspect_p99`;
    return { sql: `SELECT ${common}, ${ranks} FROM (${rows.sql}) AS r GROUP BY k`, values: rows.values };
  }
  const ranked = `SELECT *, row_number() OVER (PARTITION BY k ORDER BY t) AS rt, row_number() OVER (PARTITION BY k ORDER BY i) AS ri, count(*) OVER (PARTITION BY k) AS n FROM (${rows.sql})`;
  const rank = (column: string, order: string, percent: number) =>
    `CAST(max(CASE WHEN ${order} = (n * ${percent} + 99) / 100 THEN ${column} END) AS DOUBLE)`;
  const ranks = `${rank('t', 'rt', 50)} AS p50, ${rank('t', 'rt', 99)} AS p99, ${rank('i', 'ri', 99)} AS inspect_p99`;
  return { sql: `SELECT ${common}, ${ranks} FROM (${ranked}) GROUP BY k`, values: rows.values };
}

export function top(
  dialect: 'duckdb' | 'sqlite',
  tables: readonly string[],
  by: TrafficColumn,
  filter: TrafficFilter,
  limit: number,
): Statement {
  if (!Object.hasOwn(TOP, by)) throw storeFault('store.bad-question', { value: by });
  const { sql, values } = grouped(dialect, tables, filter, TOP[by]);
  return { sql: `${sql} ORDER BY requests DESC, k LIMIT ${integer(limit)}`, values };
}

export function search(tables: readonly string[], filter: TrafficFilter, page: PageRequest): Statement {
  const after = readCursor(page.cursor);
  const narrowed =
    after && (filter.toMicros === undefined || filter.toMicros > after.time)
      ? { ...filter, toMicros: after.time + 1 }
      : filter;
  const names = EXCHANGE_COLUMNS.map(([name]) => name).join(', ');
  const rows = rowsOf(tables, narrowed, names);
  const past = after ? `WHERE time_micros < ${integer(after.time)} OR id < ?` : '';
  return {
    sql: `SELECT * FROM (${rows.sql}) AS r ${past} ORDER BY time_micros DESC, id DESC LIMIT ${integer(page.limit + 1)}`,
    values: after ? [...rows.values, after.id] : rows.values,
  };
}

export function sessions(tables: readonly string[], address: string, sinceMicros: number): Statement {
  const rows = rowsOf(tables, { address, fromMicros: sinceMicros }, 'source, time_micros');
  return {
    sql: `SELECT source FROM (${rows.sql}) AS r WHERE source LIKE 'session:%' OR source LIKE 'token:%' GROUP BY source ORDER BY max(time_micros) DESC, source LIMIT 1000`,
    values: rows.values,
  };
}

export function flows(tables: readonly string[], filter: TrafficFilter): Statement {
  const rows = rowsOf(tables, filter, 'address, service, verdict');
  const count = (verdicts: string) => `CAST(sum(CASE WHEN verdict IN (${verdicts}) THEN 1 ELSE 0 END) AS DOUBLE)`;
  return {
    sql: `SELECT address AS a, service AS s, CAST(count(*) AS DOUBLE) AS requests, ${count("'blocked', 'limited'")} AS blocked, ${count("'diverted'")} AS diverted FROM (${rows.sql}) AS r GROUP BY a, s ORDER BY requests DESC, a, s`,
    values: rows.values,
  };
}
