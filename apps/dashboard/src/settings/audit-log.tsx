import { Button } from '@mantine/core';
import type { AuditRow } from '@seawall/contract';
import { Link2, Link2Off } from 'lucide-react';
import { useApi, usePages } from '../server/queries.ts';
import { DataTable, type Column } from '../show/data-table.tsx';
import { formatCount } from '../show/format.ts';
import { Empty, Failed, Loading } from '../show/states.tsx';
import { Time } from '../show/time.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useLanguage, useText } from '../text/text.ts';

const COLUMNS: readonly Column<AuditRow>[] = [
  { key: 'sequence', header: 'column.number', width: '4rem', value: (row) => row.sequence, right: true },
  {
    key: 'time',
    header: 'column.time',
    width: '6.5rem',
    value: (row) => row.timeMicros,
    show: (row) => <Time micros={row.timeMicros} />,
    from: 'tablet',
  },
  {
    key: 'actor',
    header: 'column.actor',
    width: 'minmax(6rem, 1fr)',
    value: (row) => row.actor,
    show: (row) => visibleLine(row.actor, 120),
  },
  { key: 'what', header: 'column.what', width: 'minmax(7rem, 1fr)', value: (row) => row.what },
  {
    key: 'target',
    header: 'column.target',
    width: 'minmax(6rem, 1.4fr)',
    value: (row) => row.target,
    show: (row) => visibleLine(row.target, 160),
    from: 'tablet',
  },
  {
    key: 'detail',
    header: 'column.detail',
    width: 'minmax(8rem, 2fr)',
    value: (row) => row.detail,
    show: (row) => <span title={visibleLine(row.detail)}>{visibleLine(row.detail, 200)}</span>,
    from: 'desktop',
  },
  {
    key: 'hash',
    header: 'column.hash',
    width: '8rem',
    value: (row) => row.hash,
    show: (row) => <code title={row.hash}>{row.hash.slice(0, 12)}…</code>,
    from: 'desktop',
  },
];

export function AuditLog() {
  const say = useText();
  const pages = usePages('audit', () => ({}), []);
  return (
    <div className="stack">
      <Verify />
      {pages.error ? <Failed error={pages.error} retry={pages.retry} /> : null}
      {pages.rows ? (
        <DataTable
          name="audit"
          label={say('settings.audit')}
          rows={pages.rows}
          columns={COLUMNS}
          rowKey={(row) => String(row.sequence)}
          more={pages.more}
          empty={<Empty title={say('audit.empty')} />}
        />
      ) : pages.loading ? (
        <Loading lines={8} />
      ) : null}
    </div>
  );
}

function Verify() {
  const say = useText();
  const language = useLanguage();
  const verified = useApi('verifyAudit', {}, { enabled: false });
  const { data } = verified;
  return (
    <div className="row wrap">
      <Button size="xs" variant="default" loading={verified.isFetching} onClick={() => void verified.refetch()}>
        {say('audit.verify')}
      </Button>
      {verified.error ? <Failed error={verified.error} /> : null}
      {data ? (
        <span className={`tag filled tone-${data.ok ? 'ok' : 'blocked'}`} role="status">
          {data.ok ? <Link2 size={13} aria-hidden /> : <Link2Off size={13} aria-hidden />}
          {data.ok
            ? say('audit.whole', { rows: formatCount(data.rows, language) })
            : say('audit.broken', { row: data.firstBroken ?? 0 })}
        </span>
      ) : null}
      <span className="dim small">{say('audit.help')}</span>
    </div>
  );
}
