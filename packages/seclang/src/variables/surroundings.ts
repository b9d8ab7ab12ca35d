import { NO_ITEMS } from '../transaction/item.ts';
import type { Run } from '../transaction/run.ts';
import { collection, single } from './define.ts';
import type { Variable } from './variable.ts';

const time = (name: string, read: (now: Date) => number | string): Variable =>
  single(name, (run) => String(read(new Date(run.environment.nowMicros / 1000))));
const two = (value: number): string => String(value).padStart(2, '0');

/** A transaction sees one moment: the time at which it began. */
const TIME_VARIABLES: readonly Variable[] = [
  single('TIME_EPOCH', (run) => String(Math.floor(run.environment.nowMicros / 1_000_000))),
  time('TIME', (now) => `${two(now.getUTCHours())}:${two(now.getUTCMinutes())}:${two(now.getUTCSeconds())}`),
  time('TIME_DAY', (now) => now.getUTCDate()),
  time('TIME_HOUR', (now) => now.getUTCHours()),
  time('TIME_MIN', (now) => now.getUTCMinutes()),
  time('TIME_MON', (now) => now.getUTCMonth()),
  time('TIME_SEC', (now) => now.getUTCSeconds()),
  time('TIME_WDAY', (now) => now.getUTCDay()),
  time('TIME_YEAR', (now) => now.getUTCFullYear()),
];

/** Seconds, as ModSecurity v3 has it. */
export const DURATION: Variable = single('DURATION', (run) =>
  ((run.environment.elapsedMicros?.() ?? 0) / 1_000_000).toFixed(6),
);

const settled = (name: string, read: (run: Run) => string): Variable => single(name, read);

/** The connection, the engine and the clock; what this engine does not have is empty, so that rules about it load. */
export const SURROUNDING_VARIABLES: readonly Variable[] = [
  settled('REMOTE_ADDR', (run) => run.facts.clientAddress),
  settled('REMOTE_HOST', (run) => run.facts.clientAddress),
  settled('REMOTE_PORT', (run) => String(run.facts.clientPort)),
  settled('SERVER_ADDR', (run) => run.facts.serverAddress),
  settled('SERVER_PORT', (run) => String(run.facts.serverPort)),
  settled('UNIQUE_ID', (run) => run.environment.uniqueId),
  settled('MODSEC_BUILD', () => '030000000'),
  settled('WEBAPPID', (run) => run.program.settings.webAppId),
  settled('MSC_PCRE_ERROR', () => '0'),
  settled('MSC_PCRE_LIMITS_EXCEEDED', () => '0'),
  settled('PATH_TRANSLATED', () => ''),
  ...['PERF_RULES', 'REQUEST_XML', 'RESPONSE_XML', 'RESPONSE_ARGS'].map((name) => collection(name, () => NO_ITEMS)),
  ...[
    'WEBSERVER_ERROR_LOG',
    'SCRIPT_BASENAME',
    'SCRIPT_FILENAME',
    'SCRIPT_GID',
    'SCRIPT_GROUPNAME',
    'SCRIPT_MODE',
    'SCRIPT_UID',
    'SCRIPT_USERNAME',
    'STREAM_INPUT_BODY',
    'STREAM_OUTPUT_BODY',
    'USERAGENT_IP',
    'SDBM_DELETE_ERROR',
  ].map((name) => single(name, () => undefined)),
  ...TIME_VARIABLES,
];
