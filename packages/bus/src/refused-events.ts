import { appendFile } from 'node:fs/promises';
import { statSync } from 'node:fs';

/** What a hostile or broken node may fill the disk with; above it refused events are only counted. */
const MAX_BYTES = 1024 * 1024;

/** Events that do not fit their schema: kept beside for whoever looks for the cause, so that they never block the queue. */
export class RefusedEvents {
  readonly #file: string;
  #bytes: number;

  constructor(file: string) {
    this.#file = file;
    this.#bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }

  async keep(node: string, problem: string, event: unknown): Promise<void> {
    const line = `${JSON.stringify({ node, problem: problem.slice(0, 500), event: JSON.stringify(event)?.slice(0, 16_384) })}\n`;
    if (this.#bytes + line.length > MAX_BYTES) return;
    this.#bytes += line.length;
    await appendFile(this.#file, line, { mode: 0o600 });
  }
}
