import { Menu, Button } from '@mantine/core';
import type { ActionKind, ActionTarget, ApiAnswer } from '@seawall/contract';
import { ChevronDown, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { ActDialog } from '../actions/act-dialog.tsx';
import { useApi } from '../server/queries.ts';
import { rangeQuery, useScope } from '../scope.ts';
import { useMay } from '../session/session.tsx';
import { DataTable, type Column } from '../show/data-table.tsx';
import { relativeTime } from '../show/format.ts';
import { Go } from '../show/go.tsx';
import { useNow } from '../show/now.ts';
import { Card, Page } from '../show/page.tsx';
import { Empty, Failed, Loading } from '../show/states.tsx';
import { Time } from '../show/time.tsx';
import { ProtectionTag, WorkloadStateTag } from '../show/verdict.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useLanguage, useText } from '../text/text.ts';

type Answer = ApiAnswer<'workloads'>;
type Item = Answer['items'][number];
type Service = ApiAnswer<'overview'>['services'][number];

interface WorkloadRow {
  readonly item: Item;
  readonly name: string;
  readonly service: Service | undefined;
}

const KINDS: readonly ActionKind[] = ['restart', 'pause', 'stop', 'quarantine'];
const REFRESH_MS = 5000;

export function Workloads() {
  const say = useText();
  const scope = useScope();
  const { service } = scope;
  const workloads = useApi('workloads', {}, { everyMs: REFRESH_MS });
  const overview = useApi('overview', () => ({ query: rangeQuery(scope, Date.now()) }), {
    everyMs: REFRESH_MS,
    key: ['services', scope.range, scope.to],
  });
  const [acting, setActing] = useState<{ kind: ActionKind; target: ActionTarget } | undefined>(undefined);
  const services = overview.data?.services ?? [];
  const rows = workloads.data?.items
    .filter((item) => service === undefined || item.workload.service === service)
    .map((item): WorkloadRow => ({
      item,
      name: item.workload.instance?.name ?? item.workload.workload,
      service: services.find((one) => one.service === item.workload.service),
    }));
  return (
    <Page title={say('nav.workloads')} question={say('workloads.question')}>
      {workloads.error ? <Failed error={workloads.error} retry={() => void workloads.refetch()} /> : null}
      {workloads.data ? <Adapters adapters={workloads.data.adapters} /> : null}
      {rows ? (
        <DataTable
          name="workloads"
          label={say('nav.workloads')}
          rows={rows}
          columns={useColumns(workloads.data, (kind, item) =>
            setActing({ kind, target: { kind: 'workload', workload: item.workload } }),
          )}
          rowKey={(row) => `${row.item.adapter} ${row.item.workload.service} ${row.name}`}
          rowPlace={(row) => ({ to: '/traffic', with: { service: row.item.workload.service, q: row.name } })}
          rowTestId="workload-row"
          empty={<Empty title={say('workloads.empty')}>{say('workloads.emptyHelp')}</Empty>}
        />
      ) : workloads.error ? null : (
        <Loading lines={6} />
      )}
      {acting ? (
        <ActDialog kind={acting.kind} target={acting.target} reason="" close={() => setActing(undefined)} />
      ) : null}
    </Page>
  );
}

function useColumns(
  answer: Answer | undefined,
  act: (kind: ActionKind, item: Item) => void,
): readonly Column<WorkloadRow>[] {
  const mayAct = useMay('act');
  const columns: readonly Column<WorkloadRow>[] = [
    {
      key: 'service',
      header: 'column.service',
      width: 'minmax(5rem, 1fr)',
      value: (row) => row.item.workload.service,
      from: 'tablet',
    },
    {
      key: 'instance',
      header: 'column.workload',
      width: 'minmax(7rem, 1.4fr)',
      value: (row) => row.name,
      show: (row) => (
        <Go to="/traffic" with={{ service: row.item.workload.service, q: row.name }}>
          {visibleLine(row.name, 120)}
        </Go>
      ),
    },
    {
      key: 'state',
      header: 'column.state',
      width: '7.5rem',
      value: (row) => row.item.state,
      show: (row) => <WorkloadStateTag state={row.item.state} />,
    },
    {
      key: 'protection',
      header: 'column.protection',
      width: '8.5rem',
      value: (row) => row.service?.protection ?? 'unknown',
      show: (row) => (
        <span title={row.service?.reason}>
          <ProtectionTag protection={row.service?.protection ?? 'unknown'} />
        </span>
      ),
      from: 'tablet',
    },
    { key: 'adapter', header: 'column.adapter', width: '7rem', value: (row) => row.item.adapter, from: 'desktop' },
    {
      key: 'address',
      header: 'column.address',
      width: '10rem',
      value: (row) => row.item.address ?? '',
      from: 'desktop',
    },
    {
      key: 'started',
      header: 'column.started',
      width: '7rem',
      value: (row) => row.item.startedMicros ?? 0,
      show: (row) =>
        row.item.startedMicros === undefined ? (
          <span className="dim">–</span>
        ) : (
          <Time micros={row.item.startedMicros} />
        ),
      from: 'desktop',
    },
  ];
  if (!mayAct) return columns;
  return [
    ...columns,
    {
      key: 'act',
      header: 'column.action',
      width: '6.5rem',
      value: () => '',
      show: (row) => <ActMenu row={row} able={capabilitiesOf(answer, row.item)} act={act} />,
    },
  ];
}

function capabilitiesOf(answer: Answer | undefined, item: Item): readonly string[] {
  return (
    answer?.adapters.filter(({ adapter }) => adapter === item.adapter).flatMap(({ capabilities }) => capabilities) ?? []
  );
}

function ActMenu({
  row,
  able,
  act,
}: {
  readonly row: WorkloadRow;
  readonly able: readonly string[];
  readonly act: (kind: ActionKind, item: Item) => void;
}) {
  const say = useText();
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button
          size="compact-xs"
          variant="default"
          rightSection={<ChevronDown size={12} aria-hidden />}
          aria-label={say('workloads.actOn', { name: row.name })}
        >
          {say('workloads.act')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {KINDS.map((kind) => (
          <Menu.Item key={kind} disabled={!able.includes(kind)} onClick={() => act(kind, row.item)}>
            {say(`act.${kind}`)}{' '}
            <span className="dim small">{able.includes(kind) ? say(`act.${kind}.help`) : say('workloads.unable')}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Adapters({ adapters }: { readonly adapters: Answer['adapters'] }) {
  const say = useText();
  const language = useLanguage();
  const now = useNow();
  if (adapters.length === 0) return null;
  return (
    <Card title={say('workloads.adapters')}>
      <ul className="plain-list stack">
        {adapters.map((adapter) => (
          <li key={`${adapter.node} ${adapter.adapter}`} className="row wrap">
            <strong>{adapter.adapter}</strong>
            <span className="dim">{adapter.node}</span>
            <span className="dim small">
              {say('nodes.heard', { when: relativeTime(adapter.lastHeardMs, now, language) })}
            </span>
            <span className="small">{adapter.capabilities.join(', ')}</span>
            {adapter.problem === null ? null : (
              <span className="tag tone-blocked">
                <TriangleAlert size={13} aria-hidden />
                {visibleLine(adapter.problem, 300)}
              </span>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
