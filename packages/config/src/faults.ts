import { faultsOf } from '@seawall/faults';

export const CONFIG_FAULTS = {
  'config.unreadable': {
    text: 'The file {path} cannot be read: {reason}. Check that it exists and that this user may read it.',
    source: 'operator',
    status: 500,
    retryable: true,
  },
  'config.too-large': {
    text: 'The file {path} is larger than {limit} bytes, which no configuration needs. Is it the right file?',
    source: 'operator',
    status: 500,
    retryable: false,
  },
} as const;

export const fault = faultsOf(CONFIG_FAULTS);
