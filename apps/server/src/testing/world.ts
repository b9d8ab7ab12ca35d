import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { connectNode, type NodeLink } from '@seawall/bus';
import {
  SCHEMA_VERSION,
  uuidv7,
  type Command,
  type CommandResult,
  type Envelope,
  type EnvelopeBody,
  type EventId,
  type ExchangeId,
  type Finding,
  type FindingId,
  type InventoryItem,
  type NodeHealth,
  type PolicyBundle,
  type PolicyParts,
  type Source,
  type Workload,
} from '@seawall/contract';
import { Redacted } from '@seawall/faults';
import { readPlaybooks, type Playbook } from '@seawall/respond';
import pino from 'pino';
import { parse } from 'yaml';
import type { PolicySource } from '../policy-source.ts';
import { startServer, type Server, type ServerOptions } from '../start-server.ts';

// A server on a free port with a data folder of its own, nodes that connect to it over the real bus, and a client.

export const NODE_TOKEN = new Redacted('a token that only the tests know, 32+');

export function defaultPlaybooks(): readonly Playbook[] {
  const file = new URL('../../../../rulesets/playbooks/default.yaml', import.meta.url);
  const read = readPlaybooks(parse(readFileSync(file, 'utf8')));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.playbooks;
}

export const ROUTE: PolicyParts['routes']['routes'][number] = {
  name: 'chat',
  host: '*',
  path: '/',
  service: 'chat',
  mode: 'protect',
  ruleSet: 'default',
  maxHeadBytes: 32_768,
  maxInspectedBodyBytes: 131_072,
  bodyOverLimit: 'reject',
  inspectResponse: true,
  maxInspectedResponseBytes: 131_072,
  onInspectionFailure: 'closed',
  evidence: { bodyBytes: 4096, maskCookies: true },
};

export function madeSource(playbooks = defaultPlaybooks()): PolicySource {
  const parts: ReturnType<PolicySource['parts']> = {
    routes: {
      listeners: [{ address: '127.0.0.1', port: 8080 }],
      services: [
        {
          name: 'chat',
          upstreams: [
            { instance: 'chat-1', address: '127.0.0.1', port: 9001 },
            { instance: 'chat-2', address: '127.0.0.1', port: 9002 },
          ],
          connectTimeoutMs: 1000,
          answerTimeoutMs: 1000,
          decoy: true,
        },
      ],
      routes: [ROUTE],
    },
    rules: { sets: [{ name: 'default', entry: ['base.conf'] }], files: { 'base.conf': 'SecRuleEngine On\n' } },
    decoy: { upstream: { address: '127.0.0.1', port: 9100 }, secret: 'shared' },
  };
  return {
    parts: () => parts,
    playbooks: () => playbooks,
    playbookFile: () => ({ path: 'playbooks.yaml', text: '' }),
    ruleSetFacts: () => [{ name: 'default', rules: 1, version: '' }],
    retentionDays: () => 30,
    problems: () => [],
    onChange: () => undefined,
    close: () => undefined,
  };
}

export interface World {
  readonly data: string;
  readonly server: Server;
  readonly socketPath: string;
  /** Ends nodes and server and removes the folder. */
  end(): Promise<void>;
  gateway(name?: string, accepts?: boolean): Promise<TestNode>;
  responder(answer?: (command: Command) => Promise<CommandResult>): Promise<TestNode>;
  client(): Client;
  /** Ends the server and starts one on the same data; nodes stay. */
  restart(): Promise<void>;
}

export interface TestNode {
  readonly name: string;
  readonly link: NodeLink;
  readonly bundles: PolicyBundle[];
  readonly commands: Command[];
  publish(...bodies: (EnvelopeBody & Partial<Pick<Envelope, 'source' | 'workload' | 'id'>>)[]): Promise<void>;
  close(): Promise<void>;
}

const FAST = { acknowledgeMs: 2000, drainMs: 10, commandMs: 5000, tickMs: 50 };

export async function startWorld(
  options: Partial<Omit<ServerOptions, 'data' | 'socketPath'>> & { readonly data?: string } = {},
): Promise<World> {
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'seawall-server-'));
  const socketPath = join(data, 'bus.sock');
  const start = () =>
    startServer({
      port: 0,
      nodeToken: NODE_TOKEN,
      source: madeSource(),
      log: pino({ level: 'silent' }),
      store: { traffic: 'sqlite' },
      ...options,
      times: { ...FAST, ...options.times },
      data,
      socketPath,
    });
  let server = await start();
  const nodes: TestNode[] = [];
  const add = async (name: string, role: NodeHealth['role'], more: NodeBehaviour) => {
    const node = await connectTestNode({ data, socketPath, name, role, ...more });
    nodes.push(node);
    return node;
  };
  return {
    data,
    get server() {
      return server;
    },
    socketPath,
    gateway: (name = 'gateway-1', accepts = true) => add(name, 'gateway', { accepts }),
    responder: (answer) => add('responder-1', 'responder', { accepts: true, ...(answer ? { answer } : {}) }),
    client: () => new Client(server.address, server.apiToken.reveal()),
    async restart() {
      await server.close();
      server = await start();
    },
    async end() {
      await Promise.all(nodes.map((node) => node.close()));
      await server.close();
      if (options.data === undefined) rmSync(data, { recursive: true, force: true });
    },
  };
}

interface NodeBehaviour {
  readonly accepts: boolean;
  readonly answer?: (command: Command) => Promise<CommandResult>;
}

export async function connectTestNode(
  options: NodeBehaviour & {
    readonly data: string;
    readonly socketPath: string;
    readonly name: string;
    readonly role: NodeHealth['role'];
  },
): Promise<TestNode> {
  const { name, role } = options;
  const bundles: PolicyBundle[] = [];
  const commands: Command[] = [];
  const { answer } = options;
  const link = await connectNode({
    socketPath: options.socketPath,
    node: name,
    role,
    token: NODE_TOKEN,
    folder: join(options.data, `node-${name}`),
    async onPolicy(bundle) {
      bundles.push(bundle);
      const { version, digest } = bundle;
      return options.accepts ? { version, digest } : { version, digest, problem: 'the test refuses it' };
    },
    ...(answer
      ? {
          async onCommand(command: Command) {
            commands.push(command);
            return answer(command);
          },
        }
      : {}),
    log: () => undefined,
  });
  let sequence = 0;
  return {
    name,
    link,
    bundles,
    commands,
    async publish(...bodies) {
      await link.publish(
        bodies.map((body) => ({
          schema: SCHEMA_VERSION,
          id: freshId<EventId>(),
          timeMicros: Date.now() * 1000,
          node: name,
          sequence: sequence++,
          ...body,
        })),
      );
    },
    close: () => link.close(200),
  };
}

export function freshId<T extends string>(): T {
  return uuidv7<T>(Date.now(), randomBytes(10));
}

export const SESSION: Source = { kind: 'session', service: 'chat', hash: '9f2c77aa01' };

export function chatInstance(name: string): Workload {
  return {
    cluster: 'local',
    namespace: 'default',
    service: 'chat',
    workload: name,
    instance: { kind: 'process', name },
  };
}

export function attack(change: Partial<Finding> = {}, source: Source = SESSION) {
  const finding: Finding = {
    id: freshId<FindingId>(),
    detector: 'seclang',
    rule: { id: '942100', name: 'SQL injection', version: '1' },
    family: 'sqli',
    severity: 'critical',
    direction: 'request',
    title: 'SQL injection in q',
    score: 10,
    threshold: 5,
    matches: [
      {
        ruleId: '942100',
        message: 'SQL injection',
        target: 'ARGS:q',
        operator: '@detectSQLi',
        value: "' or 1=1",
        steps: [],
        score: 5,
        severity: 'critical',
        tags: [],
      },
    ],
    verdict: 'blocked',
    done: 'The request was answered with the block page.',
    mode: 'protect',
    request: {
      method: 'GET',
      host: 'chat.test',
      path: '/api/search',
      query: 'q=x',
      route: 'chat',
      status: 403,
      address: '127.0.0.9',
      userAgent: 'test',
      protocol: 'HTTP/1.1',
    },
    ...change,
  };
  return { kind: 'finding' as const, finding, source, workload: chatInstance('chat-1') };
}

export function exchange(source: Source, address: string, change: { verdict?: 'passed' | 'diverted' } = {}) {
  return {
    kind: 'exchange' as const,
    source,
    exchange: {
      id: freshId<ExchangeId>(),
      protocol: 'http/1.1' as const,
      route: 'chat',
      service: 'chat',
      instance: 'chat-1',
      mode: 'protect' as const,
      method: 'GET',
      host: 'chat.test',
      path: '/',
      status: 200,
      address,
      userAgent: 'test',
      bytesIn: 100,
      bytesOut: 1000,
      waitMicros: 10,
      connectMicros: 10,
      firstByteMicros: 100,
      inspectMicros: 50,
      totalMicros: 200,
      verdict: change.verdict ?? ('passed' as const),
      findings: 0,
    },
  };
}

export function health(role: NodeHealth['role'] = 'gateway') {
  return {
    kind: 'health' as const,
    health: {
      role,
      version: '0.1.0',
      policyVersion: 1,
      policyDigest: '',
      workers: 1,
      loopDelayMs: 0,
      residentBytes: 1,
      spoolBytes: 0,
      counters: {},
      instances: {},
    },
  };
}

export function inventory(...items: (readonly [name: string, state: InventoryItem['state']])[]) {
  return {
    kind: 'inventory' as const,
    inventory: {
      adapter: 'processes',
      capabilities: ['restart', 'pause', 'stop', 'quarantine'],
      items: items.map(([name, state]) => ({
        workload: chatInstance(name),
        state,
        adapter: 'processes',
        protected: false,
      })),
    },
  };
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Whatever was answered: the tests say what they expect of it. */
  readonly body: Record<string, unknown>;
}

export class Client {
  readonly address: string;
  private readonly token: string | undefined;
  cookie: string | undefined;
  csrf: string | undefined;

  constructor(address: string, token?: string) {
    this.address = address;
    this.token = token;
  }

  headers(): Record<string, string> {
    return {
      ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
      ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
      ...(this.csrf === undefined ? {} : { 'x-csrf-token': this.csrf }),
    };
  }

  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const answer = await fetch(`${this.address}/api/v1${path}`, {
      method,
      headers: {
        ...this.headers(),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = (answer.headers.get('content-type') ?? '').includes('json');
    return {
      status: answer.status,
      headers: answer.headers,
      body: isJson ? (JSON.parse(text) as Record<string, unknown>) : { text },
    };
  }

  get(path: string): Promise<Reply> {
    return this.send('GET', path);
  }
}

/** A browser that is signed in. */
export async function signIn(world: World, user?: string): Promise<Client> {
  const client = new Client(world.server.address);
  const secret = await world.server.mintSecret(user);
  const reply = await client.send('POST', '/session', { secret: secret.reveal() });
  if (reply.status !== 200) throw new Error(`signing in answered ${reply.status}`);
  client.cookie = (reply.headers.get('set-cookie') ?? '').split(';')[0];
  client.csrf = String(reply.body['csrf']);
  return client;
}

/** Asks until the answer is what is wanted, and fails with the last one after a while. */
export async function eventually<T>(ask: () => Promise<T> | T, wanted: (value: T) => boolean, ms = 6000): Promise<T> {
  const until = Date.now() + ms;
  for (;;) {
    const value = await ask();
    if (wanted(value)) return value;
    if (Date.now() > until) throw new Error(`waited ${ms} ms; last seen: ${JSON.stringify(value)?.slice(0, 2000)}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
