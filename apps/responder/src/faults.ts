import { faultsOf } from '@seawall/faults';

export const RESPONDER_FAULTS = {
  'responder.no-adapter': {
    text: 'No adapter knows the workload "{name}"; seen are: {known}.',
    source: 'operator',
    status: 404,
    retryable: false,
  },
  'responder.option': { text: '{what}', source: 'operator', status: 400, retryable: false },
} as const;

export const fault = faultsOf(RESPONDER_FAULTS);
