import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Hub, listenHub, makeBundle } from '@seawall/bus';
import type {
  Envelope,
  EnvelopeBody,
  NodeHealth,
  Order,
  PolicyParts,
  RoutePolicy,
  ServicePolicy,
} from '@seawall/contract';
import { Redacted } from '@seawall/faults';
import type { Limits } from '../limits.ts';

// A gateway as it really runs: its own process with workers, a hub that gives it policies, services on real sockets.

export const RULES = `
SecRuleEngine On
SecRequestBodyAccess On
SecResponseBodyAccess On
SecResponseBodyMimeType text/plain text/html application/json
SecRule REQUEST_HEADERS:X-Bad "@streq yes" "id:1002,phase:1,deny,status:403,log,msg:'bad header',severity:CRITICAL,tag:'attack-xss'"
SecRule ARGS|REQUEST_BODY "@contains evil-word" "id:1001,phase:2,deny,status:403,log,msg:'evil word',severity:CRITICAL,tag:'attack-sqli',ver:'test/1'"
SecRule ARGS:odd "@streq 1" "id:1004,phase:2,pass,log,msg:'odd argument',severity:NOTICE,tag:'attack-protocol'"
SecRule RESPONSE_BODY "@contains canary-leak" "id:1003,phase:4,deny,status:403,log,msg:'leak',severity:ERROR,tag:'attack-disclosure'"
`;

export const SECRET = 'secret-between-gateway-and-decoy';

export interface BedOptions {
  readonly workers?: number;
  readonly limits?: Partial<Limits>;
  readonly parts: Partial<PolicyParts>;
  /** Start without a server: the policy is given in `--data` by an earlier run of the same folder. */
  readonly folder?: string;
}

export class Bed {
  readonly folder: string;
  readonly events: Envelope[] = [];
  process!: ChildProcess; // set by `launch`, which `start` awaits
  hub: Hub | undefined;
  port = 0;
  parts: PolicyParts;
  #version = 0;
  #stderr = '';
  readonly #options: BedOptions;

  private constructor(options: BedOptions) {
    this.#options = options;
    this.folder = mkdtempSync(join(tmpdir(), 'gateway-test-'));
    this.parts = { ...emptyParts(), ...options.parts };
  }

  static async start(options: BedOptions): Promise<Bed> {
    const bed = new Bed(options);
    try {
      await bed.openHub();
      await bed.launch();
    } catch (error) {
      await bed.stop();
      throw error;
    }
    return bed;
  }

  async openHub(): Promise<void> {
    this.hub = await listenHub({
      socketPath: join(this.folder, 'server.sock'),
      token: new Redacted('test-token'),
      onEvents: (_node, envelopes) => {
        this.events.push(...envelopes);
        return Promise.resolve();
      },
      log: () => undefined,
    });
    if (this.#version > 0) this.hub.setPolicy(makeBundle(this.#version, this.parts));
  }

  async closeHub(): Promise<void> {
    await this.hub?.close();
    this.hub = undefined;
  }

  /** Starts the process and waits until it listens. */
  async launch(): Promise<void> {
    writeFileSync(join(this.folder, 'token'), 'test-token\n', { mode: 0o600 });
    const main = fileURLToPath(new URL('../main.ts', import.meta.url));
    const { workers = 2, limits = {} } = this.#options;
    const args = [
      main,
      '--data',
      join(this.folder, 'data'),
      '--node',
      'node-1',
      '--server',
      join(this.folder, 'server.sock'),
    ];
    args.push(
      '--token-file',
      join(this.folder, 'token'),
      '--workers',
      String(workers),
      '--limits',
      JSON.stringify(limits),
    );
    this.process = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // One for all tests: compiling the workers anew for each would cost more than the tests.
      env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'seawall-gateway-compiled') },
    });
    this.process.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-20_000);
    });
    if (this.#version === 0) {
      this.#version = 1;
      this.hub?.setPolicy(makeBundle(1, this.parts));
    }
    const listening = once(this.process.stdout!, 'data'); // piped above
    const late = sleep(20_000, undefined, { ref: false }).then(() => {
      throw new Error(`the gateway did not listen:\n${this.#stderr}`);
    });
    const [line] = (await Promise.race([listening, late])) as [Buffer];
    const event = JSON.parse(line.toString().split('\n')[0] ?? '') as { listeners: { port: number }[] };
    this.port = event.listeners[0]?.port ?? 0;
  }

  get log(): string {
    return this.#stderr;
  }

  /** Gives a changed policy and waits until it was answered; returns the problem, if it was refused. */
  async change(parts: Partial<PolicyParts>): Promise<string | undefined> {
    this.parts = { ...this.parts, ...parts };
    this.#version += 1;
    this.hub?.setPolicy(makeBundle(this.#version, this.parts));
    const state = await this.until(
      'the answer to the policy',
      () => this.hub?.nodes().find((node) => (node.policy?.version ?? 0) >= this.#version)?.policy,
    );
    return state.problem;
  }

  orders(orders: readonly Order[]): Promise<string | undefined> {
    return this.change({ orders: [...orders] });
  }

  of<K extends EnvelopeBody['kind']>(kind: K): Extract<Envelope, { kind: K }>[] {
    return this.events.filter((event): event is Extract<Envelope, { kind: K }> => event.kind === kind);
  }

  async until<T>(what: string, look: () => T | undefined | false, timeoutMs = 8000): Promise<T> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const found = look();
      if (found !== undefined && found !== false) return found;
      if (Date.now() > end) throw new Error(`${what} did not happen\n${this.#stderr}`);
      await sleep(20);
    }
  }

  health(): NodeHealth | undefined {
    return this.of('health').at(-1)?.health;
  }

  /** The counter as `/metrics` tells it, the newest there is. */
  async counter(name: string): Promise<number> {
    const text = await this.admin('/metrics');
    const found = new RegExp(`event="${name}"\\} (\\d+)`).exec(text.body);
    return found === null ? 0 : Number(found[1]);
  }

  async untilCounter(name: string, least = 1): Promise<void> {
    const end = Date.now() + 8000;
    while ((await this.counter(name)) < least) {
      if (Date.now() > end) throw new Error(`${name} did not reach ${least}\n${this.#stderr}`);
      await sleep(50);
    }
  }

  admin(path: string): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: join(this.folder, 'data', 'gateway-admin.sock'), path }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      });
      asked.on('error', reject).end();
    });
  }

  /** Process ids of the workers, from the process table. */
  workerPids(): number[] {
    const pid = this.process.pid ?? 0;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return children.trim().split(' ').map(Number);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = once(this.process, 'exit');
      this.process.kill('SIGTERM');
      await ended;
    }
    await this.closeHub();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function emptyParts(): PolicyParts {
  return {
    routes: { listeners: [{ address: '127.0.0.1', port: 0 }], services: [], routes: [] },
    rules: { sets: [{ name: 'test', entry: ['test.conf'] }], files: { 'test.conf': RULES } },
    orders: [],
    decoy: { secret: SECRET },
    likeness: [],
  };
}

export function serviceOf(name: string, ports: readonly number[], more: Partial<ServicePolicy> = {}): ServicePolicy {
  return {
    name,
    upstreams: ports.map((port, index) => ({ instance: `${name}-${index + 1}`, address: '127.0.0.1', port })),
    session: { in: 'cookie', name: 'sid' },
    connectTimeoutMs: 1000,
    answerTimeoutMs: 3000,
    decoy: true,
    ...more,
  };
}

export function routeOf(service: string, more: Partial<RoutePolicy> = {}): RoutePolicy {
  return {
    name: `${service}-route`,
    host: '*',
    path: '/',
    service,
    mode: 'protect',
    ruleSet: 'test',
    maxHeadBytes: 65_536,
    maxInspectedBodyBytes: 65_536,
    bodyOverLimit: 'reject',
    inspectResponse: true,
    maxInspectedResponseBytes: 65_536,
    onInspectionFailure: 'closed',
    evidence: { bodyBytes: 4096, maskCookies: true },
    ...more,
  };
}

/** Routes for one service. */
export function routesFor(service: ServicePolicy, route: Partial<RoutePolicy> = {}): PolicyParts['routes'] {
  return {
    listeners: [{ address: '127.0.0.1', port: 0 }],
    services: [service],
    routes: [routeOf(service.name, route)],
  };
}
