/**
 * Runs SQL text that strangers may have had a hand in: a documented hole of the examples. It reads one database file,
 * cannot write, and is ended when a query takes too long, so that the hole gives data but never a standstill.
 */
import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
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
  #child: ChildProcess | undefined;
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

  close(): void {
    clearTimeout(this.#timer);
    this.#child?.kill('SIGKILL');
  }

  #next(): void {
    if (this.#running) return;
    this.#running = this.#waiting.shift();
    if (!this.#running) return;
    this.#child ??= this.#start();
    const child = this.#child;
    this.#timer = setTimeout(() => this.#giveUp(child, 'query took too long'), DEADLINE_MS);
    child.send(this.#running.sql);
  }

  #start(): ChildProcess {
    const child = fork(path.join(import.meta.dirname, 'unsafe-queries-child.ts'), [this.#file], {
      env: { NODE_NO_WARNINGS: '1' },
      execArgv: ['--max-old-space-size=64'],
    });
    child.on('message', (answer: { rows?: Row[]; error?: string }) => {
      const question = this.#done();
      if (answer.rows) question?.resolve(answer.rows);
      else question?.reject(new Refusal(500, `SQLite error: ${answer.error ?? ''}`));
      this.#next();
    });
    child.on('error', () => this.#giveUp(child, 'query failed'));
    child.on('exit', () => this.#giveUp(child, 'query failed'));
    return child;
  }

  #done(): Question | undefined {
    clearTimeout(this.#timer);
    const question = this.#running;
    this.#running = undefined;
    return question;
  }

  #giveUp(child: ChildProcess, reason: string): void {
    child.kill('SIGKILL');
    if (child !== this.#child) return; // the next one is at work already
    this.#child = undefined;
    this.#done()?.reject(new Refusal(500, `SQLite error: ${reason}`));
    this.#next();
  }
}
