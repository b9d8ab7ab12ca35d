import type { Counters } from '../counters.ts';

// Lines on their way to the primary, which writes the file. Invariants:
// 1. Nothing here waits on the path of a request.
// 2. At most MAX_UNDER_WAY batches are not yet written, at most MAX_WAITING bytes wait; lines beyond are shed, and counted.
// 3. A line leaves at once while nothing is under way; else lines are gathered until a batch is written.
// 4. `drain` ends: when all is written, or by time.

const BATCH_BYTES = 262_144;
const MAX_UNDER_WAY = 4;
/** An attack that fills the log faster than the disk takes it must not fill memory. */
const MAX_WAITING = 8_388_608;

export class AuditQueue {
  readonly #send: (text: string) => void;
  readonly #counters: Counters;
  #batches: string[] = [];
  #open = '';
  #waiting = 0;
  #underWay = 0;
  #soon = false;
  #drained: (() => void) | undefined;

  constructor(send: (text: string) => void, counters: Counters) {
    this.#send = send;
    this.#counters = counters;
  }

  add(line: string): void {
    if (this.#waiting + line.length >= MAX_WAITING) {
      this.#counters.count('audit_lines_shed');
      return;
    }
    this.#counters.count('audit_lines');
    this.#waiting += line.length + 1;
    this.#open += `${line}\n`;
    if (this.#open.length >= BATCH_BYTES) this.#flush();
    else if (this.#underWay === 0 && !this.#soon) {
      this.#soon = true;
      // The other lines of this transaction go along.
      setImmediate(() => this.#flush());
    }
  }

  /** The primary has written a batch, or counted its loss. */
  taken(): void {
    this.#underWay -= 1;
    this.#flush();
  }

  /** Resolves when everything is written, or after `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    this.#flush();
    if (this.#waiting === 0 && this.#underWay === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#drained = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #flush(): void {
    this.#soon = false;
    if (this.#open !== '') this.#batches.push(this.#open);
    this.#open = '';
    this.#next();
  }

  #next(): void {
    while (this.#underWay < MAX_UNDER_WAY) {
      const batch = this.#batches.shift();
      if (batch === undefined) break;
      this.#waiting -= batch.length;
      this.#underWay += 1;
      this.#send(batch);
    }
    if (this.#waiting === 0 && this.#underWay === 0) this.#drained?.();
  }
}
