import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** What stands in front of the backend and is measured. */
export interface Proxy {
  readonly port: number;
  /** The process whose CPU counts. */
  readonly worker: number;
  /** One that starts and watches the worker, where there is such a one. */
  readonly primary: number | undefined;
  /** Share of values whose verdict was known, since the last call; undefined when it has no such cache. */
  cacheHitRate?(): Promise<number | undefined>;
  stop(): Promise<void>;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Processor that it, and all that it starts, may run on. */
  readonly core: number;
  readonly env?: Readonly<Record<string, string>>;
}

const STOP_MS = 15_000;
const KEPT_COMPLAINTS = 4000;

/** A program of the bench: ended with the bench, by its own id. */
export class Program {
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #ended: Promise<void>;
  #over = false;
  #complaints = '';
  #output = '';

  constructor({ program, args, core, env = {} }: Command) {
    this.#name = program;
    this.#child = spawn('taskset', ['-c', String(core), program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.#output = kept(this.#output, chunk)));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#complaints = kept(this.#complaints, chunk)));
    this.#ended = new Promise((resolve) => {
      const over = (): void => {
        this.#over = true;
        resolve();
      };
      this.#child.once('error', (error) => {
        this.#complaints += String(error);
        over();
      });
      this.#child.once('exit', over);
    });
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`${this.#name} did not start: ${this.#complaints}`);
    return pid;
  }

  get output(): string {
    return this.#output;
  }

  /** Looks again until there is something; throws, with what the program said, when it ended or took too long. */
  async until<T>(what: string, timeoutMs: number, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (this.#over) throw new Error(`${this.#name} ended before ${what}: ${this.#complaints || this.#output}`);
      if (Date.now() > end) throw new Error(`${this.#name}: no ${what} after ${timeoutMs} ms: ${this.#complaints}`);
      await sleep(50);
    }
  }

  async stop(): Promise<void> {
    if (this.#over) return;
    this.#child.kill('SIGTERM');
    const force = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    await this.#ended;
    clearTimeout(force);
  }
}

function kept(before: string, chunk: Buffer): string {
  return (before + chunk.toString()).slice(-KEPT_COMPLAINTS);
}

export function firstChild(pid: number): number | undefined {
  const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ');
  return first === undefined || first === '' ? undefined : Number(first);
}
