import { faultsOf } from '@seawall/faults';

export const GATEWAY_FAULTS = {
  'gateway.bad-arguments': {
    text: 'The gateway was started with wrong arguments: {detail}. Give --data, --node, --server and --token-file; or --data and --upstream.',
    source: 'operator',
    status: 500,
    retryable: false,
  },
  'gateway.bad-limits': {
    text: 'The value of --limits cannot be used: {detail}. Give a JSON object such as {"headTimeoutMs":10000}.',
    source: 'operator',
    status: 500,
    retryable: false,
  },
  'gateway.bad-policy': {
    text: 'The policy cannot be used: {detail}. Correct it; a policy that was in force stays so.',
    source: 'operator',
    status: 500,
    retryable: false,
  },
  'gateway.upstream-unreachable': {
    text: 'The service cannot be reached at the moment. Try again later.',
    source: 'upstream',
    status: 502,
    retryable: true,
  },
  'gateway.upstream-broken': {
    text: 'The service did not answer as it should. Try again later.',
    source: 'upstream',
    status: 502,
    retryable: true,
  },
  'gateway.upstream-slow': {
    text: 'The service did not answer in time. Try again later.',
    source: 'upstream',
    status: 504,
    retryable: true,
  },
  'gateway.client-gone': {
    text: 'The client closed the connection. Nothing needs to be done.',
    source: 'client',
    status: 499,
    retryable: false,
  },
  'gateway.client-slow': {
    text: 'The client did not send its message in time. Send it again, faster.',
    source: 'client',
    status: 408,
    retryable: true,
  },
  'gateway.framing': {
    text: 'The message could not be read to its end. Send a message that follows RFC 9112.',
    source: 'client',
    status: 400,
    retryable: false,
  },
  'gateway.inspection-deadline': {
    text: 'Inspection of a message was stopped because it took too long. The setting onInspectionFailure of the route decides.',
    source: 'us',
    status: 403,
    retryable: false,
  },
  'gateway.inspection-thread': {
    text: 'The inspection thread ended. The setting onInspectionFailure of the route decides.',
    source: 'us',
    status: 403,
    retryable: true,
  },
  'gateway.commit': {
    text: 'A finding could not be committed. Look at the disk and the spool of the node.',
    source: 'us',
    status: 503,
    retryable: true,
  },
} as const;

export const fault = faultsOf(GATEWAY_FAULTS);
