import type { Exchange, Flow, Verdict } from '@seawall/contract';
import { LOCAL_SCOPE } from './page.ts';
import type { TrafficHit, TrafficPoint, TrafficRow, TrafficTop, TrafficTotals } from './traffic-api.ts';
import type { ExchangeColumn } from './traffic-sql.ts';

export type Cell = string | number | null;
export type SqlRow = Readonly<Record<string, unknown>>;

export function toCells({ timeMicros, node, scope = LOCAL_SCOPE, source, exchange }: TrafficRow): readonly Cell[] {
  const e = exchange;
  const cells: Record<ExchangeColumn, Cell> = {
    id: e.id,
    parent: e.parent ?? null,
    time_micros: timeMicros,
    node,
    cluster: scope.cluster,
    namespace: scope.namespace,
    source,
    protocol: e.protocol,
    route: e.route,
    service: e.service,
    instance: e.instance,
    mode: e.mode,
    method: e.method,
    host: e.host,
    path: e.path,
    status: e.status,
    address: e.address,
    user_agent: e.userAgent,
    login_account: e.login?.account ?? null,
    login_ok: e.login ? Number(e.login.ok) : null,
    bytes_in: e.bytesIn,
    bytes_out: e.bytesOut,
    wait_micros: e.waitMicros,
    connect_micros: e.connectMicros,
    first_byte_micros: e.firstByteMicros,
    inspect_micros: e.inspectMicros,
    total_micros: e.totalMicros,
    verdict: e.verdict,
    findings: e.findings,
  };
  return Object.values(cells); // in the order written, which is that of EXCHANGE_COLUMNS
}

/** Attackers' text may hold what a database refuses or cuts at. */
export function soundText(text: string): string {
  return text.includes('\0') || !text.isWellFormed() ? text.toWellFormed().replaceAll('\0', '\uFFFD') : text;
}

const text = (row: SqlRow, name: string): string => String(row[name] ?? '');
const number = (row: SqlRow, name: string): number => Number(row[name] ?? 0);

export function readHit(row: SqlRow): TrafficHit {
  const login = row['login_account'];
  const exchange = {
    id: text(row, 'id'),
    ...(row['parent'] ? { parent: text(row, 'parent') } : {}),
    protocol: text(row, 'protocol'),
    route: text(row, 'route'),
    service: text(row, 'service'),
    instance: text(row, 'instance'),
    mode: text(row, 'mode'),
    method: text(row, 'method'),
    host: text(row, 'host'),
    path: text(row, 'path'),
    status: number(row, 'status'),
    address: text(row, 'address'),
    userAgent: text(row, 'user_agent'),
    ...(login === null || login === undefined
      ? {}
      : { login: { account: String(login), ok: number(row, 'login_ok') === 1 } }),
    bytesIn: number(row, 'bytes_in'),
    bytesOut: number(row, 'bytes_out'),
    waitMicros: number(row, 'wait_micros'),
    connectMicros: number(row, 'connect_micros'),
    firstByteMicros: number(row, 'first_byte_micros'),
    inspectMicros: number(row, 'inspect_micros'),
    totalMicros: number(row, 'total_micros'),
    verdict: text(row, 'verdict'),
    findings: number(row, 'findings'),
  };
  // An exchange went in through `toCells`.
  return { timeMicros: number(row, 'time_micros'), source: text(row, 'source'), exchange: exchange as Exchange };
}

export function readTop(row: SqlRow): TrafficTop {
  const blocked = number(row, 'blocked') + number(row, 'limited') + number(row, 'diverted');
  return { value: text(row, 'k'), requests: number(row, 'requests'), blocked, p99Micros: number(row, 'p99') };
}

function readVerdicts(row: SqlRow): Record<Verdict, number> {
  return {
    passed: number(row, 'passed'),
    noted: number(row, 'noted'),
    limited: number(row, 'limited'),
    blocked: number(row, 'blocked'),
    diverted: number(row, 'diverted'),
    failed: number(row, 'failed'),
  };
}

const figures = (row: SqlRow) => ({
  p50Micros: number(row, 'p50'),
  p99Micros: number(row, 'p99'),
  inspectMicrosP99: number(row, 'inspect_p99'),
  bytes: number(row, 'bytes'),
});

export function readTotals(row: SqlRow = {}): TrafficTotals {
  return { requests: number(row, 'requests'), verdicts: readVerdicts(row), ...figures(row) };
}

/** Every bucket of the range; those that the database did not answer are empty. */
export function readSeries(
  rows: readonly SqlRow[],
  range: { readonly fromMicros: number; readonly toMicros: number },
  bucketMicros: number,
): readonly TrafficPoint[] {
  const byBucket = new Map(rows.map((row) => [number(row, 'k'), row]));
  const points: TrafficPoint[] = [];
  const last = Math.ceil(range.toMicros / bucketMicros);
  for (let bucket = Math.floor(range.fromMicros / bucketMicros); bucket < last; bucket++) {
    const row = byBucket.get(bucket) ?? {};
    points.push({ timeMs: Math.floor((bucket * bucketMicros) / 1000), ...readVerdicts(row), ...figures(row) });
  }
  return points;
}

export function readFlows(rows: readonly SqlRow[], limit: number): readonly Flow[] {
  const flow = (row: SqlRow): Flow => ({
    from: text(row, 'a'),
    to: text(row, 's'),
    requests: number(row, 'requests'),
    blocked: number(row, 'blocked'),
    diverted: number(row, 'diverted'),
  });
  const rest = new Map<string, Flow>();
  for (const one of rows.slice(limit).map(flow)) {
    const sum = rest.get(one.to) ?? { from: '*', to: one.to, requests: 0, blocked: 0, diverted: 0 };
    rest.set(one.to, {
      ...sum,
      requests: sum.requests + one.requests,
      blocked: sum.blocked + one.blocked,
      diverted: sum.diverted + one.diverted,
    });
  }
  return [...rows.slice(0, limit).map(flow), ...rest.values()];
}
