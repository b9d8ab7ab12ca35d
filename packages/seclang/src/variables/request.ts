import { Item, NO_ITEMS } from '../transaction/item.ts';
import type { Run } from '../transaction/run.ts';
import { collection, namesOf, single } from './define.ts';
import type { Variable } from './variable.ts';

function args(run: Run): readonly Item[] {
  const { argsGet, argsPost } = run.request;
  if (argsPost.length === 0) return argsGet;
  return argsGet.length === 0 ? argsPost : [...argsGet, ...argsPost];
}

function argsCombinedSize(run: Run): number {
  return args(run).reduce((size, { key, value }) => size + key.length + value.length, 0);
}

/** Of the request's head. */
export const HEAD_VARIABLES: readonly Variable[] = [
  collection('ARGS_GET', (run) => run.request.argsGet),
  namesOf('ARGS_GET_NAMES', (run) => run.request.argsGet),
  collection('ARGS_PATH', () => NO_ITEMS),
  collection('REQUEST_HEADERS', (run) => run.request.headers),
  namesOf('REQUEST_HEADERS_NAMES', (run) => run.request.headers),
  collection('REQUEST_COOKIES', (run) => run.request.cookies),
  namesOf('REQUEST_COOKIES_NAMES', (run) => run.request.cookies),
  single('REQUEST_METHOD', (run) => run.request.head?.method),
  single('REQUEST_PROTOCOL', (run) => run.request.head?.protocol),
  single('REQUEST_LINE', (run) => run.request.line),
  single('REQUEST_URI', (run) => run.request.uri),
  single('REQUEST_URI_RAW', (run) => run.request.head?.target),
  single('REQUEST_FILENAME', (run) => run.request.filename),
  single('REQUEST_BASENAME', (run) => run.request.basename),
  single('PATH_INFO', (run) => run.request.filename),
  single('QUERY_STRING', (run) => run.request.queryString),
  single('AUTH_TYPE', (run) => run.request.header('authorization')?.split(' ', 1)[0]),
  single('REMOTE_USER', (run) => run.request.remoteUser),
  single('SERVER_NAME', (run) => run.request.serverName),
];

/** Of the whole request, or changed by its body. */
export const REQUEST_VARIABLES: readonly Variable[] = [
  collection('ARGS', args),
  namesOf('ARGS_NAMES', args),
  collection('ARGS_POST', (run) => run.request.argsPost),
  namesOf('ARGS_POST_NAMES', (run) => run.request.argsPost),
  single('ARGS_COMBINED_SIZE', (run) => String(argsCombinedSize(run))),
  single('URLENCODED_ERROR', (run) => (run.request.urlencodedError ? '1' : '0')),
  single('REQUEST_BODY', (run) => run.request.bodyVariable),
  single('REQUEST_BODY_LENGTH', (run) => String(run.request.bodyLength)),
  single('FULL_REQUEST', (run) => run.request.full),
  single('FULL_REQUEST_LENGTH', (run) => String(run.request.full.length)),
  single('REQBODY_ERROR', (run) => (run.request.bodyError === '' ? '0' : '1')),
  single('REQBODY_ERROR_MSG', (run) => run.request.bodyError),
  single('REQBODY_PROCESSOR_ERROR', (run) => (run.request.bodyError === '' ? '0' : '1')),
  single('REQBODY_PROCESSOR_ERROR_MSG', (run) => run.request.bodyError),
  single('INBOUND_DATA_ERROR', (run) => (run.request.complete ? '0' : '1')),
];
