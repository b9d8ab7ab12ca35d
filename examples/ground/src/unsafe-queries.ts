/**
 * Runs SQL text that strangers may have had a hand in: a documented hole of the examples. It reads one database file,
 * cannot write, and is ended when a query takes too long, so that the hole gives data but never a standstill.
 */
import { Worker } from 'node:worker_threads';
import { Refusal } from './refusal.ts';

const DEADLINE_MS = 1500;
const MAX_WAITING = 200;

export type Row = Record<string, string | number | null>;

interface Question {
  readonly sql: string;
  readonly resolve: (rows: Row[]) => void;
  readonly reject: (reason: Error) => void;
}

export class UnsafeQueries {
  readonly #file: string;
  readonly #waiting: Question[] = [];
  #worker: Worker | undefined;
  #running: Question | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  run(sql: string): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length >= MAX_WAITING) return reject(new Refusal(503, 'the search is busy'));
      this.#waiting.push({ sql, resolve, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#worker?.terminate();
  }

  #next(): void {
    if (this.#running) return;
    this.#running = this.#waiting.shift();
    if (!this.#running) return;
    this.#worker ??= this.#start();
    this.#timer = setTimeout(() => this.#giveUp('query took too long'), DEADLINE_MS);
    this.#worker.postMessage(this.#running.sql);
  }

  #start(): Worker {
    const worker = new Worker(new URL('unsafe-queries-worker.ts', import.meta.url), {
      workerData: this.#file,
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 64 },
    });
    worker.on('message', (answer: { rows?: Row[]; error?: string }) => {
      const question = this.#done();
      if (answer.rows) question?.resolve(answer.rows);
      else question?.reject(new Refusal(500, `SQLite error: ${answer.error ?? ''}`));
      this.#next();
    });
    worker.on('error', () => this.#giveUp('query failed'));
    return worker;
  }

  #done(): Question | undefined {
    clearTimeout(this.#timer);
    const question = this.#running;
    this.#running = undefined;
    return question;
  }

  #giveUp(reason: string): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
    this.#done()?.reject(new Refusal(500, `SQLite error: ${reason}`));
    this.#next();
  }
}
