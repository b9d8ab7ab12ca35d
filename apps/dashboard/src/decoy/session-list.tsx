import type { DecoySession } from '@seawall/contract';
import { usePages } from '../server/queries.ts';
import { useScope } from '../scope.ts';
import { DataTable, type Column } from '../show/data-table.tsx';
import { Go } from '../show/go.tsx';
import { Page } from '../show/page.tsx';
import { SourceName, sourceWords } from '../show/source.tsx';
import { Empty, Failed, Loading } from '../show/states.tsx';
import { Time } from '../show/time.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useText, type Say } from '../text/text.ts';
import { learnedWord } from './learned.ts';

const columns = (say: Say): readonly Column<DecoySession>[] => [
  {
    key: 'time',
    header: 'column.last',
    width: '6.5rem',
    value: (row) => row.lastMicros,
    show: (row) => <Time micros={row.lastMicros} />,
  },
  {
    key: 'source',
    header: 'column.source',
    width: 'minmax(7rem, 1fr)',
    value: (row) => sourceWords(row.source, say),
    show: (row) => <SourceName source={row.source} />,
    from: 'tablet',
  },
  {
    key: 'service',
    header: 'decoy.plays',
    width: 'minmax(6rem, 1fr)',
    value: (row) => row.service,
    show: (row) => <Go to={`/decoy/${row.id}`}>{say('decoy.as', { service: row.service })}</Go>,
  },
  { key: 'steps', header: 'decoy.steps', width: '5.5rem', value: (row) => row.steps, right: true },
  {
    key: 'learned',
    header: 'decoy.learned',
    width: 'minmax(9rem, 3fr)',
    value: (row) => row.learned.map((one) => one.text).join(' '),
    show: (row) => (
      <span className="row">
        {row.learned.slice(0, 4).map((one) => (
          <span key={`${one.kind} ${one.text}`} className="tag filled tone-diverted cut" title={visibleLine(one.text)}>
            {learnedWord(one.kind, say)}: {visibleLine(one.text, 40)}
          </span>
        ))}
        {row.learned.length > 4 ? <span className="dim">+{row.learned.length - 4}</span> : null}
      </span>
    ),
    from: 'tablet',
  },
];

export function SessionList() {
  const say = useText();
  const { service } = useScope();
  const pages = usePages('decoySessions', () => ({}), []);
  const rows = pages.rows?.filter((row) => service === undefined || row.service === service);
  return (
    <Page title={say('nav.decoy')} question={say('decoy.question')}>
      {pages.error ? <Failed error={pages.error} retry={pages.retry} /> : null}
      {rows ? (
        <DataTable
          name="decoy"
          label={say('nav.decoy')}
          rows={rows}
          columns={columns(say)}
          rowKey={(row) => row.id}
          rowPlace={(row) => ({ to: `/decoy/${row.id}` })}
          rowTestId="decoy-row"
          more={pages.more}
          empty={<Empty title={say('decoy.empty')}>{say('decoy.emptyHelp')}</Empty>}
        />
      ) : pages.loading ? (
        <Loading lines={6} />
      ) : null}
    </Page>
  );
}
