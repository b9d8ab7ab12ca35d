import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Examples } from './examples.ts';
import { bareEnvironment } from './roles.ts';

export interface TrafficReport {
  readonly event: 'report';
  readonly attacksThatGotData: number;
  readonly attacksStopped: number;
  readonly attacksDiverted: number;
  readonly friendlyRequests: number;
  readonly friendlyHarmed: number;
  readonly attacksNotCoveredYet: readonly string[];
}

/** One round as long as a lesson; then the next with new people. */
const ROUND_MS = 600_000;

/** Runs the traffic tool once; its report, or undefined when stopped before the end. */
export async function runTraffic(
  examples: Examples,
  ms: number,
  stopped: Promise<void>,
): Promise<TrafficReport | undefined> {
  const child = startTraffic(examples, ms);
  const asked = new AbortController();
  void stopped.then(() => {
    asked.abort();
    return child.kill('SIGTERM');
  });
  let report: TrafficReport | undefined;
  if (child.stdout === null) throw new Error('the traffic tool was started without a pipe');
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{"event":"report"')) report = JSON.parse(line) as TrafficReport;
  }
  if (report === undefined && !asked)
    throw new Error('the traffic tool ended without a report; its complaint is above');
  return asked.signal.aborted ? undefined : report;
}

/** Round after round until a signal comes. */
export async function keepTraffic(examples: Examples, stopped: Promise<void>): Promise<void> {
  const ended = new AbortController();
  void stopped.then(() => ended.abort());
  while (!ended.signal.aborted) await runTraffic(examples, ROUND_MS, stopped);
}

function startTraffic(examples: Examples, ms: number): ChildProcess {
  return spawn(
    process.execPath,
    [...process.execArgv, ...examples.trafficArgs, '--for', `${Math.round(ms / 1000)}s`, '--json'],
    {
      env: bareEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
}
