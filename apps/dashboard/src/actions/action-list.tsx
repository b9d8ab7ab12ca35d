import { Button } from '@mantine/core';
import { ActionKind, ActionState } from '@seawall/contract';
import { Hand } from 'lucide-react';
import { useState } from 'react';
import { usePages, type Row } from '../server/queries.ts';
import { useScope, useSearchParams, useSetSearch } from '../scope.ts';
import { useMay } from '../session/session.tsx';
import { DataTable, type Column } from '../show/data-table.tsx';
import { FilterChips, FilterChoice } from '../show/filters.tsx';
import { Go } from '../show/go.tsx';
import { Page } from '../show/page.tsx';
import { TargetName, targetWords } from '../show/source.tsx';
import { Empty, Failed, Loading } from '../show/states.tsx';
import { Time } from '../show/time.tsx';
import { lookOf, VerdictTag } from '../show/verdict.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useText, type Say } from '../text/text.ts';
import { Expiry, UndoButton } from './action-line.tsx';
import { HandForm } from './hand-form.tsx';
import './actions.css';

type ActionRow = Row<'actions'>;

const columns = (say: Say): readonly Column<ActionRow>[] => [
  {
    key: 'time',
    header: 'column.time',
    width: '6.5rem',
    value: (row) => row.createdMicros,
    show: (row) => <Time micros={row.createdMicros} />,
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
    key: 'action',
    header: 'column.action',
    width: 'minmax(5.5rem, 0.7fr)',
    value: (row) => say(`act.${row.kind}`),
    show: (row) => (
      <Go to={`/actions/${row.id}`}>
        {say(`act.${row.kind}`)}
        {row.dryRun ? ` (${say('act.dryRun')})` : ''}
      </Go>
    ),
  },
  {
    key: 'target',
    header: 'column.target',
    width: 'minmax(7rem, 1.2fr)',
    value: (row) => targetWords(row.target, say),
    show: (row) => <TargetName target={row.target} />,
    from: 'tablet',
  },
  {
    key: 'cause',
    header: 'column.cause',
    width: 'minmax(8rem, 2fr)',
    value: (row) => `${row.cause.actor}: ${row.cause.reason}`,
    show: (row) => (
      <span title={visibleLine(row.cause.reason)}>{visibleLine(`${row.cause.actor}: ${row.cause.reason}`, 200)}</span>
    ),
    from: 'desktop',
  },
  {
    key: 'expiry',
    header: 'column.expiry',
    width: '7.5rem',
    value: (row) => row.expiresMicros ?? 0,
    show: (row) => <Expiry action={row} />,
    from: 'tablet',
  },
  {
    key: 'outcome',
    header: 'column.outcome',
    width: 'minmax(7rem, 1.4fr)',
    value: (row) => row.outcome?.detail ?? '',
    show: (row) =>
      row.outcome ? (
        <span title={visibleLine(row.outcome.detail)}>
          <span className={`tag tone-${row.outcome.verified ? 'ok' : 'unknown'}`}>
            {say(row.outcome.verified ? 'outcome.verified' : 'outcome.notVerified')}
          </span>{' '}
          {visibleLine(row.outcome.detail, 160)}
        </span>
      ) : (
        <span className="dim">–</span>
      ),
    from: 'wide',
  },
  { key: 'undo', header: 'column.undo', width: '7.5rem', value: () => '', show: (row) => <UndoButton action={row} /> },
];

export function ActionList() {
  const say = useText();
  const scope = useScope();
  const search = useSearchParams();
  const setSearch = useSetSearch();
  const mayAct = useMay('act');
  const [acting, setActing] = useState(search.act !== undefined);
  const { state, incident, kind } = search;
  const pages = usePages('actions', () => ({ state, incident }), [state, incident]);
  const rows = pages.rows?.filter((row) => (kind === undefined || row.kind === kind) && inService(row, scope.service));
  return (
    <Page
      title={say('nav.actions')}
      question={say('actions.question')}
      actions={
        mayAct ? (
          <Button
            size="xs"
            leftSection={<Hand size={14} aria-hidden />}
            onClick={() => setActing(true)}
            data-testid="act-by-hand"
          >
            {say('actions.byHand')}
          </Button>
        ) : undefined
      }
    >
      {pages.error ? <Failed error={pages.error} retry={pages.retry} /> : null}
      {rows ? (
        <DataTable
          name="actions"
          label={say('nav.actions')}
          rows={rows}
          columns={columns(say)}
          rowKey={(row) => row.id}
          rowPlace={(row) => ({ to: `/actions/${row.id}` })}
          rowTestId="action-row"
          more={pages.more}
          filters={
            <>
              <FilterChoice
                name="state"
                label="column.state"
                options={ActionState.options.map((value) => ({ value, label: say(lookOf(value).word) }))}
              />
              <FilterChoice
                name="kind"
                label="column.action"
                options={ActionKind.options.map((value) => ({ value, label: say(`act.${value}`) }))}
              />
              <FilterChips names={['incident']} />
            </>
          }
          empty={<Empty title={say('actions.empty')}>{say('actions.emptyHelp')}</Empty>}
        />
      ) : pages.loading ? (
        <Loading lines={8} />
      ) : null}
      {acting && mayAct ? (
        <HandForm
          given={search.target}
          kind={ActionKind.options.find((one) => one === search.act)}
          close={() => {
            setActing(false);
            setSearch({ act: undefined, target: undefined });
          }}
        />
      ) : null}
    </Page>
  );
}

function inService({ target }: ActionRow, service: string | undefined): boolean {
  if (service === undefined) return true;
  if (target.kind === 'source') return target.source.kind === 'address' || target.source.service === service;
  return (target.kind === 'account' ? target.service : target.workload.service) === service;
}
