import { faultsOf } from '@seawall/faults';

export const RESPOND_FAULTS = {
  'respond.step-not-allowed': {
    text: 'The action is {state}; {step} is not possible now. Look at the action again and try what it offers.',
    source: 'client',
    status: 409,
    retryable: false,
  },
} as const;

export const fault = faultsOf(RESPOND_FAULTS);
