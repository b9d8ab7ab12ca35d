import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { storeFault } from './faults.ts';
import type { Records } from './records-api.ts';
import { openRecords, type RecordsHandle } from './records-client.ts';
import type { Traffic } from './traffic-api.ts';
import { openTraffic, type TrafficHandle } from './traffic-client.ts';

export interface StoreOptions {
  /** Made with mode 0700 when missing. One process at a time may have it open. */
  readonly folder: string;
  /** Default `auto`: DuckDB where its library loads, else SQLite. */
  readonly traffic?: 'duckdb' | 'sqlite' | 'auto';
  /** Default 30; 0 keeps everything. Audit rows are kept in any case. */
  readonly retentionDays?: number;
  /** Default 7; 0 keeps everything. */
  readonly trafficRetentionDays?: number;
  /** Length of one traffic slice. Default a day. */
  readonly sliceSeconds?: number;
  /** Default `256MB`, and 2. */
  readonly duckdbMemory?: string;
  readonly duckdbThreads?: number;
  /** Bounds the records file, in pages of 4 KiB; above it `store.disk-full`. */
  readonly maxRecordPages?: number;
  readonly log?: (
    level: 'debug' | 'info' | 'warn' | 'error',
    text: string,
    facts?: Readonly<Record<string, unknown>>,
  ) => void;
}

export interface Store {
  readonly records: Records;
  readonly traffic: Traffic;
  readonly trafficDriver: 'duckdb' | 'sqlite';
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const DAY_MICROS = 86_400_000_000;

/** Rejects with Fault `store.locked`, `store.corrupt`, `store.newer`, `store.folder` or `store.no-duckdb`. */
export async function openStore(options: StoreOptions): Promise<Store> {
  makeFolder(options.folder);
  const records = await openRecords({
    file: join(options.folder, 'records.sqlite'),
    folder: options.folder,
    ...(options.maxRecordPages ? { maxPages: options.maxRecordPages } : {}),
  });
  const traffic = await openTraffic({
    folder: join(options.folder, 'traffic'),
    driver: options.traffic ?? 'auto',
    sliceSeconds: options.sliceSeconds ?? 86_400,
    memoryLimit: options.duckdbMemory ?? '256MB',
    threads: options.duckdbThreads ?? 2,
  }).catch(async (error: unknown) => {
    await records.close();
    throw error;
  });
  for (const message of traffic.messages) options.log?.('warn', message);
  const sweep = () => void retain(options, records, traffic).catch((error) => warn(options, error));
  const timer = setInterval(sweep, HOUR_MS);
  timer.unref();
  sweep();
  return {
    records: records.records,
    traffic: traffic.traffic,
    trafficDriver: traffic.driver,
    async close() {
      clearInterval(timer);
      await Promise.all([records.close(), traffic.close()]);
    },
  };
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
  } catch (error) {
    throw storeFault('store.folder', { folder }, error);
  }
}

async function retain(options: StoreOptions, records: RecordsHandle, traffic: TrafficHandle): Promise<void> {
  const nowMicros = Date.now() * 1000;
  const { retentionDays = 30, trafficRetentionDays = 7 } = options;
  await records.removeExpired(nowMicros);
  if (retentionDays > 0) await records.records.dropBefore(nowMicros - retentionDays * DAY_MICROS);
  if (trafficRetentionDays > 0) await traffic.traffic.dropBefore(nowMicros - trafficRetentionDays * DAY_MICROS);
}

function warn(options: StoreOptions, error: unknown): void {
  if ((error as { code?: unknown }).code === 'store.stopped') return; // closed while sweeping
  options.log?.('warn', 'dropping old rows failed; it is tried again in an hour', { error: String(error) });
}
