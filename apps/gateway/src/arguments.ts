import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Mode } from '@seawall/contract';
import { fault } from './faults.ts';
import { DEFAULT_LIMITS, type Limits, readLimits } from './limits.ts';
import type { ListenerAddress } from './messages.ts';

/** One upstream and one folder of rules in place of a server that gives policies. */
export interface Standalone {
  readonly listen: ListenerAddress;
  readonly upstream: ListenerAddress;
  readonly rules: string | undefined;
  readonly entry: readonly string[];
  readonly mode: Mode;
  readonly inspectAnswers: boolean;
}

export interface Arguments {
  readonly data: string;
  readonly node: string;
  readonly workers: number;
  readonly limits: Limits;
  readonly lead:
    | { readonly kind: 'server'; readonly socket: string; readonly tokenFile: string }
    | { readonly kind: 'standalone'; readonly settings: Standalone };
}

const OPTIONS = {
  data: { type: 'string' },
  node: { type: 'string' },
  server: { type: 'string' },
  'token-file': { type: 'string' },
  workers: { type: 'string' },
  limits: { type: 'string' },
  upstream: { type: 'string' },
  listen: { type: 'string' },
  rules: { type: 'string' },
  entry: { type: 'string', multiple: true },
  mode: { type: 'string' },
  'inspect-answers': { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

const ONLY_STANDALONE = ['listen', 'rules', 'entry', 'mode', 'inspect-answers'] as const;
const MODES: readonly string[] = ['off', 'monitor', 'protect'] satisfies Mode[];

export function readArguments(args: readonly string[]): Arguments {
  const values = parsed(args);
  const workers = values.workers === undefined ? Math.max(2, availableParallelism()) : Number(values.workers);
  if (!Number.isInteger(workers) || workers < 1 || workers > 256) {
    throw bad('--workers must be from 1 to 256');
  }
  const { data } = values;
  if (!data) throw bad('--data is missing');
  const limits = values.limits === undefined ? DEFAULT_LIMITS : readLimits(values.limits);
  const lead = values.upstream === undefined ? serverOf(values) : standaloneOf(values, values.upstream);
  const node = values.node ?? (lead.kind === 'standalone' ? 'standalone' : undefined);
  if (!node) throw bad('--node is missing');
  return { data, node, workers, limits, lead };
}

function parsed(args: readonly string[]): Values {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true }).values;
  } catch (cause) {
    throw fault('gateway.bad-arguments', { detail: cause instanceof Error ? cause.message : '' }, cause);
  }
}

function serverOf(values: Values): Arguments['lead'] {
  const { server, 'token-file': tokenFile } = values;
  const lonely = ONLY_STANDALONE.find((name) => values[name] !== undefined);
  if (lonely !== undefined) throw bad(`--${lonely} needs --upstream`);
  if (!server || !tokenFile) throw bad('--server or --token-file is missing');
  return { kind: 'server', socket: server, tokenFile };
}

function standaloneOf(values: Values, upstream: string): Arguments['lead'] {
  if (values.server !== undefined || values['token-file'] !== undefined) {
    throw bad('--upstream and --server exclude each other');
  }
  const { rules, mode = rules === undefined ? 'off' : 'protect' } = values;
  if (!isMode(mode)) throw bad('--mode must be off, monitor or protect');
  if (mode !== 'off' && rules === undefined) throw bad(`--mode ${mode} needs --rules`);
  const settings: Standalone = {
    listen: addressOf('listen', values.listen ?? '127.0.0.1:0', 0),
    upstream: addressOf('upstream', upstream, 1),
    rules,
    entry: values.entry ?? ['seawall/engine.conf', '*.conf'],
    mode,
    inspectAnswers: values['inspect-answers'] ?? false,
  };
  return { kind: 'standalone', settings };
}

function isMode(text: string): text is Mode {
  return MODES.includes(text);
}

function addressOf(name: string, text: string, leastPort: number): ListenerAddress {
  const cut = text.lastIndexOf(':');
  const address = text.slice(0, Math.max(0, cut)).replace(/^\[(.*)\]$/, '$1');
  const port = Number(text.slice(cut + 1));
  if (address === '' || !Number.isInteger(port) || port < leastPort || port > 65_535) {
    throw bad(`--${name} must be like 127.0.0.1:8080`);
  }
  return { address, port };
}

function bad(detail: string): Error {
  return fault('gateway.bad-arguments', { detail });
}
