import type { Figure } from '@seawall/contract';
import type { TrafficPoint } from '@seawall/store';
import { ADMIN } from '../auth/accounts.ts';
import type { Core } from '../core.ts';
import type { Answer } from '../http/handlers.ts';
import { nextSteps } from './next-steps.ts';
import { nodeViews, serviceStates } from './protection.ts';

/** Points of the chart and of the sparklines. */
const POINTS = 60;
const DEFAULT_RANGE_MS = 15 * 60_000;
/** Figures speak of this time at the end of the range, and compare with the time before it. */
const FIGURE_MS = 60_000;
const MAX_FLOWS = 40;
const MAX_EVENTS = 50;

export interface OverviewQuery {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly service?: string | undefined;
}

export async function overviewOf(core: Core, query: OverviewQuery): Promise<Answer<'overview'>> {
  const { traffic, fleet, policy, source, live } = core;
  const nowMs = Date.now();
  const to = query.to ?? nowMs;
  const from = Math.min(query.from ?? to - DEFAULT_RANGE_MS, to - POINTS * 1000);
  const service = query.service === undefined ? {} : { service: query.service };
  const bucketMs = Math.ceil((to - from) / POINTS / 1000) * 1000;
  const range = { fromMicros: from * 1000, toMicros: to * 1000 };

  const [series, flows, busy, figures, incidents] = await Promise.all([
    traffic.series(range, bucketMs * 1000, service),
    traffic.flows({ ...range, ...service }, MAX_FLOWS),
    traffic.top('service', { fromMicros: (nowMs - FIGURE_MS) * 1000 }, 100),
    countFigures(core, from, to),
    openIncidents(core, query.service),
  ]);
  const rates = new Map(busy.map((row) => [row.value, row.requests / (FIGURE_MS / 1000)]));
  const connected = core.hub().nodes();
  const facts = {
    routes: source.parts().routes,
    modes: policy.modes(),
    bundle: policy.current(),
    sentMs: policy.sentMs(),
    connected,
    fleet,
    nowMs,
    rates,
  };
  const services = serviceStates(facts).filter((row) => query.service === undefined || row.service === query.service);
  const nodes = nodeViews(facts);
  return {
    services,
    nodes,
    pipelineDelayMs: core.meters.medianDelayMs(),
    figures: { ...trafficFigures(series, await minutes(core, to, service), bucketMs), ...figures },
    series: series.map(withoutInspection),
    flows,
    next: nextSteps({
      services,
      nodes,
      adapters: fleet.adapters(),
      incidents,
      configProblems: source.problems().length,
      hasPassword: await core.accounts.hasPassword(ADMIN),
    }),
    events: live.newest(MAX_EVENTS),
  };
}

function withoutInspection({ inspectMicrosP99: _left, ...point }: TrafficPoint) {
  return point;
}

async function openIncidents({ records }: Core, service: string | undefined) {
  const pages = await Promise.all(
    (['open', 'contained'] as const).map((state) => records.pageIncidents({ state, service }, { limit: 20 })),
  );
  return pages.flatMap((page) => page.rows).toSorted((a, b) => b.lastMicros - a.lastMicros);
}

/** The last minute of the range, and the one before. */
async function minutes({ traffic }: Core, toMs: number, service: { readonly service?: string }) {
  const totals = (endMs: number) =>
    traffic.totals({ ...service, fromMicros: (endMs - FIGURE_MS) * 1000, toMicros: endMs * 1000 });
  const [now, before] = await Promise.all([totals(toMs), totals(toMs - FIGURE_MS)]);
  return { now, before };
}

type Minutes = Awaited<ReturnType<typeof minutes>>;

function trafficFigures(series: readonly TrafficPoint[], { now, before }: Minutes, bucketMs: number) {
  const seconds = FIGURE_MS / 1000;
  const requests = (point: TrafficPoint) =>
    point.passed + point.noted + point.limited + point.blocked + point.diverted + point.failed;
  const requestsPerSecond: Figure = {
    value: now.requests / seconds,
    before: before.requests / seconds,
    spark: series.map((point) => requests(point) / (bucketMs / 1000)),
  };
  const blockedPerMinute: Figure = {
    value: now.verdicts.blocked,
    before: before.verdicts.blocked,
    spark: series.map((point) => point.blocked / (bucketMs / 60_000)),
  };
  const addedLatencyMicrosP99: Figure = {
    value: now.inspectMicrosP99,
    before: before.inspectMicrosP99,
    spark: series.map((point) => point.inspectMicrosP99),
  };
  return { requestsPerSecond, blockedPerMinute, addedLatencyMicrosP99 };
}

async function countFigures({ engine, records }: Core, fromMs: number, toMs: number) {
  const diverted = engine.open().filter((action) => action.kind === 'divert' && action.state === 'active');
  const times = Array.from({ length: POINTS }, (_, index) => fromMs + ((index + 1) * (toMs - fromMs)) / POINTS);
  const openCount = async (toMicros?: number) => {
    const counts = (['open', 'contained'] as const).map((state) =>
      records.countIncidents({ state, ...(toMicros === undefined ? {} : { toMicros }) }),
    );
    return (await Promise.all(counts)).reduce((sum, one) => sum + one, 0);
  };
  const [now, before] = await Promise.all([openCount(), openCount(fromMs * 1000)]);
  const divertedSources: Figure = {
    value: diverted.length,
    before: diverted.filter((action) => action.createdMicros < fromMs * 1000).length,
    spark: times.map((time) => diverted.filter((action) => action.createdMicros <= time * 1000).length),
  };
  return { divertedSources, openIncidents: { value: now, before, spark: [before, now] } };
}
