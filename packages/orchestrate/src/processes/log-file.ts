import { createWriteStream, renameSync, statSync, type WriteStream } from 'node:fs';

/** A log that grows without end fills the disk of whoever is attacked long enough: one old file is kept. */
const MAX_LOG_BYTES = 8 * 1_048_576;

/** The log of one process. A disk that takes nothing loses lines, which are counted, and never ends the supervisor. */
export class LogFile {
  readonly #path: string;
  #stream: WriteStream | undefined;
  #written = 0;
  #lost = 0;

  constructor(path: string) {
    this.#path = path;
    try {
      if (statSync(path).size > MAX_LOG_BYTES) renameSync(path, `${path}.1`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // errors of node:fs carry a code
    }
  }

  write(chunk: string | Buffer): void {
    this.#written += chunk.length;
    // Beyond the bound a run's output is dropped, not the disk filled.
    if (this.#written > MAX_LOG_BYTES) return;
    const stream = (this.#stream ??= this.#open());
    if (this.#lost > 0) {
      stream.write(`[supervisor] ${this.#lost} pieces of this log were lost: the disk took nothing\n`);
      this.#lost = 0;
    }
    stream.write(chunk);
  }

  #open(): WriteStream {
    const stream = createWriteStream(this.#path, { flags: 'a', mode: 0o600 });
    stream.on('error', () => {
      this.#lost++;
      // The next piece tries again with a new one: space may have come back.
      if (this.#stream === stream) this.#stream = undefined;
    });
    return stream;
  }
}
