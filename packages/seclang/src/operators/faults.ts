import { faultsOf } from '@seawall/faults';

export const operatorFault = faultsOf({
  'seclang.operator-argument': {
    text: 'The argument of @{operator} is not usable: {reason}. Correct it in the rule.',
    source: 'operator',
    status: 422,
    retryable: false,
  },
  'seclang.operator-file-missing': {
    text: '@{operator} needs the data file "{file}", which is not there. Put it beside the rule file or correct its name.',
    source: 'operator',
    status: 422,
    retryable: false,
  },
  'seclang.operator-refused': {
    text: '@{operator} is not available: {reason}. {instead}',
    source: 'operator',
    status: 422,
    retryable: false,
  },
});
