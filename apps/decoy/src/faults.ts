import { faultsOf, type FaultTable } from '@seawall/faults';

export const DECOY_FAULTS = {
  'decoy.bad-arguments': {
    text: 'The arguments are wrong: {detail}. Use `--data DIR --node NAME --server SOCKET --token-file FILE [--address 127.0.0.1 --port 0]`.',
    source: 'operator',
    status: 500,
    retryable: false,
  },
  'decoy.token-unreadable': {
    text: 'The token file cannot be read: {file}. Start the server first, or point --token-file at the token that it wrote.',
    source: 'operator',
    status: 500,
    retryable: true,
  },
  'decoy.cannot-listen': {
    text: 'The decoy cannot listen on {address}:{port}. Choose another port, or stop what uses this one.',
    source: 'operator',
    status: 500,
    retryable: true,
  },
} as const satisfies FaultTable;

export const fault = faultsOf(DECOY_FAULTS);
