export const COUNTER_NAMES = [
  'requests',
  'refused_without_seal',
  'bad_requests',
  'bodies_over_limit',
  'slow_clients',
  'connections_refused',
  'websockets',
  'websocket_messages',
  'steps',
  'steps_over_limit',
  'steps_lost',
  'answers_failed',
] as const;
export type CounterName = (typeof COUNTER_NAMES)[number];

/** Running totals that the health event carries. */
export class Counters {
  readonly #totals = new Map<CounterName, number>(COUNTER_NAMES.map((name) => [name, 0]));

  count(name: CounterName): void {
    this.#totals.set(name, (this.#totals.get(name) ?? 0) + 1);
  }

  get(name: CounterName): number {
    return this.#totals.get(name) ?? 0;
  }

  all(): Record<string, number> {
    return Object.fromEntries(this.#totals);
  }
}
