import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AuditLog } from '@seawall/contract';

// The file of the audit log, written by the primary alone. Invariants:
// 1. One operation at a time, in the order asked for: writing, rotating, opening anew, closing.
// 2. A batch is whole lines, and is written whole into one file: rotation happens between batches.
// 3. The disk holds at most (keep + 1) * maxBytes and one batch; what cannot be written is counted, told once, and tried again with the next batch.

/** Batches of all workers that wait; each worker has a bound of its own. */
const MAX_WAITING_BYTES = 67_108_864;

export interface AuditFileOptions {
  /** Relative names count from here. */
  readonly folder: string;
  log(level: 'info' | 'warn' | 'error', text: string, facts?: Readonly<Record<string, unknown>>): void;
}

export class AuditFile {
  readonly #options: AuditFileOptions;
  #wanted: AuditLog | undefined;
  #file: FileHandle | undefined;
  #path = '';
  #bytes = 0;
  /** A pipe or a terminal is not rotated. */
  #regular = true;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #complained = false;
  /** Lines that could not be written. */
  lost = 0;

  constructor(options: AuditFileOptions) {
    this.#options = options;
  }

  /** Undefined when the file can be written or none is asked for, else why not. */
  configure(wanted: AuditLog | undefined): Promise<string | undefined> {
    return this.#next(async () => {
      const path = wanted === undefined ? '' : resolve(this.#options.folder, wanted.file);
      this.#wanted = wanted;
      if (path !== this.#path) await this.#close();
      this.#path = path;
      if (wanted === undefined) return undefined;
      try {
        await this.#open();
        return undefined;
      } catch (error) {
        return `the audit log ${path} cannot be opened: ${reasonOf(error)}`;
      }
    });
  }

  /** Resolves when the lines are in the file, or counted as lost. */
  write(text: string): Promise<void> {
    if (this.#waiting + text.length > MAX_WAITING_BYTES) {
      this.#lose(text, 'too many lines wait for the disk');
      return Promise.resolve();
    }
    this.#waiting += text.length;
    return this.#next(async () => {
      this.#waiting -= text.length;
      // The log was just switched off: nobody wants these any more.
      if (this.#wanted === undefined) return;
      try {
        await this.#write(text, this.#wanted);
        this.#complained = false;
      } catch (error) {
        await this.#close();
        this.#lose(text, reasonOf(error));
      }
    });
  }

  /** SIGHUP: another program has moved the file away. */
  reopen(): Promise<void> {
    return this.#next(async () => {
      await this.#close();
      if (this.#wanted === undefined) return;
      await this.#open().catch((error: unknown) => this.#complain(reasonOf(error)));
    });
  }

  /** Everything asked for before is in the file then. */
  close(): Promise<void> {
    return this.#next(() => this.#close());
  }

  async #write(text: string, { maxBytes, keep }: AuditLog): Promise<void> {
    if (this.#regular && this.#bytes > 0 && this.#bytes + text.length > maxBytes) await this.#rotate(keep);
    const file = this.#file ?? (await this.#open());
    await file.appendFile(text, 'latin1');
    this.#bytes += text.length;
  }

  async #rotate(keep: number): Promise<void> {
    await this.#close();
    await rm(`${this.#path}.${keep}`, { force: true });
    for (let number = keep - 1; number >= 1; number--) {
      await rename(`${this.#path}.${number}`, `${this.#path}.${number + 1}`).catch(unlessMissing);
    }
    if (keep > 0) await rename(this.#path, `${this.#path}.1`).catch(unlessMissing);
    else await rm(this.#path, { force: true });
  }

  async #open(): Promise<FileHandle> {
    if (this.#file !== undefined) return this.#file;
    // It holds what clients sent: for its owner alone.
    const file = await open(this.#path, 'a', 0o600);
    const facts = await file.stat();
    this.#regular = facts.isFile();
    this.#bytes = facts.size;
    this.#file = file;
    return file;
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch((error: unknown) => this.#complain(reasonOf(error)));
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  #lose(text: string, reason: string): void {
    this.lost += text.split('\n').length - 1;
    this.#complain(reason);
  }

  /** Once until a batch was written again: a full disk is no reason to fill another log. */
  #complain(reason: string): void {
    if (!this.#complained) this.#options.log('error', 'the audit log cannot be written', { file: this.#path, reason });
    this.#complained = true;
  }
}

function unlessMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // errors of node:fs carry a code
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
