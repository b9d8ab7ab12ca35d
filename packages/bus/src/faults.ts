import { faultsOf } from '@seawall/faults';

export const BUS_FAULTS = {
  'bus.spool-full': {
    text: 'The spool of this node is full and holds nothing cheaper to give up. Start the server, or allow a larger spool.',
    source: 'operator',
    status: 507,
    retryable: true,
  },
  'bus.disk': {
    text: 'The spool {folder} cannot be written or synced. Free some space and check the disk.',
    source: 'operator',
    status: 507,
    retryable: true,
  },
  'bus.too-large': {
    text: 'One event is larger than the bus carries.',
    source: 'us',
    status: 500,
    retryable: false,
  },
  'bus.closed': { text: 'The link of this node is closed.', source: 'us', status: 503, retryable: false },
  'bus.frame': {
    text: 'The other side sent what is no frame of this bus, or one that is too large.',
    source: 'client',
    status: 400,
    retryable: false,
  },
  'bus.in-use': {
    text: 'Another server listens on {path}. Stop it, or choose another data folder.',
    source: 'operator',
    status: 503,
    retryable: false,
  },
  'bus.path-too-long': {
    text: 'The socket path {path} is longer than the 103 bytes that every system allows. Choose a shorter data folder.',
    source: 'operator',
    status: 500,
    retryable: false,
  },
} as const;

export const busFault = faultsOf(BUS_FAULTS);
