import { Button, Menu, TextInput } from '@mantine/core';
import {
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
  type RowData,
  type SortingState,
} from '@tanstack/react-table';
import { useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp, ChevronsUpDown, Download, ListFilter } from 'lucide-react';
import {
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
} from 'react';
import { useSearchParams, useSetSearch, type Search } from '../scope.ts';
import type { TextKey } from '../text/en.ts';
import { useLanguage, useText } from '../text/text.ts';
import { formatCount } from './format.ts';
import { scopeIn, type Place } from './go.tsx';
import { saveRows } from './save-rows.ts';
import './data-table.css';

export interface Column<Row extends RowData> {
  readonly key: string;
  readonly header: TextKey;
  /** Track of a CSS grid. */
  readonly width: string;
  /** What is sorted, filtered and exported. */
  value(row: Row): string | number;
  show?(row: Row): ReactNode;
  readonly right?: boolean;
  /** Hidden on narrower screens; the row's page shows it. */
  readonly from?: 'tablet' | 'desktop' | 'wide';
}

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });
const ROW_HEIGHT = 38;

interface Props<Row extends RowData> {
  readonly name: string;
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  rowKey(row: Row): string;
  /** The page that a row opens. */
  rowPlace?(row: Row): Place;
  readonly more?: (() => void) | undefined;
  readonly empty: ReactNode;
  readonly filters?: ReactNode;
  readonly rowTestId?: string;
}

/** Sorts, filters and exports the rows that are loaded, and paints only those in sight. */
export function DataTable<Row extends RowData>(props: Props<Row>) {
  const { rows, columns, label } = props;
  const say = useText();
  const search = useSearchParams();
  const setSearch = useSetSearch();
  const filter = useDeferredValue((search.q ?? '').trim().toLowerCase());
  const filtered = useMemo(
    () => (filter === '' ? rows : rows.filter((row) => columns.some((column) => holds(column.value(row), filter)))),
    [rows, columns, filter],
  );
  const definitions = useMemo<ColumnDef<typeof features, Row>[]>(
    () =>
      columns.map((column) => ({ id: column.key, accessorFn: (row: Row) => column.value(row), sortFn: compareCells })),
    [columns],
  );
  const sorting = sortingOf(search);
  const table = useTable({
    features,
    data: filtered as Row[], // the table only reads it
    columns: definitions,
    state: { sorting },
    enableSortingRemoval: true,
    getRowId: (row) => props.rowKey(row),
  });
  const sorted = table.getRowModel().rows;
  const sortBy = (key: string) => setSearch({ sort: nextSort(sorting, key) });
  return (
    <div className="table-frame">
      <div className="table-bar">
        <TextInput
          size="xs"
          className="table-filter"
          aria-label={say('table.filter')}
          placeholder={say('table.filter')}
          leftSection={<ListFilter size={14} aria-hidden />}
          value={search.q ?? ''}
          maxLength={200}
          onChange={(event) => setSearch({ q: event.currentTarget.value || undefined })}
        />
        {props.filters}
        <span className="grow" />
        <Count shown={sorted.length} all={rows.length} more={props.more !== undefined} />
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <Button size="compact-sm" variant="default" leftSection={<Download size={14} aria-hidden />}>
              {say('table.export')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {(['csv', 'json'] as const).map((format) => (
              <Menu.Item
                key={format}
                onClick={() =>
                  saveRows(
                    sorted.map((row) => row.original),
                    columns,
                    { name: props.name, format },
                  )
                }
              >
                {say(format === 'csv' ? 'table.csv' : 'table.json')}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </div>
      {sorted.length === 0 ? (
        rows.length === 0 ? (
          props.empty
        ) : (
          <div className="empty">
            <strong>{say('table.nothing')}</strong>
            <Button size="compact-sm" variant="default" onClick={() => setSearch({ q: undefined })}>
              {say('table.clear')}
            </Button>
          </div>
        )
      ) : (
        <Grid {...props} label={label} sorted={sorted.map((row) => row.original)} sorting={sorting} sortBy={sortBy} />
      )}
    </div>
  );
}

interface GridProps<Row extends RowData> extends Props<Row> {
  readonly sorted: readonly Row[];
  readonly sorting: SortingState;
  sortBy(key: string): void;
}

function Grid<Row extends RowData>({
  sorted,
  columns,
  label,
  rowKey,
  rowPlace,
  more,
  sorting,
  sortBy,
  rowTestId,
}: GridProps<Row>) {
  const scroller = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => {
      const row = sorted[index];
      return row === undefined ? index : rowKey(row);
    },
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= sorted.length - 20) more();
  }, [more, last, sorted.length]);
  const open = (row: Row, event: MouseEvent | KeyboardEvent) => {
    const place = rowPlace?.(row);
    const target = event.target instanceof Element ? event.target : undefined;
    if (!place || target?.closest('a, button, input') || getSelection()?.toString()) return;
    void navigate({
      to: place.to as '/', // as in Go
      search: (before: Search) => ({ ...scopeIn(before), ...place.with }),
    });
  };
  const tracks = {
    '--tracks': trackList(columns),
    '--tracks-desktop': trackList(columns, 'desktop'),
    '--tracks-tablet': trackList(columns, 'tablet'),
    '--tracks-phone': trackList(columns, 'phone'),
  };
  return (
    <div
      className="table-scroll"
      ref={scroller}
      tabIndex={0}
      role="table"
      aria-label={label}
      aria-rowcount={sorted.length + 1}
      style={{ ...tracks, maxHeight: `min(68vh, ${(sorted.length + 1) * ROW_HEIGHT + 2}px)` } as React.CSSProperties}
    >
      <div role="rowgroup" className="table-head">
        <div role="row" className="table-row" aria-rowindex={1}>
          {columns.map((column) => (
            <HeaderCell key={column.key} column={column} sorting={sorting} sortBy={sortBy} />
          ))}
        </div>
      </div>
      <div role="rowgroup" className="table-body" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = sorted[item.index];
          if (row === undefined) return null;
          return (
            <div
              role="row"
              key={item.key}
              aria-rowindex={item.index + 2}
              className={`table-row body${rowPlace ? ' opens' : ''}`}
              style={{ transform: `translateY(${item.start}px)`, height: ROW_HEIGHT }}
              onClick={(event) => open(row, event)}
              {...(rowTestId === undefined ? {} : { 'data-testid': rowTestId })}
            >
              {columns.map((column) => (
                <div role="cell" key={column.key} className={cellClass(column)}>
                  {column.show ? column.show(row) : String(column.value(row))}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function HeaderCell<Row extends RowData>({
  column,
  sorting,
  sortBy,
}: {
  readonly column: Column<Row>;
  readonly sorting: SortingState;
  sortBy(key: string): void;
}) {
  const say = useText();
  const sort = sorting.find((one) => one.id === column.key);
  const Icon = sort === undefined ? ChevronsUpDown : sort.desc ? ArrowDown : ArrowUp;
  const order = sort === undefined ? 'none' : sort.desc ? 'descending' : 'ascending';
  return (
    <div role="columnheader" aria-sort={order} className={cellClass(column)}>
      <button type="button" className="table-sort" onClick={() => sortBy(column.key)}>
        {say(column.header)}
        <Icon size={12} aria-hidden className={sort === undefined ? 'idle' : ''} />
      </button>
    </div>
  );
}

function Count({ shown, all, more }: { readonly shown: number; readonly all: number; readonly more: boolean }) {
  const say = useText();
  const language = useLanguage();
  const loaded = `${formatCount(all, language)}${more ? '+' : ''}`;
  return (
    <span className="dim small nowrap" role="status">
      {shown === all
        ? say('table.rows', { rows: loaded })
        : say('table.rowsOf', { shown: formatCount(shown, language), rows: loaded })}
    </span>
  );
}

const holds = (value: string | number, filter: string) => String(value).toLowerCase().includes(filter);

function compareCells(a: { getValue(id: string): unknown }, b: { getValue(id: string): unknown }, id: string): number {
  const [left, right] = [a.getValue(id), b.getValue(id)];
  return typeof left === 'number' && typeof right === 'number'
    ? left - right
    : String(left).localeCompare(String(right));
}

/** `severity` ascending, `-severity` descending. */
function sortingOf({ sort }: Search): SortingState {
  if (sort === undefined) return [];
  return [{ id: sort.replace(/^-/, ''), desc: sort.startsWith('-') }];
}

function nextSort(sorting: SortingState, key: string): string | undefined {
  const now = sorting.find((one) => one.id === key);
  if (!now) return `-${key}`;
  return now.desc ? key : undefined;
}

const SHOWN = {
  phone: [undefined],
  tablet: [undefined, 'tablet'],
  desktop: [undefined, 'tablet', 'desktop'],
} as const;

function trackList<Row extends RowData>(columns: readonly Column<Row>[], screen?: keyof typeof SHOWN): string {
  const shown =
    screen === undefined ? columns : columns.filter(({ from }) => SHOWN[screen].some((one) => one === from));
  return shown.map((column) => column.width).join(' ');
}

function cellClass<Row extends RowData>({ right, from }: Column<Row>): string {
  return `table-cell${right ? ' right' : ''}${from === undefined ? '' : ` from-${from}`}`;
}
