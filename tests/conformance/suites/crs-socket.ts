import { availableParallelism } from 'node:os';
import { startBackend } from './backend.ts';
import { chosenCases, type CrsCase } from './crs-cases.ts';
import { wireOf } from '../../../apps/cli/src/rule-cases/crs-request.ts';
import { complaintsOf, idOf } from './crs-verdict.ts';
import { RunningGateway } from './gateway.ts';
import { type Exchange, RawSender } from './raw-client.ts';
import type { Report } from './report.ts';

// Runs the regression tests of OWASP CRS 4 or 3.3 through a real gateway: its own processes, a backend behind it, raw bytes over a socket, in
// detection mode at paranoia 4. What fired is read from the gateway's own log, after it has ended; a line belongs to a test by the client's port.

export interface SocketRun {
  readonly rules: string;
  readonly tests: string;
  readonly only?: string | undefined;
}

/** Tests that this gateway answers otherwise, each with the reason. They are counted as failed. */
const ARGUED: Readonly<Record<string, string>> = {
  '920100-4': 'wants a CONNECT to a foreign host served; this gateway is no forward proxy and answers 405',
  '920100-6':
    'of CRS 3.3: wants a rule to see a CONNECT to a foreign host; it belongs to no route, so no rules are set for it, and it is answered 405',
  '920620-1':
    'wants two Content-Type fields joined to one, as its server does, so that the rule about two is silent; they are inspected and passed on as they came',
  '921140-1':
    'wants a bare CR refused before a rule sees it; it is refused with 400, and the rules see it all the same, so that the log says what it was',
  '920181-1':
    'wants Content-Length beside Transfer-Encoding dropped and the request served; this gateway refuses it (RFC 9112, 6.1 allows both), because readers that differ about it are how requests are smuggled',
};

/** Enough to keep two cores busy while some tests wait for a time-out. */
const IN_FLIGHT = 16;

export async function runCrsOverSocket({ rules, tests, only }: SocketRun, report: Report): Promise<void> {
  const cases = chosenCases(tests, only);
  const backend = await startBackend(cases.some(({ era }) => era === 3));
  const workers = Math.min(2, availableParallelism());
  const settings = {
    rules,
    level: 4,
    mode: 'monitor',
    format: 'modsecurity',
    backendPort: backend.port,
    workers,
  } as const;
  try {
    const gateway = await RunningGateway.start(settings);
    try {
      const sender = new RawSender(gateway.port);
      const exchanges = await inParallel(cases, IN_FLIGHT, (one) => play(sender, one));
      const lines = linesByPort(await gateway.finish());
      for (const [index, one] of cases.entries()) judge(one, exchanges[index] ?? [], lines, report);
      if (backend.requests === 0) throw new Error(`no request reached the backend:\n${gateway.complaints}`);
    } finally {
      await gateway.stop();
    }
  } finally {
    await backend.close();
  }
}

async function play(sender: RawSender, { stages, era }: CrsCase): Promise<Exchange[]> {
  const exchanges: Exchange[] = [];
  for (const { input } of stages) exchanges.push(await sender.send(wireOf(input, era)));
  return exchanges;
}

function judge(
  { name, stages }: CrsCase,
  exchanges: readonly Exchange[],
  lines: ReadonlyMap<number, readonly string[]>,
  report: Report,
): void {
  const wrong = stages.flatMap((stage, index) => {
    const exchange = exchanges[index];
    if (exchange === undefined) return ['was not played'];
    return complaintsOf(stage, { lines: lines.get(exchange.port) ?? [], status: exchange.status });
  });
  const statuses = exchanges.map(({ status }) => status);
  const rules = exchanges.flatMap(({ port }) => (lines.get(port) ?? []).map(idOf));
  const facts = { statuses, rules };
  const reason = ARGUED[name];
  if (wrong.length === 0) report.case(name, 'passed', '', facts);
  else if (reason === undefined) report.case(name, 'failed', wrong.join('; '), facts);
  else report.argued(name, `${wrong.join('; ')}: ${reason}`, facts);
}

export function linesByPort(lines: readonly string[]): Map<number, string[]> {
  const byPort = new Map<number, string[]>();
  for (const line of lines) {
    const port = Number(/ \[client 127\.0\.0\.1:(\d+)\] /.exec(line)?.[1] ?? Number.NaN);
    if (Number.isNaN(port)) throw new Error(`a line of the log names no client: ${line.slice(0, 300)}`);
    byPort.set(port, [...(byPort.get(port) ?? []), line]);
  }
  return byPort;
}

export async function inParallel<T, R>(all: readonly T[], width: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = Array.from({ length: all.length });
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < all.length) {
      const index = next++;
      const one = all[index];
      if (one !== undefined) results[index] = await work(one);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}
