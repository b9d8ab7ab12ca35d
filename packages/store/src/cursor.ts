import { storeFault } from './faults.ts';

/** Position in a list that is ordered by time, then id. */
export interface Position {
  readonly time: number;
  readonly id: string;
}

export const MAX_PAGE = 500;

export function writeCursor(position: Position): string {
  return Buffer.from(`${position.time}.${position.id}`, 'latin1').toString('base64url');
}

/** Cursors come back from clients: anything that `writeCursor` did not write is refused. */
export function readCursor(cursor: string | undefined): Position | undefined {
  if (cursor === undefined) return undefined;
  const match = /^(\d{1,16})\.([\w-]{1,100})$/.exec(Buffer.from(cursor.slice(0, 200), 'base64url').toString('latin1'));
  const time = Number(match?.[1]);
  if (!match?.[2] || !Number.isSafeInteger(time)) throw storeFault('store.bad-cursor');
  return { time, id: match[2] };
}

export function pageLimit(limit: number): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw storeFault('store.bad-question', { value: 'limit' });
  }
  return limit;
}

/** Takes one row more than the page holds: its presence says that there is a next page. */
export function cutPage<R, T>(
  rows: readonly R[],
  limit: number,
  position: (row: R) => Position,
  read: (row: R) => T,
): { readonly rows: readonly T[]; readonly next: string | null } {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return { rows: kept.map(read), next: rows.length > limit && last ? writeCursor(position(last)) : null };
}
