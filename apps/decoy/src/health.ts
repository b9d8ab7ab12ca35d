import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { NodeLinkState } from '@seawall/bus';
import type { NodeHealth } from '@seawall/contract';
import type { Decoy } from './decoy.ts';

const VERSION = '0.1.0';

/** What the decoy says about itself; the loop's delay is that since the call before. */
export class Health {
  readonly #loop = monitorEventLoopDelay();

  constructor() {
    this.#loop.enable();
  }

  of(decoy: Decoy, link: NodeLinkState): NodeHealth {
    const loopDelayMs = Math.max(0, this.#loop.percentile(99) / 1e6);
    this.#loop.reset();
    return {
      role: 'decoy',
      version: VERSION,
      policyVersion: link.policy?.version ?? 0,
      policyDigest: link.policy?.digest ?? '',
      workers: 1,
      loopDelayMs: Number.isFinite(loopDelayMs) ? loopDelayMs : 0,
      residentBytes: process.memoryUsage.rss(),
      spoolBytes: link.spoolBytes,
      counters: {
        ...decoy.counters.all(),
        sessions: decoy.sessions.count,
        sessions_evicted: decoy.sessions.evicted,
        statistics_shed: link.shed.statistics,
        findings_shed: link.shed.finding,
      },
      instances: {},
    };
  }

  stop(): void {
    this.#loop.disable();
  }
}
