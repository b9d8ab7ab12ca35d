import { SegmentedControl } from '@mantine/core';
import { Verdict, type ApiAnswer } from '@seawall/contract';
import { useApi, usePages, type Row } from '../server/queries.ts';
import { rangeQuery, useScope, useSearchParams, useSetSearch, type Scope } from '../scope.ts';
import { DataTable, type Column } from '../show/data-table.tsx';
import { FilterChips, FilterChoice } from '../show/filters.tsx';
import { formatBytes, formatCount, formatMicros, type Language } from '../show/format.ts';
import { Go, type Place } from '../show/go.tsx';
import { Card, Page } from '../show/page.tsx';
import { Empty, Failed, Loading } from '../show/states.tsx';
import { Time } from '../show/time.tsx';
import { lookOf, VerdictTag } from '../show/verdict.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useLanguage, useText } from '../text/text.ts';
import './traffic.css';

type ExchangeRow = Row<'exchanges'>;

const columns = (language: Language): readonly Column<ExchangeRow>[] => [
  {
    key: 'time',
    header: 'column.time',
    width: '6.5rem',
    value: (row) => row.timeMicros,
    show: (row) => <Time micros={row.timeMicros} />,
    from: 'tablet',
  },
  {
    key: 'verdict',
    header: 'column.verdict',
    width: '6.5rem',
    value: (row) => row.exchange.verdict,
    show: (row) => <VerdictTag verdict={row.exchange.verdict} />,
  },
  {
    key: 'request',
    header: 'column.request',
    width: 'minmax(9rem, 3fr)',
    value: (row) => `${row.exchange.method} ${row.exchange.path}`,
    show: (row) => <span className="mono">{visibleLine(`${row.exchange.method} ${row.exchange.path}`, 200)}</span>,
  },
  { key: 'status', header: 'column.status', width: '4rem', value: (row) => row.exchange.status, right: true },
  { key: 'service', header: 'column.service', width: '6.5rem', value: (row) => row.exchange.service, from: 'desktop' },
  { key: 'instance', header: 'column.instance', width: '7rem', value: (row) => row.exchange.instance, from: 'wide' },
  {
    key: 'address',
    header: 'column.address',
    width: '8rem',
    value: (row) => row.exchange.address,
    show: (row) => (
      <Go to="/traffic" with={{ address: row.exchange.address }}>
        {row.exchange.address}
      </Go>
    ),
    from: 'tablet',
  },
  {
    key: 'findings',
    header: 'nav.findings',
    width: '5.5rem',
    value: (row) => row.exchange.findings,
    show: (row) =>
      row.exchange.findings === 0 ? (
        <span className="dim">0</span>
      ) : (
        <Go to="/findings" with={{ source: row.source }} className="go">
          {row.exchange.findings}
        </Go>
      ),
    right: true,
    from: 'desktop',
  },
  {
    key: 'total',
    header: 'column.total',
    width: '5.5rem',
    value: (row) => row.exchange.totalMicros,
    show: (row) => formatMicros(row.exchange.totalMicros, language),
    right: true,
    from: 'tablet',
  },
  {
    key: 'inspect',
    header: 'column.inspect',
    width: '6rem',
    value: (row) => row.exchange.inspectMicros,
    show: (row) => formatMicros(row.exchange.inspectMicros, language),
    right: true,
    from: 'wide',
  },
  {
    key: 'bytes',
    header: 'column.bytes',
    width: '5.5rem',
    value: (row) => row.exchange.bytesOut,
    show: (row) => formatBytes(row.exchange.bytesOut, language),
    right: true,
    from: 'wide',
  },
];

const REFRESH_MS = 10_000;

export function Traffic() {
  const say = useText();
  const language = useLanguage();
  const scope = useScope();
  const search = useSearchParams();
  const verdict = Verdict.options.find((one) => one === search.verdict);
  const { service } = scope;
  const { source, address } = search;
  const pages = usePages(
    'exchanges',
    () => ({ ...rangeQuery(scope, Date.now()), service, source, address, verdict }),
    [service, scope.range, scope.to, source, address, verdict],
    { everyMs: scope.to === undefined ? REFRESH_MS : false },
  );
  return (
    <Page title={say('nav.traffic')} question={say('traffic.question')}>
      <TopList scope={scope} />
      {pages.error ? <Failed error={pages.error} retry={pages.retry} /> : null}
      {pages.rows ? (
        <DataTable
          name="traffic"
          label={say('nav.traffic')}
          rows={pages.rows}
          columns={columns(language)}
          rowKey={(row) => row.exchange.id}
          more={pages.more}
          filters={
            <>
              <FilterChoice
                name="verdict"
                label="column.verdict"
                options={Verdict.options.map((value) => ({ value, label: say(lookOf(value).word) }))}
              />
              <FilterChips names={['address', 'source']} />
            </>
          }
          empty={<Empty title={say('traffic.quiet')}>{say('traffic.quietHelp')}</Empty>}
        />
      ) : pages.loading ? (
        <Loading lines={10} />
      ) : null}
    </Page>
  );
}

const BY = ['path', 'address', 'service', 'route', 'instance', 'status'] as const;
type By = (typeof BY)[number];

/** The busiest values of one column, as bars. */
function TopList({ scope }: { readonly scope: Scope }) {
  const say = useText();
  const search = useSearchParams();
  const setSearch = useSetSearch();
  const by = BY.find((one) => one === search.view) ?? 'path';
  const { service } = scope;
  const top = useApi(
    'trafficTop',
    () => ({
      query: { ...rangeQuery(scope, Date.now()), by, limit: 8, ...(service === undefined ? {} : { service }) },
    }),
    { everyMs: scope.to === undefined ? REFRESH_MS : false, key: [by, service, scope.range, scope.to] },
  );
  return (
    <Card
      title={say('traffic.top')}
      aside={
        <div className="scroll-x">
          <SegmentedControl
            size="xs"
            aria-label={say('traffic.top')}
            value={by}
            onChange={(value) => setSearch({ view: value })}
            data={BY.map((one) => ({ value: one, label: say(`column.${one}`) }))}
          />
        </div>
      }
    >
      {top.error ? <Failed error={top.error} retry={() => void top.refetch()} /> : null}
      {top.data ? <Bars rows={top.data} by={by} /> : top.error ? null : <Loading />}
    </Card>
  );
}

function Bars({ rows, by }: { readonly rows: ApiAnswer<'trafficTop'>; readonly by: By }) {
  const say = useText();
  const language = useLanguage();
  if (rows.length === 0) return <p className="dim">{say('traffic.quiet')}</p>;
  const most = Math.max(...rows.map((row) => row.requests), 1);
  return (
    <ol className="plain-list bars">
      {rows.map((row) => (
        <li key={row.value}>
          <Go {...placeOf(by, row.value)} className="bar-line">
            <span className="bar-name mono cut">{visibleLine(row.value, 120) || '–'}</span>
            <span className="bar-track" aria-hidden>
              <span className="bar" style={{ width: `${(row.requests / most) * 100}%` }} />
              <span className="bar blocked" style={{ width: `${(row.blocked / most) * 100}%` }} />
            </span>
            <span className="small">{say('traffic.requests', { requests: formatCount(row.requests, language) })}</span>
            <span className={`small tag tone-${row.blocked > 0 ? 'blocked' : 'passed'}`}>
              {say('traffic.blocked', { blocked: formatCount(row.blocked, language) })}
            </span>
            <span className="small dim">p99 {formatMicros(row.p99Micros, language)}</span>
          </Go>
        </li>
      ))}
    </ol>
  );
}

function placeOf(by: By, value: string): Place {
  if (by === 'service') return { to: '/traffic', with: { service: value, view: by } };
  if (by === 'address') return { to: '/traffic', with: { address: value, view: by } };
  return { to: '/traffic', with: { q: value, view: by } };
}
