import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { REPOSITORY } from './docker.ts';

export interface ReadyEvent {
  readonly event: 'ready';
  readonly dashboard: string;
  readonly secret: string;
  readonly routes: readonly { readonly name: string; readonly address: string; readonly mode: string }[];
  readonly data: string;
}

export interface Report {
  readonly event: 'report';
  readonly attacksThatGotData: number;
  readonly attacksStopped: number;
  readonly attacksDiverted: number;
  readonly actionsTaken: number;
  readonly friendlyRequests: number;
  readonly friendlyHarmed: number;
  readonly harmedDetails: readonly unknown[];
  readonly attacks: readonly {
    readonly name: string;
    readonly attempts: number;
    readonly gotData: number;
    readonly stopped: number;
    readonly diverted: number;
  }[];
  readonly attacksNotCoveredYet: readonly string[];
}

export interface Platform {
  readonly ready: ReadyEvent;
  readonly data: string;
  /** The run's secret and canaries: what an attacker must never see. */
  run(): { readonly secret: string; readonly canaries: Readonly<Record<string, unknown>> };
  /** Calls the API with the token of the data folder. */
  api<T>(path: string, init?: { method?: string; body?: unknown }): Promise<T>;
  /** Resolves with the exit code and the report of `--for`, when there was one. */
  ended: Promise<{ readonly code: number | null; readonly report: Report | undefined }>;
  /** Pids of Seawall's own processes and of the examples, by name. */
  pids(): ReadonlyMap<string, number>;
  /** Milliseconds from the start of the command to its `ready`. */
  readonly readyAfterMs: number;
  logs(): string;
  stop(): Promise<void>;
}

export interface PlatformOptions {
  /** False: `seawall up` alone, with the configuration that the arguments name. */
  readonly examples?: boolean;
  /** A folder of the caller, which stays; absent = one that goes with the platform. */
  readonly data?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const READY_MS = 120_000;
const API_MS = 15_000;

/** `npm start -- --json …` in a data folder of its own; the folder goes when it is stopped. */
export async function startPlatform(args: readonly string[], options: PlatformOptions = {}): Promise<Platform> {
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'seawall-path-'));
  const began = performance.now();
  const command = options.examples === false ? ['seawall', 'up'] : ['start'];
  const child = spawn(process.execPath, ['scripts/run.mjs', ...command, '--json', '--data', data, ...args], {
    cwd: REPOSITORY,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-20_000)));
  let report: Report | undefined;
  let resolveReady: (event: ReadyEvent) => void = () => undefined;
  const ready = new Promise<ReadyEvent>((resolve) => (resolveReady = resolve));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as ReadyEvent | Report;
    if (event.event === 'ready') resolveReady(event);
    if (event.event === 'report') report = event;
  });
  const ended = new Promise<{ code: number | null; report: Report | undefined }>((resolve) => {
    child.once('exit', (code) => resolve({ code, report }));
  });
  const event = await firstOf(ready, ended, () => complaints);
  return {
    ready: event,
    data,
    readyAfterMs: performance.now() - began,
    ended,
    run: () => JSON.parse(readFileSync(join(data, 'examples', 'run.json'), 'utf8')) as ReturnType<Platform['run']>,
    async api(path, init = {}) {
      const token = readFileSync(join(data, 'api-token'), 'utf8').trim();
      const answer = await fetch(`${event.dashboard}/api/v1${path}`, {
        method: init.method ?? 'GET',
        headers: {
          authorization: `Bearer ${token}`,
          ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
        signal: AbortSignal.timeout(API_MS),
      });
      if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as never;
    },
    pids() {
      const rows = readFileSync(join(data, 'run', 'pids.json'), 'utf8');
      return new Map((JSON.parse(rows) as { name: string; pid: number }[]).map(({ name, pid }) => [name, pid]));
    },
    logs: () => complaints,
    async stop() {
      await end(child);
      if (options.data === undefined) rmSync(data, { recursive: true, force: true });
    },
  };
}

async function firstOf(
  ready: Promise<ReadyEvent>,
  ended: Promise<{ code: number | null }>,
  complaints: () => string,
): Promise<ReadyEvent> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not ready after ${READY_MS} ms:\n${complaints()}`)), READY_MS);
  });
  const early = ended.then(({ code }) => {
    throw new Error(`ended with code ${code} before it was ready:\n${complaints()}`);
  });
  try {
    return await Promise.race([ready, early, late]);
  } finally {
    clearTimeout(timer);
    early.catch(() => undefined);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exited;
}
