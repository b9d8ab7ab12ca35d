import { Verdict } from '@seawall/contract';
import { usePages, type Row } from '../server/queries.ts';
import { RANGES, rangeQuery, useScope, useSearchParams } from '../scope.ts';
import { DataTable, type Column } from '../show/data-table.tsx';
import { FilterChips, FilterChoice } from '../show/filters.tsx';
import { Page } from '../show/page.tsx';
import { SourceName, sourceWords } from '../show/source.tsx';
import { Go } from '../show/go.tsx';
import { Empty, Failed, Loading } from '../show/states.tsx';
import { Time } from '../show/time.tsx';
import { lookOf, SeverityTag, SEVERITY_ORDER, VerdictTag } from '../show/verdict.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useText, type Say } from '../text/text.ts';
import { FAMILIES, familyWord } from './family.ts';

type FindingRow = Row<'findings'>;

const columns = (say: Say): readonly Column<FindingRow>[] => [
  {
    key: 'time',
    header: 'column.time',
    width: '6.5rem',
    value: (row) => row.timeMicros,
    show: (row) => <Time micros={row.timeMicros} />,
    from: 'tablet',
  },
  {
    key: 'severity',
    header: 'column.severity',
    width: '6rem',
    value: (row) => SEVERITY_ORDER.indexOf(row.finding.severity),
    show: (row) => <SeverityTag severity={row.finding.severity} />,
    from: 'tablet',
  },
  {
    key: 'verdict',
    header: 'column.verdict',
    width: '6.5rem',
    value: (row) => row.finding.verdict,
    show: (row) => <VerdictTag verdict={row.finding.verdict} />,
  },
  {
    key: 'title',
    header: 'column.finding',
    width: 'minmax(9rem, 2fr)',
    value: (row) => row.finding.title,
    show: (row) => <Go to={`/findings/${row.finding.id}`}>{visibleLine(row.finding.title, 200)}</Go>,
  },
  {
    key: 'family',
    header: 'column.family',
    width: '7rem',
    value: (row) => familyWord(row.finding.family, say),
    from: 'wide',
  },
  {
    key: 'request',
    header: 'column.request',
    width: 'minmax(8rem, 2fr)',
    value: (row) => `${row.finding.request.method} ${row.finding.request.path}`,
    show: (row) => (
      <span className="mono">{visibleLine(`${row.finding.request.method} ${row.finding.request.path}`, 200)}</span>
    ),
    from: 'tablet',
  },
  { key: 'service', header: 'column.service', width: '6.5rem', value: (row) => row.service, from: 'desktop' },
  {
    key: 'source',
    header: 'column.source',
    width: '9rem',
    value: (row) => sourceWords(row.source, say),
    show: (row) => <SourceName source={row.source} />,
    from: 'desktop',
  },
  {
    key: 'score',
    header: 'column.score',
    width: '4rem',
    value: (row) => row.finding.score,
    right: true,
    from: 'wide',
  },
];

export function FindingList() {
  const say = useText();
  const scope = useScope();
  const search = useSearchParams();
  const verdict = Verdict.options.find((one) => one === search.verdict);
  const { service } = scope;
  const { family, source, incident, severity } = search;
  const pages = usePages(
    'findings',
    () => ({ ...rangeQuery(scope, Date.now()), service, family, verdict, source, incident }),
    [service, scope.range, scope.to, family, verdict, source, incident],
  );
  const rows = pages.rows?.filter((row) => severity === undefined || row.finding.severity === severity);
  return (
    <Page title={say('nav.findings')} question={say('findings.question')}>
      {pages.error ? <Failed error={pages.error} retry={pages.retry} /> : null}
      {rows ? (
        <DataTable
          name="findings"
          label={say('nav.findings')}
          rows={rows}
          columns={columns(say)}
          rowKey={(row) => row.finding.id}
          rowPlace={(row) => ({ to: `/findings/${row.finding.id}` })}
          rowTestId="finding-row"
          more={pages.more}
          filters={
            <>
              <FilterChoice
                name="verdict"
                label="column.verdict"
                options={Verdict.options.map((value) => ({ value, label: say(lookOf(value).word) }))}
              />
              <FilterChoice
                name="severity"
                label="column.severity"
                options={SEVERITY_ORDER.map((value) => ({ value, label: say(`severity.${value}`) })).toReversed()}
              />
              <FilterChoice
                name="family"
                label="column.family"
                options={FAMILIES.map((value) => ({ value, label: familyWord(value, say) }))}
              />
              <FilterChips names={['source', 'incident']} />
            </>
          }
          empty={
            <Empty title={say('findings.empty')}>
              {say('findings.emptyHelp', { minutes: RANGES[scope.range] / 60_000 })}
            </Empty>
          }
        />
      ) : pages.loading ? (
        <Loading lines={10} />
      ) : null}
    </Page>
  );
}
