import type { SeriesPoint } from '@seawall/contract';
import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { clockTime, formatCount, formatMicros } from '../show/format.ts';
import { Go } from '../show/go.tsx';
import { Card } from '../show/page.tsx';
import { Empty } from '../show/states.tsx';
import { lookOf } from '../show/verdict.tsx';
import { useLanguage, useText } from '../text/text.ts';
import { SERIES, TrafficChart } from './traffic-chart.tsx';

export function TrafficCard({ series: all }: { readonly series: readonly SeriesPoint[] }) {
  const say = useText();
  const [at, setAt] = useState<number | undefined>(undefined);
  const series = whole(all, Date.now());
  const [view, setView] = useState<'chart' | 'table'>('chart');
  const quiet = series.every((point) => SERIES.every((name) => point[name] === 0));
  return (
    <Card
      title={say('traffic.chart')}
      aside={
        <SegmentedControl
          size="xs"
          aria-label={say('traffic.view')}
          value={view}
          onChange={(value) => setView(value === 'table' ? 'table' : 'chart')}
          data={[
            { value: 'chart', label: say('traffic.asChart') },
            { value: 'table', label: say('traffic.asTable') },
          ]}
        />
      }
    >
      {quiet ? (
        <Empty title={say('traffic.quiet')}>{say('traffic.quietHelp')}</Empty>
      ) : view === 'chart' ? (
        <>
          <TrafficChart series={series} label={say('traffic.chart')} pointed={setAt} />
          <Legend series={series} point={at === undefined ? undefined : series[at]} />
        </>
      ) : (
        <SeriesTable series={series} />
      )}
    </Card>
  );
}

/** Without the last bucket while it is still being filled: it would look like a fall. */
function whole(series: readonly SeriesPoint[], nowMs: number): readonly SeriesPoint[] {
  const [first, second] = series;
  const last = series.at(-1);
  if (!first || !second || !last || series.length < 3) return series;
  return last.timeMs + (second.timeMs - first.timeMs) > nowMs ? series.slice(0, -1) : series;
}

/** Totals of the range, or the values under the pointer; each opens the rows behind it. */
function Legend({
  series,
  point,
}: {
  readonly series: readonly SeriesPoint[];
  readonly point: SeriesPoint | undefined;
}) {
  const say = useText();
  const language = useLanguage();
  return (
    <div className="chart-legend">
      {SERIES.map((name) => {
        const { tone, icon: Icon, word } = lookOf(name);
        const total = point ? point[name] : series.reduce((sum, one) => sum + one[name], 0);
        const place = name === 'passed' || name === 'failed' ? '/traffic' : '/findings';
        return (
          <Go key={name} to={place} with={{ verdict: name }} className={`tag tone-${tone}`}>
            <Icon size={13} aria-hidden />
            {say(word)} {formatCount(total, language)}
          </Go>
        );
      })}
      <span className="grow" />
      <span className="small dim">{point ? clockTime(point.timeMs, language) : say('traffic.inAll')}</span>
    </div>
  );
}

function SeriesTable({ series }: { readonly series: readonly SeriesPoint[] }) {
  const say = useText();
  const language = useLanguage();
  return (
    <div className="chart-table small" tabIndex={0} role="region" aria-label={say('traffic.asTable')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{say('column.time')}</th>
            {SERIES.map((name) => (
              <th key={name} scope="col">
                {say(lookOf(name).word)}
              </th>
            ))}
            <th scope="col">{say('column.p99')}</th>
          </tr>
        </thead>
        <tbody>
          {series.toReversed().map((point) => (
            <tr key={point.timeMs}>
              <th scope="row">{clockTime(point.timeMs, language)}</th>
              {SERIES.map((name) => (
                <td key={name}>{formatCount(point[name], language)}</td>
              ))}
              <td>{formatMicros(point.p99Micros, language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
