import type { NodeHealth, PolicyBundle } from '@seawall/contract';
import type { InstanceState, WorkerReport } from '../messages.ts';

const VERSION = '0.1.0';

export interface HealthInput {
  readonly policy: PolicyBundle | undefined;
  readonly reports: readonly WorkerReport[];
  readonly workers: number;
  readonly counters: ReadonlyMap<string, number>;
  readonly spoolBytes: number;
}

export function healthOf(input: HealthInput): NodeHealth {
  const { policy, reports } = input;
  return {
    role: 'gateway',
    version: VERSION,
    policyVersion: policy?.version ?? 0,
    policyDigest: policy?.digest ?? '',
    workers: input.workers,
    loopDelayMs: Math.max(0, ...reports.map((report) => report.loopDelayMs)),
    residentBytes: process.memoryUsage.rss() + reports.reduce((sum, report) => sum + report.residentBytes, 0),
    spoolBytes: input.spoolBytes,
    counters: Object.fromEntries(input.counters),
    instances: instancesOf(reports),
  };
}

/** An instance is up when any worker reached it last; workers that did not try say `unknown`. */
function instancesOf(reports: readonly WorkerReport[]): Record<string, string> {
  const rank: Record<InstanceState, number> = { cut: 3, up: 2, down: 1, unknown: 0 };
  const states: Record<string, InstanceState> = {};
  for (const report of reports) {
    for (const [instance, state] of Object.entries(report.instances)) {
      if (rank[state] >= rank[states[instance] ?? 'unknown']) states[instance] = state;
    }
  }
  return states;
}
