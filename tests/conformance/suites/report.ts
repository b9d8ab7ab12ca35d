import { visible } from '@seawall/faults';

export type Result = 'passed' | 'failed' | 'skipped';

/** Counts what a suite finds. JSON: a line a row on standard output; text: what did not pass, and why. */
export class Report {
  readonly counts: Record<Result, number> = { passed: 0, failed: 0, skipped: 0 };
  /** Failures whose reason is argued in the suite; they count as failed as well. */
  arguedCount = 0;
  readonly #suite: string;
  readonly #json: boolean;
  readonly #listed: boolean;

  /** `listed: false` leaves the cases out of the text. */
  constructor(suite: string, { json, listed }: { json: boolean; listed: boolean }) {
    this.#suite = suite;
    this.#json = json;
    this.#listed = listed;
  }

  case(test: string, result: Result, text: string, facts: Readonly<Record<string, unknown>> = {}): void {
    this.counts[result]++;
    if (this.#json) this.#row({ event: 'case', test, result, text, ...facts });
    else if (this.#listed && result !== 'passed') console.log(`${result} ${test}: ${visible(text).slice(0, 700)}`);
  }

  /** A failure that is known, with its reason. */
  argued(test: string, text: string, facts: Readonly<Record<string, unknown>> = {}): void {
    this.arguedCount++;
    this.case(test, 'failed', text, { argued: true, ...facts });
  }

  /** Something that is told beside the cases. */
  note(text: string, row: Readonly<Record<string, unknown>>): void {
    if (this.#json) this.#row(row);
    else console.log(visible(text));
  }

  close(): void {
    const { passed, failed, skipped } = this.counts;
    if (this.#json) this.#row({ event: 'summary', passed, failed, skipped });
    const closing = `${passed} passed, ${failed} failed, ${skipped} skipped`;
    // Standard output stays JSON lines when that was asked for.
    if (this.#json) console.error(closing);
    else console.log(closing);
  }

  #row(row: Readonly<Record<string, unknown>>): void {
    console.log(JSON.stringify({ suite: this.#suite, ...row }));
  }
}
