import type { Exchange, Flow, SeriesPoint, Verdict } from '@seawall/contract';
import type { Page, PageRequest, Scope, TimeRange } from './page.ts';

// Exchanges by the million, each of little worth alone. Appended in batches; what was appended is on disk within a
// second or two (`flush` waits for it) and a crash may lose what came after.

export interface TrafficRow {
  readonly timeMicros: number;
  readonly node: string;
  readonly scope?: Scope;
  /** What `sourceKey` of the contract wrote. */
  readonly source: string;
  readonly exchange: Exchange;
}

export type TrafficColumn = 'service' | 'route' | 'source' | 'address' | 'path' | 'status' | 'verdict' | 'instance';

export interface TrafficFilter extends TimeRange {
  readonly service?: string | undefined;
  readonly source?: string | undefined;
  readonly address?: string | undefined;
  readonly verdict?: Verdict | undefined;
  /** Part of the path, as it stands. */
  readonly path?: string | undefined;
}

export interface TrafficPoint extends SeriesPoint {
  /** 99th percentile of the time that inspection took: what Seawall adds. */
  readonly inspectMicrosP99: number;
}

export interface TrafficTop {
  readonly value: string;
  readonly requests: number;
  /** Blocked, limited or diverted. */
  readonly blocked: number;
  readonly p99Micros: number;
}

export interface TrafficTotals {
  readonly requests: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly p50Micros: number;
  readonly p99Micros: number;
  readonly inspectMicrosP99: number;
  readonly bytes: number;
}

export interface TrafficHit {
  readonly timeMicros: number;
  readonly source: string;
  readonly exchange: Exchange;
}

export interface TrafficSize {
  readonly driver: 'duckdb' | 'sqlite';
  readonly bytes: number;
  readonly rows: number;
  readonly slices: number;
  /** Slices that could not be opened and were put aside under another name; `messages` says which. */
  readonly setAside: number;
  readonly messages: readonly string[];
}

export interface Traffic {
  /** Exchanges that were appended before (same id) are left out. Answers how many were new. */
  append(rows: readonly TrafficRow[]): Promise<number>;
  flush(): Promise<void>;
  /** Every bucket of the range, empty ones too; at most 10,000. */
  series(
    range: { readonly fromMicros: number; readonly toMicros: number },
    bucketMicros: number,
    filter?: Omit<TrafficFilter, 'fromMicros' | 'toMicros'>,
  ): Promise<readonly TrafficPoint[]>;
  totals(filter: TrafficFilter): Promise<TrafficTotals>;
  /** Most requests first. */
  top(by: TrafficColumn, filter: TrafficFilter, limit: number): Promise<readonly TrafficTop[]>;
  /** Newest first. */
  search(filter: TrafficFilter, page: PageRequest): Promise<Page<TrafficHit>>;
  /** From address to service, the busiest `limit`; what is left is one row per service from `*`. */
  flows(filter: TrafficFilter, limit: number): Promise<readonly Flow[]>;
  /** Keys of the session and token sources that an address used since then, newest first, at most 1,000. */
  sessionsOfAddress(address: string, sinceMicros: number): Promise<readonly string[]>;
  /** Drops whole slices that end at or before this. Answers how many. */
  dropBefore(micros: number): Promise<number>;
  size(): Promise<TrafficSize>;
}
