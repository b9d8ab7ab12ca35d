/** What a run counts, and how it ends up in the report. */

export interface AttackCount {
  readonly name: string;
  attempts: number;
  gotData: number;
  stopped: number;
  diverted: number;
}

export interface HarmedDetail {
  readonly who: string;
  readonly what: string;
  readonly why: string;
  readonly status: number;
  readonly ms: number;
  readonly answer: string;
}

export interface TrafficReport {
  readonly event: 'report';
  readonly seconds: number;
  readonly seed: number;
  readonly attacksThatGotData: number;
  readonly attacksStopped: number;
  readonly attacksDiverted: number;
  readonly attacksNotCoveredYet: readonly string[];
  readonly friendlyRequests: number;
  readonly friendlyHarmed: number;
  readonly harmedDetails: readonly HarmedDetail[];
  readonly attacks: readonly AttackCount[];
  readonly requestsPerSecond: number;
  readonly latency: { readonly p50Ms: number; readonly p99Ms: number };
}

const MAX_DETAILS = 20;

export class Tally {
  readonly #attacks = new Map<string, AttackCount>();
  readonly #notCovered = new Set<string>();
  readonly #details: HarmedDetail[] = [];
  readonly #latencies: number[] = [];
  #friendly = 0;
  #harmed = 0;
  #hostile = 0;

  friendly(ms: number): void {
    this.#friendly++;
    this.#latencies.push(ms);
  }

  harmed(detail: HarmedDetail): void {
    this.#harmed++;
    if (this.#details.length < MAX_DETAILS) this.#details.push({ ...detail, answer: detail.answer.slice(0, 200) });
  }

  hostileRequest(): void {
    this.#hostile++;
  }

  /** An attempt counts once: by the best the attacker reached, else by the strongest answer of the defence. */
  attack(name: string, isCovered: boolean, outcome: { gotData: boolean; diverted: boolean; stopped: boolean }): void {
    if (!isCovered) {
      if (outcome.gotData) this.#notCovered.add(name);
      return;
    }
    const count = this.#attacks.get(name) ?? { name, attempts: 0, gotData: 0, stopped: 0, diverted: 0 };
    this.#attacks.set(name, count);
    count.attempts++;
    if (outcome.gotData) count.gotData++;
    else if (outcome.diverted) count.diverted++;
    else if (outcome.stopped) count.stopped++;
  }

  report(seconds: number, seed: number): TrafficReport {
    const attacks = [...this.#attacks.values()].sort((a, b) => a.name.localeCompare(b.name));
    const sum = (of: (count: AttackCount) => number): number => attacks.reduce((total, count) => total + of(count), 0);
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    const at = (share: number): number => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 100) / 100;
    return {
      event: 'report',
      seconds: Math.round(seconds * 10) / 10,
      seed,
      attacksThatGotData: sum((count) => count.gotData),
      attacksStopped: sum((count) => count.stopped),
      attacksDiverted: sum((count) => count.diverted),
      attacksNotCoveredYet: [...this.#notCovered].sort(),
      friendlyRequests: this.#friendly,
      friendlyHarmed: this.#harmed,
      harmedDetails: this.#details,
      attacks,
      requestsPerSecond: Math.round((this.#friendly + this.#hostile) / Math.max(seconds, 0.001)),
      latency: { p50Ms: at(0.5), p99Ms: at(0.99) },
    };
  }
}
