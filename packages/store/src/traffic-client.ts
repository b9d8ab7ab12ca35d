import { storeFault } from './faults.ts';
import type { Traffic } from './traffic-api.ts';
import { WorkerClient } from './worker-client.ts';

const TRAFFIC_METHODS: Readonly<Record<keyof Traffic, true>> = {
  append: true,
  flush: true,
  series: true,
  totals: true,
  top: true,
  search: true,
  flows: true,
  sessionsOfAddress: true,
  dropBefore: true,
  size: true,
};

export interface TrafficOptions {
  /** Made when missing. */
  readonly folder: string;
  readonly driver: 'duckdb' | 'sqlite' | 'auto';
  readonly sliceSeconds: number;
  /** DuckDB's bound, e.g. `256MB`. */
  readonly memoryLimit: string;
  readonly threads: number;
}

export interface TrafficHandle {
  readonly traffic: Traffic;
  readonly driver: 'duckdb' | 'sqlite';
  readonly messages: readonly string[];
  close(): Promise<void>;
}

/** Opens the traffic of one folder in its own thread. `auto` takes DuckDB where its library loads. */
export async function openTraffic(options: TrafficOptions): Promise<TrafficHandle> {
  const driver = options.driver === 'sqlite' || !(await hasDuckdb(options.driver)) ? 'sqlite' : 'duckdb';
  const file = driver === 'duckdb' ? './traffic-duckdb-worker.ts' : './traffic-sqlite-worker.ts';
  const client = await WorkerClient.start(new URL(file, import.meta.url), options);
  // TRAFFIC_METHODS is complete by its type, so the facade has every question.
  const traffic = client.facade(Object.keys(TRAFFIC_METHODS)) as unknown as Traffic;
  return { traffic, driver, messages: client.messages, close: () => client.close() };
}

async function hasDuckdb(wanted: 'duckdb' | 'auto'): Promise<boolean> {
  try {
    await import('@duckdb/node-api');
    return true;
  } catch (error) {
    if (wanted === 'duckdb') throw storeFault('store.no-duckdb', {}, error);
    return false;
  }
}
