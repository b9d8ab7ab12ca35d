import { join } from 'node:path';
import type { ProcessSpec } from '@seawall/orchestrate';
import { ROOT } from '../places.ts';

export interface RoleContext {
  readonly data: string;
  readonly config: string;
  /** Folder of the built console; absent = API only. */
  readonly dashboard: string | undefined;
  readonly dashboardPort: number;
  readonly decoyPort: number;
  readonly supervisorSocket: string;
  /** Label of the containers that may be acted on; absent = no container engine. */
  readonly dockerLabel: string | undefined;
  readonly workers: number | undefined;
  readonly heapMiB: number | undefined;
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
}

/** How each of Seawall's own processes is started; the same options as `seawall server`, `seawall gateway` … take. */
export function roleSpecs(context: RoleContext): Record<'server' | 'decoy' | 'gateway' | 'responder', ProcessSpec> {
  const { data } = context;
  const bus = ['--server', join(data, 'bus.sock'), '--token-file', join(data, 'bus-token')];
  const workers = context.workers === undefined ? [] : ['--workers', String(context.workers)];
  const { dockerLabel } = context;
  const dockerOptions = dockerLabel === undefined ? [] : ['--docker', '--docker-label', dockerLabel];
  const adapters = ['--supervisor', context.supervisorSocket, ...dockerOptions];
  return {
    server: role(context, 'server', [
      // `up` itself has refused a bad configuration; a server that is started again later must not stay down for one.
      ...['--data', data, '--config', context.config, '--last-good'],
      ...(context.dashboard === undefined ? [] : ['--dashboard', context.dashboard]),
      ...['--port', String(context.dashboardPort), '--decoy', `127.0.0.1:${context.decoyPort}`],
      ...['--socket', join(data, 'bus.sock'), '--token-file', join(data, 'bus-token')],
    ]),
    decoy: role(context, 'decoy', [
      ...['--data', join(data, 'decoy'), '--node', 'decoy-1', ...bus],
      ...['--address', '127.0.0.1', '--port', String(context.decoyPort)],
    ]),
    gateway: role(context, 'gateway', ['--data', join(data, 'gateway'), '--node', 'gateway-1', ...bus, ...workers]),
    responder: role(context, 'responder', [
      '--data',
      join(data, 'responder'),
      '--node',
      'responder-1',
      ...bus,
      ...adapters,
    ]),
  };
}

function role(context: RoleContext, name: string, args: readonly string[]): ProcessSpec {
  const heap = context.heapMiB === undefined ? [] : [`--max-old-space-size=${context.heapMiB}`];
  return {
    name,
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', ...heap, join(ROOT, 'apps', name, 'src/main.ts'), ...args],
    env: bareEnvironment(),
    ready: (line) => line.startsWith('{') && line.includes('"event":"listening"'),
    logFile: join(context.data, 'log', `${name}.log`),
    ...context.user,
  };
}

/** Children get what a program needs to run, and none of the caller's secrets. */
export function bareEnvironment(): Record<string, string> {
  const kept = [
    'PATH',
    'HOME',
    'LANG',
    'LC_ALL',
    'TZ',
    'TMPDIR',
    'DOCKER_HOST',
    'DOCKER_CERT_PATH',
    'DOCKER_TLS_VERIFY',
  ];
  return Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
