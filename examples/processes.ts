/** What a supervisor needs to run both examples: the processes, their addresses and a gateway configuration. */
import { createServer } from 'node:net';
import path from 'node:path';
import { readRun } from './ground/src/run-file.ts';
import { Names } from './ground/src/names.ts';

export const EXAMPLE_PORTS = {
  chatStore: 9110,
  chatInternal: 9103,
  chat1: 9101,
  chat2: 9102,
  campusRecords: 9210,
  campusGrader: 9203,
  campus1: 9201,
  campus2: 9202,
} as const;
export type ExamplePorts = Readonly<Record<keyof typeof EXAMPLE_PORTS, number>>;

export interface ExampleProcess {
  /** Also the name of the instance, e.g. `chat-1`. */
  readonly name: string;
  readonly service: 'chat' | 'campus';
  /** Whether the gateway sends requests to it. */
  readonly isFront: boolean;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly listens: { readonly address: string; readonly port: number };
}

export interface ExampleOptions {
  readonly runFile: string;
  readonly ports?: ExamplePorts;
  /** Folder for the examples' own data; default: beside the run file. */
  readonly dataFolder?: string;
}

/** In the order in which they start best; each also waits for peers that come later. */
export function exampleProcesses({ runFile, ports = EXAMPLE_PORTS, dataFolder }: ExampleOptions): ExampleProcess[] {
  const data = dataFolder ?? path.join(path.dirname(path.resolve(runFile)), 'examples');
  const at = (key: keyof ExamplePorts): string => `127.0.0.1:${ports[key]}`;
  const process_ = (
    [name, service, script]: readonly [name: string, service: 'chat' | 'campus', script: string],
    key: keyof ExamplePorts,
    peers: Readonly<Record<string, string>> = {},
  ): ExampleProcess => ({
    name,
    service,
    isFront: /-\d$/.test(name),
    command: process.execPath,
    args: [path.join(import.meta.dirname, service, 'src', script)],
    env: {
      EXAMPLE_RUN_FILE: path.resolve(runFile),
      EXAMPLE_LISTEN: at(key),
      EXAMPLE_NAME: name,
      EXAMPLE_DATA: path.join(data, name),
      ...peers,
    },
    listens: { address: '127.0.0.1', port: ports[key] },
  });
  const chat = { CHAT_STORE: at('chatStore'), CHAT_INTERNAL: at('chatInternal') };
  const campus = { CAMPUS_RECORDS: at('campusRecords'), CAMPUS_GRADER: at('campusGrader') };
  return [
    process_(['chat-store', 'chat', 'store.ts'], 'chatStore'),
    process_(['chat-internal', 'chat', 'internal.ts'], 'chatInternal'),
    process_(['chat-1', 'chat', 'node.ts'], 'chat1', chat),
    process_(['chat-2', 'chat', 'node.ts'], 'chat2', chat),
    process_(['campus-records', 'campus', 'records.ts'], 'campusRecords'),
    process_(['campus-grader', 'campus', 'grader.ts'], 'campusGrader', campus),
    process_(['campus-1', 'campus', 'web.ts'], 'campus1', campus),
    process_(['campus-2', 'campus', 'web.ts'], 'campus2', campus),
  ];
}

export interface GatewayYamlOptions {
  readonly listen: string;
  readonly ports?: ExamplePorts;
  readonly mode?: 'off' | 'monitor' | 'protect';
  /** Takes the names of this run, which may be renamed; default: the plain names. */
  readonly runFile?: string;
}

/** A `gateway.yaml` for both examples. */
export function exampleGatewayYaml({
  listen,
  ports = EXAMPLE_PORTS,
  mode = 'protect',
  runFile,
}: GatewayYamlOptions): string {
  const names = runFile === undefined ? undefined : new Names(readRun(runFile).names);
  const word = (logical: string): string => names?.word(logical) ?? logical;
  const path_ = (logical: string): string => names?.path(logical) ?? logical;
  const instance = (name: string, port: number): string => `      - {instance: ${name}, address: 127.0.0.1:${port}}`;
  return [
    '# Which traffic Seawall takes, and where it goes: the two examples of this repository.',
    `listen: ["${listen}"]`,
    'services:',
    '  chat:',
    '    upstreams:',
    instance('chat-1', ports.chat1),
    instance('chat-2', ports.chat2),
    `    session: {cookie: ${word('sid')}}`,
    `    login: {method: POST, path: ${path_('/api/login')}, account: {json: ${word('user')}}, failed: [401]}`,
    '    decoy: true',
    '  campus:',
    '    upstreams:',
    instance('campus-1', ports.campus1),
    instance('campus-2', ports.campus2),
    `    session: {cookie: ${word('campus')}}`,
    `    login: {method: POST, path: ${path_('/login')}, account: {form: ${word('user')}}, failed: [401]}`,
    '    decoy: true',
    'routes:',
    `  - {name: chat, host: chat.localhost, path: /, service: chat, mode: ${mode}}`,
    `  - {name: campus, host: campus.localhost, path: /, service: campus, mode: ${mode}}`,
    '',
  ].join('\n');
}

/** Ports of this machine that nothing uses now. */
export async function freePorts(): Promise<ExamplePorts> {
  const keys = Object.keys(EXAMPLE_PORTS);
  const servers = await Promise.all(
    keys.map(
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer().once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  // One port for each key of the table.
  return Object.fromEntries(keys.map((key, index) => [key, ports[index] ?? 0])) as unknown as ExamplePorts;
}
