// npm run bench -- latency [--json] [--rate N] [--seconds N]: what the gateway adds to a request, what it costs, and what memory Seawall takes.
// Direct requests and those through routes of each mode take turns in short slices, so that whatever else the machine does hits all alike.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { childrenOf, freePort, REPOSITORY, runSeawall, startPlatform, type Platform } from '@seawall/testkit';
import { Load, percentile } from './latency/load.ts';
import { cpuMicros, residentMiB } from './latency/usage.ts';

const SLICE_MS = 600;
const WARM_REQUESTS = 400;
const CRS = join(REPOSITORY, '.cache/conformance/crs4');

interface Case {
  readonly name: string;
  readonly mode: 'direct' | 'off' | 'monitor' | 'protect';
  readonly rules: 'base' | 'crs';
}

interface Row {
  readonly name: 'latency' | 'memory';
  readonly case: string;
  readonly requestsPerSecond: number | null;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly cpuMicrosPerRequest: number | null;
  readonly residentMiB: number | null;
}

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, rate: { type: 'string' }, seconds: { type: 'string' } },
});
const rate = Number(values.rate ?? 200);
const seconds = Number(values.seconds ?? 14);
if (!(rate >= 1 && rate <= 2000) || !(seconds >= 1 && seconds <= 600)) {
  console.error('--rate is from 1 to 2000 requests a second, --seconds from 1 to 600');
  process.exit(2);
}

const withCrs = existsSync(CRS);
if (!withCrs) console.error('CRS 4 is left out: npm run conformance -- crs4 obtains it');
const cases: readonly Case[] = [
  { name: 'direct', mode: 'direct', rules: 'base' },
  { name: 'off', mode: 'off', rules: 'base' },
  { name: 'monitor, base rules', mode: 'monitor', rules: 'base' },
  { name: 'protect, base rules', mode: 'protect', rules: 'base' },
  ...(withCrs
    ? ([
        { name: 'monitor, base rules and CRS 4', mode: 'monitor', rules: 'crs' },
        { name: 'protect, base rules and CRS 4', mode: 'protect', rules: 'crs' },
      ] as const)
    : []),
];
const hostOf = (each: Case): string => `${each.mode}-${each.rules}.test`;

const scratch = mkdtempSync(join(tmpdir(), 'seawall-bench-'));
let service: ChildProcess | undefined;
let platform: Platform | undefined;
try {
  const started = await startService();
  service = started.child;
  const gatewayPort = await freePort();
  platform = await startSeawall(gatewayPort, started.port);
  print(await measure(platform, { direct: started.port, gateway: gatewayPort }));
} finally {
  await platform?.stop();
  service?.kill('SIGTERM');
  rmSync(scratch, { recursive: true, force: true });
}

async function startService(): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [join(REPOSITORY, 'bench/latency/service.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject).once('exit', () => reject(new Error('the service ended')));
    child.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
  });
  return { child, port };
}

async function startSeawall(gatewayPort: number, servicePort: number): Promise<Platform> {
  const config = join(scratch, 'config');
  const data = join(scratch, 'data');
  mkdirSync(config);
  if (withCrs) {
    const installed = await runSeawall(['rules', 'install', 'crs', '--from', CRS, '--data', data]);
    if (installed.code !== 0) throw new Error(installed.complaints);
  }
  const routes = cases
    .filter(({ mode }) => mode !== 'direct')
    .map(
      (each) =>
        `  - {name: ${each.mode}-${each.rules}, host: ${hostOf(each)}, service: shop, mode: ${each.mode}, rules: ${each.rules}}`,
    );
  writeFileSync(
    join(config, 'gateway.yaml'),
    `listen: ["127.0.0.1:${gatewayPort}"]\nservices:\n  shop:\n    upstreams:\n      - {instance: shop-1, address: "127.0.0.1:${servicePort}"}\nroutes:\n${routes.join('\n')}\n`,
  );
  writeFileSync(
    join(config, 'rules.yaml'),
    `sets:\n  base: {use: [base]}\n${withCrs ? '  crs: {use: [base, crs]}\n' : ''}`,
  );
  return await startPlatform(['--no-dashboard', '--no-traffic', '--config', config], { examples: false, data });
}

async function measure(seawall: Platform, ports: { direct: number; gateway: number }): Promise<Row[]> {
  const workers = childrenOf(seawall.pids().get('gateway') ?? -1);
  const loads = cases.map((each) => ({
    each,
    load: new Load({ port: each.mode === 'direct' ? ports.direct : ports.gateway, host: hostOf(each) }),
    cpu: 0,
    tookMs: 0,
  }));
  for (const { load } of loads) {
    await load.run(WARM_REQUESTS, rate * 2);
    load.latenciesMs.length = 0;
  }
  const rounds = Math.max(1, Math.round((seconds * 1000) / SLICE_MS / cases.length));
  for (let round = 0; round < rounds; round++) {
    for (const one of loads) {
      const before = cpuMicros(workers) ?? 0;
      const began = performance.now();
      await one.load.run(Math.round((rate * SLICE_MS) / 1000), rate);
      one.tookMs += performance.now() - began;
      // What a request leaves behind (its record, its statistics) is part of its cost.
      await sleep(50);
      one.cpu += (cpuMicros(workers) ?? Number.NaN) - before;
    }
  }
  const rows = loads.map(({ each, load, cpu, tookMs }): Row => {
    const { latenciesMs } = load;
    load.close();
    return {
      name: 'latency',
      case: each.name,
      requestsPerSecond: rounded(latenciesMs.length / (tookMs / 1000), 1),
      p50Ms: rounded(percentile(latenciesMs, 0.5), 3),
      p99Ms: rounded(percentile(latenciesMs, 0.99), 3),
      cpuMicrosPerRequest: each.mode === 'direct' ? null : rounded(cpu / latenciesMs.length, 0),
      residentMiB: null,
    };
  });
  return [...rows, ...memory(seawall, workers)];
}

function memory(seawall: Platform, workers: readonly number[]): Row[] {
  const processes: [string, number][] = [...seawall.pids()];
  const all: [string, number][] = [
    ...processes,
    ...workers.map((pid, at): [string, number] => [`gateway worker ${at + 1}`, pid]),
  ];
  const row = (name: string, mebibytes: number | null): Row => ({
    name: 'memory',
    case: name,
    requestsPerSecond: null,
    p50Ms: null,
    p99Ms: null,
    cpuMicrosPerRequest: null,
    residentMiB: rounded(mebibytes, 1),
  });
  const rows = all.map(([name, pid]) => row(name, residentMiB(pid)));
  return [
    ...rows,
    row(
      'together',
      rows.reduce((sum, { residentMiB: one }) => sum + (one ?? Number.NaN), 0),
    ),
  ];
}

function rounded(value: number | null, digits: number): number | null {
  return value === null || !Number.isFinite(value) ? null : Number(value.toFixed(digits));
}

function print(rows: readonly Row[]): void {
  if (values.json === true) {
    for (const row of rows) console.log(JSON.stringify(row));
    return;
  }
  const direct = rows.find((row) => row.case === 'direct');
  const added = (value: number | null, base: number | null | undefined) =>
    value === null || base === null || base === undefined ? '-' : (value - base).toFixed(3);
  const cells = rows.map((row) =>
    row.name === 'latency'
      ? [
          row.case,
          row.requestsPerSecond,
          row.p50Ms,
          row.p99Ms,
          added(row.p50Ms, direct?.p50Ms),
          added(row.p99Ms, direct?.p99Ms),
          row.cpuMicrosPerRequest,
        ]
      : [`memory of ${row.case}`, `${row.residentMiB ?? '?'} MiB`],
  );
  for (const [name, ...rest] of [
    ['case', 'requests/s', 'p50 ms', 'p99 ms', 'added p50', 'added p99', 'CPU us'],
    ...cells,
  ]) {
    console.log(`${String(name).padEnd(32)}${rest.map((cell) => String(cell ?? '-').padStart(11)).join('')}`);
  }
}
