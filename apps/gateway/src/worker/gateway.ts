import type { Finding, Verdict } from '@seawall/contract';
import { newId, nowMicros } from '../clock.ts';
import type { Limits } from '../limits.ts';
import type { Draft } from '../messages.ts';
import type { SharedCollections } from '../shared-collections.ts';
import type { AuditQueue } from './audit/audit-queue.ts';
import type { Balancer } from './balance.ts';
import type { Counters } from './counters.ts';
import { exchangeEnvelope } from './exchange-envelope.ts';
import type { InspectionThread } from './inspection-thread.ts';
import type { LikenessSampler } from './likeness-sampler.ts';
import type { PolicyView } from './policy-view.ts';
import type { PrimaryLink } from './primary-link.ts';
import type { Senders } from './source.ts';
import type { Trace } from './trace.ts';
import type { UpstreamPool } from './upstream.ts';

/** What all connections of a worker share. */
export interface Gateway {
  readonly limits: Limits;
  readonly counters: Counters;
  readonly link: PrimaryLink;
  readonly audit: AuditQueue;
  readonly pool: UpstreamPool;
  readonly balancer: Balancer;
  readonly collections: SharedCollections;
  readonly sampler: LikenessSampler;
  readonly senders: Senders;
  readonly view: PolicyView;
  readonly thread: InspectionThread;
  /** WebSockets that are open: told when a policy comes into force. */
  readonly moving: Set<{ policyChanged(): void }>;
}

const EXCHANGES = {
  passed: 'exchanges_passed',
  noted: 'exchanges_noted',
  blocked: 'exchanges_blocked',
  limited: 'exchanges_limited',
  diverted: 'exchanges_diverted',
  failed: 'exchanges_failed',
} as const satisfies Record<Verdict, string>;

/** The exchange has ended: its statistics go out. */
export function recordExchange(gateway: Gateway, trace: Trace): void {
  gateway.counters.count(EXCHANGES[trace.verdict]);
  gateway.link.record(exchangeEnvelope(trace));
}

/** Resolves when the finding is on disk, or when that failed: then it is counted, and what was decided happens all the same. */
export async function commitFinding(gateway: Gateway, trace: Trace, finding: Finding): Promise<void> {
  trace.findings += 1;
  const workload = trace.workload();
  const draft: Draft = {
    kind: 'finding',
    finding,
    id: newId(),
    timeMicros: nowMicros(),
    source: trace.source,
    ...(workload === undefined ? {} : { workload }),
  };
  gateway.counters.count('findings');
  if (!(await gateway.link.commit([draft]))) gateway.counters.count('findings_uncommitted');
}
