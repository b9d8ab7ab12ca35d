import type { RequestHead1 } from '@seawall/wire';

/** For messages of which not even a head could be read. */
export const NO_REQUEST: RequestHead1 = {
  kind: 'request',
  text: '',
  version: 'HTTP/1.1',
  fields: [],
  violations: [],
  forwardable: false,
  framing: { kind: 'none' },
  keepAlive: false,
  upgrade: undefined,
  method: '',
  target: '',
  targetForm: 'invalid',
  host: '',
  expectContinue: false,
};
