import { usePages, type Row } from '../server/queries.ts';
import { rangeQuery, useScope, useSearchParams } from '../scope.ts';
import { DataTable, type Column } from '../show/data-table.tsx';
import { FilterChips, FilterChoice } from '../show/filters.tsx';
import { Go } from '../show/go.tsx';
import { Page } from '../show/page.tsx';
import { SourceName, sourceWords } from '../show/source.tsx';
import { Empty, Failed, Loading } from '../show/states.tsx';
import { Time } from '../show/time.tsx';
import { SeverityTag, SEVERITY_ORDER, VerdictTag } from '../show/verdict.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useText, type Say } from '../text/text.ts';
import { GotThrough } from './got-through.tsx';

type IncidentRow = Row<'incidents'>;
const STATES = ['open', 'contained', 'closed'] as const;

const columns = (say: Say): readonly Column<IncidentRow>[] => [
  {
    key: 'time',
    header: 'column.last',
    width: '6.5rem',
    value: (row) => row.lastMicros,
    show: (row) => <Time micros={row.lastMicros} />,
    from: 'tablet',
  },
  {
    key: 'state',
    header: 'column.state',
    width: '7rem',
    value: (row) => row.state,
    show: (row) => <VerdictTag verdict={row.state} />,
  },
  {
    key: 'severity',
    header: 'column.severity',
    width: '6rem',
    value: (row) => SEVERITY_ORDER.indexOf(row.severity),
    show: (row) => <SeverityTag severity={row.severity} />,
    from: 'tablet',
  },
  {
    key: 'title',
    header: 'column.story',
    width: 'minmax(9rem, 2.4fr)',
    value: (row) => row.title,
    show: (row) => <Go to={`/incidents/${row.id}`}>{visibleLine(row.title, 240)}</Go>,
  },
  {
    key: 'source',
    header: 'column.source',
    width: '9rem',
    value: (row) => sourceWords(row.source, say),
    show: (row) => <SourceName source={row.source} />,
    from: 'desktop',
  },
  { key: 'service', header: 'column.service', width: '6.5rem', value: (row) => row.service, from: 'tablet' },
  {
    key: 'findings',
    header: 'nav.findings',
    width: '5.5rem',
    value: (row) => row.findings,
    show: (row) => (
      <Go to="/findings" with={{ incident: row.id }}>
        {row.findings}
      </Go>
    ),
    right: true,
    from: 'wide',
  },
  {
    key: 'actions',
    header: 'nav.actions',
    width: '5rem',
    value: (row) => row.actions,
    show: (row) => (
      <Go to="/actions" with={{ incident: row.id }}>
        {row.actions}
      </Go>
    ),
    right: true,
    from: 'wide',
  },
  {
    key: 'got',
    header: 'column.got',
    width: '7.5rem',
    value: (row) => row.gotThrough,
    show: (row) => <GotThrough count={row.gotThrough} />,
    from: 'tablet',
  },
];

export function IncidentList() {
  const say = useText();
  const scope = useScope();
  const search = useSearchParams();
  const state = STATES.find((one) => one === search.state);
  const { service } = scope;
  const { source, severity } = search;
  const pages = usePages('incidents', () => ({ ...rangeQuery(scope, Date.now()), state, service, source }), [
    service,
    scope.range,
    scope.to,
    state,
    source,
  ]);
  const rows = pages.rows?.filter((row) => severity === undefined || row.severity === severity);
  return (
    <Page title={say('nav.incidents')} question={say('incidents.question')}>
      {pages.error ? <Failed error={pages.error} retry={pages.retry} /> : null}
      {rows ? (
        <DataTable
          name="incidents"
          label={say('nav.incidents')}
          rows={rows}
          columns={columns(say)}
          rowKey={(row) => row.id}
          rowPlace={(row) => ({ to: `/incidents/${row.id}` })}
          rowTestId="incident-row"
          more={pages.more}
          filters={
            <>
              <FilterChoice
                name="state"
                label="column.state"
                options={STATES.map((value) => ({ value, label: say(`state.${value}`) }))}
              />
              <FilterChoice
                name="severity"
                label="column.severity"
                options={SEVERITY_ORDER.map((value) => ({ value, label: say(`severity.${value}`) })).toReversed()}
              />
              <FilterChips names={['source']} />
            </>
          }
          empty={<Empty title={say('incidents.empty')}>{say('incidents.emptyHelp')}</Empty>}
        />
      ) : pages.loading ? (
        <Loading lines={8} />
      ) : null}
    </Page>
  );
}
