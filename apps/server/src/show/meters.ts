import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';

/** The server's own figures, for /metrics and for the Overview. */
export interface Meters {
  readonly registry: Registry;
  readonly events: Counter<'kind'>;
  readonly intakeFailures: Counter;
  readonly actions: Counter<'kind' | 'state'>;
  readonly problems: Counter<'code'>;
  readonly signIns: Counter<'outcome'>;
  readonly policyVersion: Gauge;
  readonly configProblems: Gauge;
  readonly dataFreeBytes: Gauge;
  readonly liveListeners: Gauge;
  readonly liveShed: Gauge;
  readonly bus: Gauge<'what'>;
  /** Milliseconds from an event at the edge to its row in the store. */
  addDelay(ms: number): void;
  /** Median of the last minute; null without events. */
  medianDelayMs(): number | null;
}

const MAX_DELAYS = 600;

export function makeMeters(): Meters {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'seawall_server_' });
  const delays: { readonly timeMs: number; readonly ms: number }[] = [];
  const registers = [registry];
  const medianDelayMs = () => {
    const since = Date.now() - 60_000;
    const recent = delays.filter((delay) => delay.timeMs >= since).map((delay) => delay.ms);
    return recent.toSorted((a, b) => a - b)[Math.floor(recent.length / 2)] ?? null;
  };
  const delay = new Gauge({
    name: 'seawall_pipeline_delay_ms',
    help: 'Median time from an event at the edge to its row in the store, over the last minute',
    registers,
    collect() {
      delay.set(medianDelayMs() ?? 0);
    },
  });
  return {
    registry,
    events: new Counter({
      name: 'seawall_events_total',
      help: 'Events taken from nodes',
      labelNames: ['kind'],
      registers,
    }),
    intakeFailures: new Counter({
      name: 'seawall_intake_failures_total',
      help: 'Batches that could not be stored and were not acknowledged; nodes send them again',
      registers,
    }),
    actions: new Counter({
      name: 'seawall_action_changes_total',
      help: 'Actions that reached a state',
      labelNames: ['kind', 'state'],
      registers,
    }),
    problems: new Counter({
      name: 'seawall_api_problems_total',
      help: 'API answers that were problems, by fault code',
      labelNames: ['code'],
      registers,
    }),
    signIns: new Counter({
      name: 'seawall_sign_ins_total',
      help: 'Tries to sign in',
      labelNames: ['outcome'],
      registers,
    }),
    policyVersion: new Gauge({ name: 'seawall_policy_version', help: 'Version of the newest policy', registers }),
    configProblems: new Gauge({
      name: 'seawall_config_problems',
      help: 'Problems of the configuration files at their last reload; above 0 an older one is in force',
      registers,
    }),
    dataFreeBytes: new Gauge({
      name: 'seawall_data_free_bytes',
      help: 'Space that is left on the disk of the data folder; at 0 nothing can be remembered',
      registers,
    }),
    liveListeners: new Gauge({ name: 'seawall_live_listeners', help: 'Open live event streams', registers }),
    liveShed: new Gauge({
      name: 'seawall_live_findings_shed',
      help: 'Findings that the live stream only counted, since start',
      registers,
    }),
    bus: new Gauge({
      name: 'seawall_bus_refused',
      help: 'What the bus did not let in since start: wrong tokens, garbage, events that fit no schema',
      labelNames: ['what'],
      registers,
    }),
    addDelay(ms) {
      delays.push({ timeMs: Date.now(), ms });
      if (delays.length > MAX_DELAYS) delays.shift();
    },
    medianDelayMs,
  };
}
