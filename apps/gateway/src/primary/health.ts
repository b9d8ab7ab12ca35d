import type { NodeHealth, PolicyBundle } from '@seawall/contract';
import type { InstanceReport, WorkerReport } from '../messages.ts';

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

/** Who looked last is right: a worker without traffic does not know that an instance went down since. A cut is the same for all. */
export function instancesOf(reports: readonly Pick<WorkerReport, 'instances'>[]): Record<string, string> {
  const newest = new Map<string, InstanceReport>();
  for (const report of reports) {
    for (const [instance, seen] of Object.entries(report.instances)) {
      if (seen.seenMs >= (newest.get(instance)?.seenMs ?? 0)) newest.set(instance, seen);
    }
  }
  return Object.fromEntries([...newest].map(([instance, { state }]) => [instance, state]));
}
