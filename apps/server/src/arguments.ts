import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { fault } from './fault-table.ts';

export interface Arguments {
  readonly data: string;
  readonly config: string;
  /** Undefined = what startup.yaml says. */
  readonly port: number | undefined;
  /** To listen on; undefined = what startup.yaml says, which is loopback by default. */
  readonly address: string | undefined;
  readonly socket: string;
  readonly tokenFile: string;
  readonly dashboard: string | undefined;
  readonly decoy: { readonly address: string; readonly port: number } | undefined;
  readonly hostNames: readonly string[];
  /** Begin with the last good configuration when what stands in the files is bad: whoever starts again must not stay down. */
  readonly lastGood: boolean;
}

const OPTIONS = {
  data: { type: 'string' },
  config: { type: 'string' },
  port: { type: 'string' },
  address: { type: 'string' },
  socket: { type: 'string' },
  'token-file': { type: 'string' },
  dashboard: { type: 'string' },
  decoy: { type: 'string' },
  'host-name': { type: 'string', multiple: true },
  'last-good': { type: 'boolean', default: false },
} as const;

/** Throws Fault `server.bad-argument`. */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = decode(args);
  if (values.data === undefined) throw fault('server.bad-argument', { argument: '--data', reason: 'it is missing' });
  const data = resolve(values.data);
  return {
    data,
    config: resolve(values.config ?? `${data}/config`),
    port: values.port === undefined ? undefined : portOf('--port', values.port),
    address: values.address === undefined ? undefined : addressOf(values.address),
    socket: resolve(values.socket ?? `${data}/bus.sock`),
    tokenFile: resolve(values['token-file'] ?? `${data}/bus-token`),
    dashboard: values.dashboard === undefined || values.dashboard === '' ? undefined : resolve(values.dashboard),
    decoy: values.decoy === undefined ? undefined : hostPort(values.decoy),
    hostNames: (values['host-name'] ?? []).map((name) => name.toLowerCase()),
    lastGood: values['last-good'],
  };
}

function decode(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw fault('server.bad-argument', { argument: args.join(' ').slice(0, 200), reason }, error);
  }
}

function hostPort(text: string): { readonly address: string; readonly port: number } {
  const [, address, port] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(text) ?? [];
  if (address === undefined || port === undefined) {
    throw fault('server.bad-argument', { argument: '--decoy', reason: 'expected address:port' });
  }
  return { address, port: portOf('--decoy', port) };
}

function addressOf(text: string): string {
  if (isIP(text) !== 0) return text;
  throw fault('server.bad-argument', { argument: '--address', reason: 'expected an IP address such as 0.0.0.0' });
}

function portOf(argument: string, text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw fault('server.bad-argument', { argument, reason: 'expected a port from 0 to 65535' });
}
