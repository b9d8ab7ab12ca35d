import { faultsOf } from '@seawall/faults';

export const STORE_FAULTS = {
  'store.disk-full': {
    text: 'The disk of the data folder is full. Nothing was stored; free some space, or shorten the retention, then try again.',
    source: 'operator',
    status: 507,
    retryable: true,
  },
  'store.locked': {
    text: 'Another process uses the data folder {folder}. Stop it, or choose another folder with --data.',
    source: 'operator',
    status: 503,
    retryable: false,
  },
  'store.corrupt': {
    text: 'The file {file} is damaged. Keep a copy of it, then restore it from a backup, or move it away to start empty.',
    source: 'operator',
    status: 500,
    retryable: false,
  },
  'store.newer': {
    text: 'The data in {file} was written by a newer Seawall. Start that version, or choose another folder with --data.',
    source: 'operator',
    status: 500,
    retryable: false,
  },
  'store.folder': {
    text: 'The data folder {folder} cannot be made or written. Check its owner and rights.',
    source: 'operator',
    status: 500,
    retryable: false,
  },
  'store.no-duckdb': {
    text: 'DuckDB is not available on this platform. Set the traffic store to "auto" or "sqlite".',
    source: 'operator',
    status: 500,
    retryable: false,
  },
  'store.exists': { text: 'That name or id is taken already.', source: 'client', status: 409, retryable: false },
  'store.missing': { text: 'There is nothing stored under that id.', source: 'client', status: 404, retryable: false },
  'store.bad-cursor': {
    text: 'The cursor is not one that a page answered. Begin again without it.',
    source: 'client',
    status: 400,
    retryable: false,
  },
  'store.bad-question': {
    text: 'A value of the question is out of bounds: {value}.',
    source: 'client',
    status: 400,
    retryable: false,
  },
  'store.busy': {
    text: 'The store has more work waiting than it may hold. Try again shortly.',
    source: 'us',
    status: 503,
    retryable: true,
  },
  'store.stopped': {
    text: 'The store has stopped. Restart Seawall; what was committed is on disk.',
    source: 'us',
    status: 503,
    retryable: false,
  },
  'store.io': {
    text: 'Reading or writing the data folder failed. Check the disk and the system log.',
    source: 'operator',
    status: 500,
    retryable: true,
  },
  'store.failed': {
    text: 'The store could not answer. The log of the server says why.',
    source: 'us',
    status: 500,
    retryable: false,
  },
} as const;

export type StoreFaultCode = keyof typeof STORE_FAULTS;
export const storeFault = faultsOf(STORE_FAULTS);
