import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { visible } from '@seawall/faults';
import { fault } from '../faults.ts';
import { LogFile } from './log-file.ts';

export interface ProcessSpec {
  readonly name: string;
  /** Set on processes that belong to a protected service. */
  readonly service?: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A line on standard output for which this is true means: ready. Absent = ready when started. */
  readonly ready?: (line: string) => boolean;
  readonly logFile: string;
  readonly uid?: number;
  readonly gid?: number;
}

export type ProcessState = 'running' | 'paused' | 'stopped';

const STOP_GRACE_MS = 4000;
const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 10_000;
/** A process that ran this long has recovered: the back-off starts again. */
const STABLE_MS = 30_000;

/**
 * One process, kept running.
 *
 * stopped -> running            start
 * running -> running            crash, after a back-off (respawn)
 * paused -> paused              crash, after a back-off: the new process is stopped before it does anything
 * running -> paused -> running  pause, resume (SIGSTOP and SIGCONT to the whole group)
 * running | paused -> stopped   stop (SIGTERM, after a grace time SIGKILL, to the group)
 */
export class Supervised {
  readonly spec: ProcessSpec;
  state: ProcessState = 'stopped';
  /** `wanted` false: an exit is no crash. */
  #wanted = false;
  /** Paused until somebody resumes it: a crash meanwhile must not set it free. */
  #held = false;
  #child: ChildProcess | undefined;
  #log: LogFile | undefined;
  #startedMs = 0;
  #backoffMs = FIRST_BACKOFF_MS;
  #respawn: NodeJS.Timeout | undefined;
  #exited: Promise<void> = Promise.resolve();
  restarts = 0;
  readonly #onChange: () => void;
  readonly #onLine: (line: string) => void;

  constructor(spec: ProcessSpec, onChange: () => void, onLine: (line: string) => void = () => undefined) {
    this.spec = spec;
    this.#onChange = onChange;
    this.#onLine = onLine;
  }

  get pid(): number | undefined {
    const child = this.#child;
    // A process that a signal ended has no exit code either.
    return child?.exitCode === null && child.signalCode === null ? child.pid : undefined;
  }

  get startedMs(): number {
    return this.#startedMs;
  }

  /** Resolves when ready; rejects with the reason when the process ended before that. */
  start(): Promise<void> {
    this.#wanted = true;
    this.#held = false;
    clearTimeout(this.#respawn);
    return this.#spawn();
  }

  #spawn(): Promise<void> {
    const { spec } = this;
    this.#log ??= new LogFile(spec.logFile);
    const child = spawn(spec.command, spec.args, {
      env: spec.env,
      // An own group, so that signals reach what the process itself started, and nothing else.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(spec.uid === undefined ? {} : { uid: spec.uid }),
      ...(spec.gid === undefined ? {} : { gid: spec.gid }),
    });
    this.#child = child;
    this.#startedMs = Date.now();
    this.state = 'running';
    // Not `close`: what the process itself started may hold its pipes long after it ended.
    this.#exited = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => child.pid === undefined && resolve());
    });
    this.#exited.then(() => this.#ended(child)).catch(() => undefined);
    this.#onChange();
    child.stderr.on('data', (chunk: Buffer) => this.#log?.write(chunk));
    return new Promise<void>((resolve, reject) => {
      child.once('error', (error) => reject(error));
      child.once('exit', (code, signal) => {
        const how = signal ?? `exit code ${code}`;
        const ended = () =>
          fault('orchestrate.ended', { name: spec.name, how, log: spec.logFile, last: lastWords(spec.logFile) });
        // What it wrote last may still be on its way through the pipe.
        setTimeout(() => reject(ended()), 50);
      });
      if (spec.ready === undefined) child.once('spawn', () => resolve());
      createInterface({ input: child.stdout }).on('line', (line) => {
        this.#log?.write(`${line}\n`);
        if (spec.ready?.(line) === true) resolve();
        this.#onLine(line);
      });
    });
  }

  #ended(child: ChildProcess): void {
    if (child !== this.#child) return;
    this.state = 'stopped';
    // A worker that is stuck outlives its parent and would keep its ports from the successor.
    killGroup(child.pid, 'SIGKILL');
    this.#onChange();
    if (!this.#wanted) return;
    if (Date.now() - this.#startedMs > STABLE_MS) this.#backoffMs = FIRST_BACKOFF_MS;
    this.#log?.write(`[supervisor] ended; starting again in ${this.#backoffMs} ms\n`);
    this.restarts++;
    this.#respawn = setTimeout(() => {
      this.#spawn().catch((error: unknown) => this.#log?.write(`[supervisor] ${String(error)}\n`));
      if (this.#held) this.pause();
    }, this.#backoffMs);
    this.#backoffMs = Math.min(this.#backoffMs * 2, MAX_BACKOFF_MS);
  }

  pause(): void {
    this.#held = this.#wanted;
    if (this.state !== 'running') return;
    this.#signal('SIGSTOP');
    this.state = 'paused';
    this.#onChange();
  }

  resume(): void {
    this.#held = false;
    if (this.state !== 'paused') return;
    this.#signal('SIGCONT');
    this.state = 'running';
    this.#onChange();
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#respawn);
    if (this.pid === undefined) return;
    const killer = setTimeout(() => this.#signal('SIGKILL'), STOP_GRACE_MS);
    this.#signal('SIGTERM');
    // A stopped process handles no signal but SIGKILL and SIGCONT.
    this.#signal('SIGCONT');
    await this.#exited;
    clearTimeout(killer);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** The state as the kernel sees it, not as we remember it. */
  observe(): ProcessState {
    const { pid } = this;
    if (pid === undefined) return 'stopped';
    if (process.platform !== 'linux') return this.state;
    try {
      const state = /^\d+ \(.*\) (\S)/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1];
      return state === 'T' ? 'paused' : state === 'Z' || state === 'X' ? 'stopped' : 'running';
    } catch {
      // The process ended between the two looks: that is the answer.
      return 'stopped';
    }
  }

  #signal(signal: NodeJS.Signals): void {
    killGroup(this.pid, signal);
  }
}

function killGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch (error) {
    // Nobody is left in it: what was wanted (macOS says EPERM when only a zombie is).
    const { code } = error as NodeJS.ErrnoException; // errors of process.kill carry a code
    if (code !== 'ESRCH' && !(code === 'EPERM' && process.platform === 'darwin')) throw error;
  }
}

/** The end of a log for people: what a process complained of before it ended. Control characters made visible. */
function lastWords(path: string): string {
  try {
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    return visible(lines.at(-1) ?? '').slice(0, 400);
  } catch (error) {
    return `its log cannot be read (${error instanceof Error ? error.message : String(error)})`;
  }
}
