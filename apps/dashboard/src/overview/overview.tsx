import { Skeleton } from '@mantine/core';
import type { ApiAnswer } from '@seawall/contract';
import { lazy, Suspense, useEffect } from 'react';
import { live } from '../server/live.ts';
import { useApi } from '../server/queries.ts';
import { rangeQuery, useScope } from '../scope.ts';
import { Card, Page } from '../show/page.tsx';
import { Failed } from '../show/states.tsx';
import { useText } from '../text/text.ts';
import { DoNext } from './do-next.tsx';
import { Figures } from './figures.tsx';
import { LiveEvents } from './live-events.tsx';
import { Protection } from './protection.tsx';
import './overview.css';

const TrafficCard = lazy(() => import('./traffic-card.tsx').then((module) => ({ default: module.TrafficCard })));
const ServiceMap = lazy(() => import('./service-map.tsx').then((module) => ({ default: module.ServiceMap })));

export type OverviewAnswer = ApiAnswer<'overview'>;
const REFRESH_MS = 5000;

export function Overview() {
  const say = useText();
  const scope = useScope();
  const { service } = scope;
  const overview = useApi(
    'overview',
    () => ({ query: { ...rangeQuery(scope, Date.now()), ...(service === undefined ? {} : { service }) } }),
    { everyMs: scope.to === undefined ? REFRESH_MS : false, key: [service, scope.range, scope.to] },
  );
  const { data } = overview;
  useEffect(() => {
    if (data) live.seed(data.events);
  }, [data]);
  return (
    <Page title={say('nav.overview')} question={say('overview.question')} testId="overview">
      {overview.error ? <Failed error={overview.error} retry={() => void overview.refetch()} /> : null}
      {data ? <Loaded data={data} /> : overview.error ? null : <Waiting />}
    </Page>
  );
}

function Loaded({ data }: { readonly data: OverviewAnswer }) {
  const say = useText();
  return (
    <>
      <Protection data={data} />
      <Figures figures={data.figures} />
      <div className="columns two">
        <div className="stack">
          <Suspense fallback={<ChartWaiting />}>
            <TrafficCard series={data.series} />
          </Suspense>
          <Suspense fallback={<ChartWaiting />}>
            <ServiceMap data={data} />
          </Suspense>
        </div>
        <div className="stack">
          <Card title={say('next.title')}>
            <DoNext steps={data.next} />
          </Card>
          <LiveEvents />
        </div>
      </div>
    </>
  );
}

function ChartWaiting() {
  return <Skeleton height={300} radius="md" />;
}

/** The shape of the page to come, so that nothing jumps. */
function Waiting() {
  const say = useText();
  return (
    <div className="stack" role="status" aria-label={say('state.loading')}>
      <Skeleton height={92} radius="md" />
      <div className="figures">
        {[0, 1, 2, 3, 4].map((index) => (
          <Skeleton key={index} height={104} radius="md" />
        ))}
      </div>
      <div className="columns two">
        <Skeleton height={320} radius="md" />
        <Skeleton height={320} radius="md" />
      </div>
    </div>
  );
}
