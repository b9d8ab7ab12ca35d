import { faultsOf, type FaultTable } from '@seawall/faults';

export const WIRE_FAULTS = {
  'wire.unsafe-method': {
    text: 'The method cannot be written safely: it is no token. Refuse the message instead of forwarding it.',
    source: 'us',
    status: 500,
    retryable: false,
  },
  'wire.unsafe-target': {
    text: 'The request target cannot be written safely: it is empty or holds white space or control characters.',
    source: 'us',
    status: 500,
    retryable: false,
  },
  'wire.unsafe-field': {
    text: 'A field cannot be written safely: its name is no token or its value holds control characters.',
    source: 'us',
    status: 500,
    retryable: false,
  },
  'wire.unsafe-status': {
    text: 'The status line cannot be written safely: the status must be 100 to 999, the reason without control characters.',
    source: 'us',
    status: 500,
    retryable: false,
  },
  'wire.unsafe-framing': {
    text: 'The body length must be a whole number that a double holds exactly, and a request cannot end by closing.',
    source: 'us',
    status: 500,
    retryable: false,
  },
  'wire.host-count': {
    text: 'A request needs exactly one Host field; add the one that the route gives.',
    source: 'us',
    status: 500,
    retryable: false,
  },
  'wire.unsafe-frame': {
    text: 'The WebSocket frame breaks RFC 6455: control frames hold at most 125 bytes, masks four bytes, close codes are registered.',
    source: 'us',
    status: 500,
    retryable: false,
  },
} as const satisfies FaultTable;

export const fault = faultsOf(WIRE_FAULTS);
