import type { Variable } from './variable.ts';
import { collection, namesOf, single } from './define.ts';

export const RESPONSE_VARIABLES: readonly Variable[] = [
  collection('RESPONSE_HEADERS', (run) => run.response.headers),
  namesOf('RESPONSE_HEADERS_NAMES', (run) => run.response.headers),
  single('RESPONSE_STATUS', (run) => run.response.status),
  single('STATUS', (run) => run.response.status),
  single('RESPONSE_PROTOCOL', (run) => run.response.head?.protocol),
  single('STATUS_LINE', (run) => run.response.head && `${run.response.head.protocol} ${run.response.head.status}`),
  single('RESPONSE_BODY', (run) => run.response.body),
  single('RESPONSE_CONTENT_LENGTH', (run) => String(run.response.contentLength)),
  single('RESPONSE_CONTENT_TYPE', (run) => run.response.contentType),
  single('OUTBOUND_DATA_ERROR', (run) => (run.response.complete ? '0' : '1')),
];
