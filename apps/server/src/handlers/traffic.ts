import type { Core } from '../core.ts';
import { rangeMicros, type Handlers } from '../http/handlers.ts';

type Names = 'traffic' | 'trafficTop' | 'exchanges';

/** Points of a chart; more is not seen and only costs. Longer buckets are made instead. */
const MAX_POINTS = 2000;
const HOUR_MS = 3_600_000;

export function trafficHandlers({ traffic }: Core): Pick<Handlers, Names> {
  return {
    async traffic({ query }) {
      const to = query.to ?? Date.now();
      const from = Math.min(query.from ?? to - HOUR_MS, to - 1000);
      const bucketMs = Math.max(query.bucketSeconds * 1000, Math.ceil((to - from) / MAX_POINTS));
      return traffic.series(
        { fromMicros: from * 1000, toMicros: to * 1000 },
        bucketMs * 1000,
        query.service === undefined ? {} : { service: query.service },
      );
    },
    trafficTop: ({ query }) => traffic.top(query.by, { ...rangeMicros(query), service: query.service }, query.limit),
    exchanges: ({ query }) =>
      traffic.search(
        {
          ...rangeMicros(query),
          service: query.service,
          source: query.source,
          address: query.address,
          verdict: query.verdict,
          path: query.path,
        },
        { cursor: query.cursor, limit: query.limit },
      ),
  };
}
