import { faultsOf } from '@seawall/faults';

export const ORCHESTRATE_FAULTS = {
  'orchestrate.unreachable': {
    text: '{engine} does not answer at {address}. Is it running, and may this user reach it?',
    source: 'us',
    status: 503,
    retryable: true,
  },
  'orchestrate.unknown-workload': {
    text: '{engine} has no workload named "{name}". It may have been removed or renamed.',
    source: 'operator',
    status: 404,
    retryable: false,
  },
  'orchestrate.cannot': {
    text: '{engine} cannot {action} a workload.',
    source: 'operator',
    status: 409,
    retryable: false,
  },
  'orchestrate.refused': {
    text: '{engine} refused to {action} "{name}": {reason}',
    source: 'us',
    status: 502,
    retryable: true,
  },
  'orchestrate.ended': {
    text: '"{name}" ended before it was ready ({how}). Its last words: {last} - all of them are in {log}.',
    source: 'us',
    status: 500,
    retryable: false,
  },
  'orchestrate.start-failed': {
    text: '"{name}" did not get ready within {seconds} s. Its last lines are in {log}.',
    source: 'us',
    status: 500,
    retryable: true,
  },
} as const;

export const fault = faultsOf(ORCHESTRATE_FAULTS);
