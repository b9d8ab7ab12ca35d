import { spreadOf } from '../engine/measure.ts';
import type { Mix } from './wrk.ts';

/** One line of `npm run bench -- waf --json`. */
export interface Row {
  readonly name: InspectingName;
  readonly mix: Mix;
  readonly paranoia: number;
  readonly responseBody: boolean;
  readonly requestsPerSecond: number;
  readonly cpuMicrosPerRequest: number;
  /** Share of values whose verdict was known; null where there is no such cache. */
  readonly cacheHitRate: number | null;
}

export const INSPECTING = ['seawall', 'seawall-no-cache', 'nginx-modsecurity', 'coraza'] as const;
export type InspectingName = (typeof INSPECTING)[number];
/** For reference: what the same way costs without any rule. */
export const BARE = ['nginx-bare', 'seawall-bare'] as const;
export type Name = InspectingName | (typeof BARE)[number];

/** What one run of wrk against one proxy showed. */
export interface Sample {
  readonly requests: number;
  readonly seconds: number;
  readonly workerMicros: number;
  readonly primaryMicros: number;
  readonly refused: number;
  readonly cacheHitRate: number | undefined;
}

/** The median run, and how far the runs lie apart. */
export interface Summary {
  readonly requestsPerSecond: number;
  readonly cpuMicrosPerRequest: number;
  readonly low: number;
  readonly high: number;
  readonly primaryMicrosPerRequest: number;
  readonly refusedShare: number;
  readonly cacheHitRate: number | null;
  readonly rounds: number;
}

export interface Setting {
  readonly mix: Mix;
  readonly paranoia: number;
  readonly responseBody: boolean;
}

export interface Measured extends Setting {
  readonly name: Name;
  readonly summary: Summary;
}

export function summaryOf(samples: readonly Sample[]): Summary {
  const median = (of: (sample: Sample) => number) => spreadOf(samples.map(of)).median;
  const cpu = spreadOf(samples.map(({ workerMicros, requests }) => workerMicros / requests));
  const rates = samples.flatMap(({ cacheHitRate }) => (cacheHitRate === undefined ? [] : [cacheHitRate]));
  return {
    requestsPerSecond: rounded(
      median(({ requests, seconds }) => requests / seconds),
      1,
    ),
    cpuMicrosPerRequest: rounded(cpu.median, 1),
    low: rounded(cpu.low, 1),
    high: rounded(cpu.high, 1),
    primaryMicrosPerRequest: rounded(
      median(({ primaryMicros, requests }) => primaryMicros / requests),
      1,
    ),
    refusedShare: rounded(
      median(({ refused, requests }) => refused / requests),
      4,
    ),
    cacheHitRate: rates.length === 0 ? null : rounded(spreadOf(rates).median, 4),
    rounds: samples.length,
  };
}

export function rowOf({ name, mix, paranoia, responseBody, summary }: Measured): Row | undefined {
  const inspecting = INSPECTING.find((one) => one === name);
  if (inspecting === undefined) return undefined;
  const { requestsPerSecond, cpuMicrosPerRequest, cacheHitRate } = summary;
  return { name: inspecting, mix, paranoia, responseBody, requestsPerSecond, cpuMicrosPerRequest, cacheHitRate };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

const BAR = 25;

/** Lines of a table, one block a setting; the ratio says how much more CPU a request takes than with Seawall. */
export function tableOf(measured: readonly Measured[]): string {
  const settings = new Map<string, Measured[]>();
  for (const one of measured) {
    const title = `mix ${one.mix}, paranoia ${one.paranoia}, response bodies ${one.responseBody ? 'on' : 'off'}`;
    settings.set(title, [...(settings.get(title) ?? []), one]);
  }
  return [...settings].map(([title, rows]) => [title, ...block(rows)].join('\n')).join('\n\n');
}

const HEADS = ['requests/s', 'CPU us', '(least to most)', 'x Seawall', 'primary us', 'refused', 'cache hits'] as const;
const WIDTHS = [12, 10, 20, 11, 12, 9, 12] as const;

function line(first: string, cells: readonly string[]): string {
  return `  ${first.padEnd(20)}${cells.map((cell, at) => cell.padStart(WIDTHS[at] ?? 10)).join('')}`;
}

function block(rows: readonly Measured[]): string[] {
  const own = rows.find(({ name }) => name === 'seawall')?.summary.cpuMicrosPerRequest;
  const ratio = (micros: number) => (own === undefined ? '' : `${(micros / own).toFixed(1)}x`);
  const lines = rows.map(({ name, summary }) =>
    line(name, [
      summary.requestsPerSecond.toFixed(0),
      summary.cpuMicrosPerRequest.toFixed(1),
      `(${summary.low} to ${summary.high})`,
      ratio(summary.cpuMicrosPerRequest),
      summary.primaryMicrosPerRequest.toFixed(1),
      `${(summary.refusedShare * 100).toFixed(1)} %`,
      summary.cacheHitRate === null ? '-' : `${(summary.cacheHitRate * 100).toFixed(1)} %`,
    ]),
  );
  return [line('', HEADS), ...lines, ...verdict(rows)];
}

/** The bar counts where nothing repeats, at paranoia 1. */
function verdict(rows: readonly Measured[]): string[] {
  const [first] = rows;
  if (first === undefined || first.mix !== 'varied' || first.paranoia !== 1) return [];
  const of = (name: Name) => rows.find((row) => row.name === name)?.summary.cpuMicrosPerRequest;
  const own = of('seawall');
  const peers = [of('nginx-modsecurity'), of('coraza')].filter((micros) => micros !== undefined);
  if (own === undefined || peers.length < 2) return [];
  const least = Math.min(...peers) / own;
  return [`  bar: at least ${BAR}x less than both; it is ${least.toFixed(1)}x: ${least >= BAR ? 'reached' : 'MISSED'}`];
}

/** The same for a document, one line a proxy and setting. */
export function cellsOf({ name, mix, paranoia, responseBody, summary }: Measured, all: readonly Measured[]): string[] {
  const own = all.find(
    (one) =>
      one.name === 'seawall' && one.mix === mix && one.paranoia === paranoia && one.responseBody === responseBody,
  )?.summary.cpuMicrosPerRequest;
  return [
    mix,
    String(paranoia),
    responseBody ? 'on' : 'off',
    name,
    summary.cpuMicrosPerRequest.toFixed(1),
    own === undefined ? '-' : (summary.cpuMicrosPerRequest / own).toFixed(1),
    summary.requestsPerSecond.toFixed(0),
    summary.primaryMicrosPerRequest.toFixed(1),
    summary.cacheHitRate === null ? '-' : `${(summary.cacheHitRate * 100).toFixed(1)} %`,
  ];
}

export const CELL_HEADS = [
  'mix',
  'paranoia',
  'bodies',
  'proxy',
  'CPU us',
  'x Seawall',
  'requests/s',
  'primary us',
  'cache hits',
];
