import { faultsOf } from '@seawall/faults';

export const patternFault = faultsOf({
  'seclang.pattern-invalid': {
    text: 'The pattern is wrong at character {position}: {reason}. Correct it in the rule.',
    source: 'operator',
    status: 422,
    retryable: false,
  },
  'seclang.pattern-unsupported': {
    text: 'The pattern uses {feature} at character {position}, which Seawall does not match. Rewrite the pattern without it.',
    source: 'operator',
    status: 422,
    retryable: false,
  },
  'seclang.pattern-too-big': {
    text: 'The pattern is too big: {reason}. Split it into several rules.',
    source: 'operator',
    status: 422,
    retryable: false,
  },
});
