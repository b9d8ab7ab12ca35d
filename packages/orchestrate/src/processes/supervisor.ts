import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fault } from '../faults.ts';
import { Supervised, type ProcessSpec } from './supervised.ts';

/** What the control socket answers and takes; one JSON line each. */
export interface SupervisedRow {
  readonly name: string;
  readonly service: string | null;
  readonly state: 'running' | 'paused' | 'stopped';
  readonly pid: number | null;
  readonly startedMs: number;
  readonly restarts: number;
  readonly quarantined: boolean;
}
export type ControlRequest =
  | { readonly do: 'list' }
  | {
      readonly do: 'pause' | 'resume' | 'restart' | 'stop' | 'start' | 'quarantine' | 'release';
      readonly name: string;
      readonly evidence?: string;
    };
export type ControlAnswer =
  | { readonly ok: true; readonly rows: readonly SupervisedRow[] }
  | { readonly ok: false; readonly text: string };

const READY_MS = 60_000;
/** A request is a short line; more is not from a responder. */
const MAX_REQUEST_BYTES = 4096;

/**
 * Starts processes in order, keeps them running, and lets the responder pause, restart or quarantine those that belong to
 * a protected service - through a Unix socket that only this user can open, and never Seawall's own processes.
 */
export class Supervisor {
  readonly #processes = new Map<string, Supervised>();
  readonly #quarantined = new Set<string>();
  readonly #folder: string;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();

  /** @param folder data folder; pid file and control socket stand in its `run` folder */
  constructor(folder: string) {
    this.#folder = join(folder, 'run');
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
  }

  get controlPath(): string {
    return join(this.#folder, 'supervisor.sock');
  }

  process(name: string): Supervised | undefined {
    return this.#processes.get(name);
  }

  rows(): SupervisedRow[] {
    return [...this.#processes.values()].map((supervised) => ({
      name: supervised.spec.name,
      service: supervised.spec.service ?? null,
      state: supervised.observe(),
      pid: supervised.pid ?? null,
      startedMs: supervised.startedMs,
      restarts: supervised.restarts,
      quarantined: this.#quarantined.has(supervised.spec.name),
    }));
  }

  /** Ends what an earlier supervisor that was killed left behind: only processes that it had noted, and that still are the same. */
  endLeftovers(): number {
    const path = join(this.#folder, 'pids.json');
    if (!existsSync(path)) return 0;
    let ended = 0;
    for (const { pid, started } of readPids(path)) {
      if (startTime(pid) !== started || started === '') continue;
      process.kill(-pid, 'SIGKILL');
      ended++;
    }
    rmSync(path);
    return ended;
  }

  async start(spec: ProcessSpec, onLine?: (line: string) => void): Promise<void> {
    const supervised = new Supervised(spec, () => this.#notePids(), onLine);
    this.#processes.set(spec.name, supervised);
    await this.#ready(supervised, supervised.start());
  }

  async #ready(supervised: Supervised, started: Promise<void>): Promise<void> {
    const { name, logFile } = supervised.spec;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(fault('orchestrate.start-failed', { name, seconds: READY_MS / 1000, log: logFile })),
        READY_MS,
      );
    });
    try {
      await Promise.race([started, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** In reverse order of starting. */
  async stopAll(): Promise<void> {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
    for (const supervised of [...this.#processes.values()].toReversed()) await supervised.stop();
    rmSync(join(this.#folder, 'pids.json'), { force: true });
  }

  async listen(): Promise<void> {
    rmSync(this.controlPath, { force: true });
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      createInterface({ input: socket }).on('line', (line) => {
        this.#answer(line)
          .catch((error: unknown): ControlAnswer => ({
            ok: false,
            text: error instanceof Error ? error.message : String(error),
          }))
          .then((answer) => socket.write(`${JSON.stringify(answer)}\n`))
          .catch(() => socket.destroy());
      });
    });
    await new Promise<void>((resolve, reject) => {
      this.#server?.once('error', reject).listen(this.controlPath, resolve);
    });
    chmodSync(this.controlPath, 0o600);
  }

  async #answer(line: string): Promise<ControlAnswer> {
    if (line.length > MAX_REQUEST_BYTES) return { ok: false, text: 'the request is too long' };
    const request = JSON.parse(line) as ControlRequest;
    if (request.do !== 'list') await this.#carryOut(request);
    return { ok: true, rows: this.rows().filter((row) => row.service !== null) };
  }

  async #carryOut(request: Exclude<ControlRequest, { do: 'list' }>): Promise<void> {
    const supervised = this.#processes.get(request.name);
    if (supervised?.spec.service === undefined) {
      throw fault('orchestrate.unknown-workload', { engine: 'the supervisor', name: request.name });
    }
    switch (request.do) {
      case 'pause':
        return supervised.pause();
      case 'resume':
        return supervised.resume();
      case 'restart':
        return await this.#ready(supervised, supervised.restart());
      case 'stop':
        return await supervised.stop();
      case 'start':
        if (supervised.pid === undefined) await this.#ready(supervised, supervised.start());
        return undefined;
      case 'quarantine':
        this.#quarantined.add(request.name);
        return supervised.pause();
      case 'release':
        supervised.resume();
        this.#quarantined.delete(request.name);
        return undefined;
      default:
        request.do satisfies never;
    }
  }

  #notePids(): void {
    const rows = [...this.#processes.values()].flatMap(({ pid, spec }) =>
      pid === undefined ? [] : [{ name: spec.name, pid, started: startTime(pid) }],
    );
    const path = join(this.#folder, 'pids.json');
    try {
      // Renamed into place: whoever reads, and the next start after a power cut, finds a whole one.
      writeFileSync(`${path}.new`, JSON.stringify(rows), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    } catch (error) {
      // A full disk must not end the one who keeps everything running.
      process.stderr.write(`seawall: the list of processes could not be written: ${String(error)}\n`);
    }
  }
}

/** Empty when it cannot be read: then nothing is ended that might belong to somebody else. */
function readPids(path: string): { pid: number; started: string }[] {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { pid: number; started: string }[]; // our own file, 0600 in a folder of 0700
  } catch (error) {
    process.stderr.write(`seawall: ${path} is damaged and left out: ${String(error)}\n`);
    return [];
  }
}

/** Start time in clock ticks since boot: with the pid it names one process for good. '' where the system does not tell. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    // No /proc (macOS), or the process is gone.
    return '';
  }
}
