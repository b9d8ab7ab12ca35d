import {
  sourceKey,
  type ActionKind,
  type ActionTarget,
  type Finding,
  type FindingId,
  type Source,
  type Workload,
} from '@seawall/contract';
import { instanceOf } from './describe.ts';
import { atLeast, type Playbook, type Trigger } from './playbook.ts';

// Counts findings and says which playbooks act now. Deterministic: the same playbooks and events in the same order give
// the same decisions; time comes with the events.
//
// Invariants:
// 1. Findings of routes that are not in mode protect, and of exchanges that the decoy answered, are never counted.
// 2. While an action is in force on a target, only a stronger one is decided for it.
// 3. After a decision its counter starts again from nothing.
// 4. At most `maxKeys` counters a playbook and `maxKeys` held targets, each of at most `count` entries; the ones that were
//    touched longest ago are forgotten first. An attacker with more sources than that is counted anew, and still blocked inline.
// 5. What a person took back is not done again by a playbook to the same target for `RESPECT_MS`.

export type ResponderEvent =
  | {
      readonly kind: 'finding';
      readonly timeMs: number;
      readonly finding: Finding;
      readonly source: Source | undefined;
      readonly service: string;
      readonly workload: Workload | undefined;
    }
  | {
      readonly kind: 'login';
      readonly timeMs: number;
      readonly service: string;
      readonly account: string;
      readonly address: string;
    }
  /** An action was put in force, by whomever: also at a restart, once for each that is. */
  | {
      readonly kind: 'held';
      readonly timeMs: number;
      readonly target: ActionTarget;
      readonly action: ActionKind;
      readonly untilMs: number | undefined;
    }
  | {
      readonly kind: 'released';
      readonly timeMs: number;
      readonly target: ActionTarget;
      readonly why: 'ended' | 'failed' | 'refused' | 'undone-by-person';
    };

export interface Decision {
  readonly playbook: string;
  readonly kind: ActionKind;
  readonly target: ActionTarget;
  readonly forMs: number | undefined;
  readonly dryRun: boolean;
  readonly otherwise: ActionKind | undefined;
  /** The findings that were counted, newest last, at most 20. */
  readonly findings: readonly FindingId[];
  readonly reason: string;
}

export interface Responder {
  react(event: ResponderEvent): readonly Decision[];
  /** Other playbooks, e.g. after a reload; counters of unchanged ones stay. */
  setPlaybooks(playbooks: readonly Playbook[]): void;
  /** Counters and held targets that are remembered now. */
  size(): number;
}

export const RESPECT_MS = 10 * 60_000;
const REFUSED_PAUSE_MS = 60_000;
const FAILED_PAUSE_MS = 30_000;
/** An action that ends at once holds its target this long, so that one burst does not restart an instance twice. */
const AT_ONCE_HOLD_MS = 60_000;
const MAX_FINDINGS = 20;

const STRENGTH: Readonly<Record<ActionKind, number>> = {
  limit: 1,
  block: 2,
  divert: 3,
  restart: 1,
  pause: 2,
  stop: 3,
  quarantine: 4,
};
/** Stronger than any action: nothing is decided. */
const HANDS_OFF = 99;

interface Sample {
  readonly timeMs: number;
  readonly value: string;
  readonly finding: FindingId;
}

interface Hold {
  readonly strength: number;
  readonly untilMs: number;
}

export function makeResponder(playbooks: readonly Playbook[], maxKeys = 10_000): Responder {
  let active = playbooks.filter((playbook) => playbook.enabled);
  const counters = new Map<string, Recent<Sample[]>>();
  const holds = new Recent<Hold>(maxKeys);

  const countersOf = (playbook: Playbook): Recent<Sample[]> => {
    const known = counters.get(playbook.name);
    if (known) return known;
    const made = new Recent<Sample[]>(maxKeys);
    counters.set(playbook.name, made);
    return made;
  };

  const onFinding = (event: Extract<ResponderEvent, { kind: 'finding' }>): readonly Decision[] => {
    const wanted: Decision[] = [];
    for (const playbook of active) {
      const decision = count(playbook, event, countersOf(playbook));
      if (decision) wanted.push(decision);
    }
    return wanted
      .toSorted((a, b) => STRENGTH[b.kind] - STRENGTH[a.kind])
      .filter((decision) => {
        const key = targetKey(decision.target);
        const hold = holds.get(key);
        if (hold && hold.untilMs > event.timeMs && hold.strength >= STRENGTH[decision.kind]) return false;
        holds.set(key, {
          strength: STRENGTH[decision.kind],
          untilMs: event.timeMs + (decision.forMs ?? AT_ONCE_HOLD_MS),
        });
        return true;
      });
  };

  const onLogin = (event: Extract<ResponderEvent, { kind: 'login' }>): void => {
    for (const playbook of active) {
      if (playbook.when.untilSuccess !== true) continue;
      if (playbook.when.per === 'address') countersOf(playbook).delete(event.address);
      if (playbook.when.per === 'account') countersOf(playbook).delete(accountKey(event.service, event.account));
    }
  };

  const onReleased = (event: Extract<ResponderEvent, { kind: 'released' }>): void => {
    const key = targetKey(event.target);
    const pauseMs = { ended: 0, failed: FAILED_PAUSE_MS, refused: REFUSED_PAUSE_MS, 'undone-by-person': RESPECT_MS };
    const pause = pauseMs[event.why];
    const held = holds.get(key);
    if (pause === 0) holds.delete(key);
    // After a refusal or a failure a stronger action may still be tried; after a person's word nothing is.
    else if (event.why === 'undone-by-person') holds.set(key, { strength: HANDS_OFF, untilMs: event.timeMs + pause });
    else holds.set(key, { strength: held?.strength ?? 1, untilMs: event.timeMs + pause });
  };

  return {
    react(event) {
      switch (event.kind) {
        case 'finding':
          return onFinding(event);
        case 'login':
          onLogin(event);
          return [];
        case 'held': {
          const key = targetKey(event.target);
          const untilMs = event.untilMs ?? event.timeMs + AT_ONCE_HOLD_MS;
          const known = holds.get(key);
          // What was refused stays so when the weaker action in its place begins.
          const strength = known && known.untilMs > event.timeMs ? known.strength : 0;
          holds.set(key, { strength: Math.max(strength, STRENGTH[event.action]), untilMs });
          return [];
        }
        case 'released':
          onReleased(event);
          return [];
        default:
          return event satisfies never;
      }
    },
    setPlaybooks(next) {
      const before = new Map(active.map((playbook) => [playbook.name, JSON.stringify(playbook.when)]));
      active = next.filter((playbook) => playbook.enabled);
      const same = active.filter((playbook) => before.get(playbook.name) === JSON.stringify(playbook.when));
      const kept = new Set(same.map((playbook) => playbook.name));
      for (const name of counters.keys()) if (!kept.has(name)) counters.delete(name);
    },
    size: () => [...counters.values()].reduce((sum, one) => sum + one.size, holds.size),
  };
}

type FindingEvent = Extract<ResponderEvent, { kind: 'finding' }>;

function count(playbook: Playbook, event: FindingEvent, counters: Recent<Sample[]>): Decision | undefined {
  const { when, reaction } = playbook;
  if (reaction.action === 'inline' || !matches(when, event.finding)) return undefined;
  const key = keyOf(when, event);
  const target = targetOf(playbook, event);
  if (key === undefined || target === undefined) return undefined;
  const samples = addSample(counters.get(key) ?? [], when, event);
  if (samples.length < when.count) {
    counters.set(key, samples);
    return undefined;
  }
  counters.delete(key);
  return {
    playbook: playbook.name,
    kind: reaction.action,
    target,
    forMs: reaction.forMs,
    dryRun: reaction.dryRun,
    otherwise: reaction.otherwise,
    findings: samples.slice(-MAX_FINDINGS).map((sample) => sample.finding),
    reason: reasonOf(playbook, samples),
  };
}

/** The newest `count` samples within the window; with `distinct`, the newest of each value. */
function addSample(samples: readonly Sample[], when: Trigger, event: FindingEvent): Sample[] {
  const sample: Sample = { timeMs: event.timeMs, value: distinctValue(when, event.finding), finding: event.finding.id };
  const kept = samples.filter(
    (one) => Math.abs(event.timeMs - one.timeMs) <= when.withinMs && (!when.distinct || one.value !== sample.value),
  );
  kept.push(sample);
  return kept.slice(-when.count);
}

export function matches(when: Trigger, finding: Finding): boolean {
  if (finding.mode !== 'protect' || finding.verdict === 'diverted') return false;
  if (when.detector && !when.detector.includes(finding.detector)) return false;
  if (when.family && !when.family.includes(finding.family)) return false;
  if (when.verdict && !when.verdict.includes(finding.verdict)) return false;
  if (when.direction && when.direction !== finding.direction) return false;
  if (when.minSeverity && !atLeast(finding.severity, when.minSeverity)) return false;
  if (when.minScoreRatio === undefined) return true;
  return finding.threshold > 0 && finding.score >= when.minScoreRatio * finding.threshold;
}

function keyOf(when: Trigger, event: FindingEvent): string | undefined {
  switch (when.per) {
    case 'source':
      return event.source && sourceKey(event.source);
    case 'address':
      return event.finding.request.address || undefined;
    case 'account':
      return event.finding.account === undefined ? undefined : accountKey(event.service, event.finding.account);
    case 'service':
      return event.service;
    case 'instance': {
      const name = event.workload?.instance?.name;
      return name === undefined ? undefined : `${event.service}/${name}`;
    }
    default:
      return when.per satisfies never;
  }
}

function targetOf({ reaction }: Playbook, event: FindingEvent): ActionTarget | undefined {
  switch (reaction.target) {
    case 'source':
      return event.source && { kind: 'source', source: event.source };
    case 'address': {
      const { address } = event.finding.request;
      return address === '' ? undefined : { kind: 'source', source: { kind: 'address', address } };
    }
    case 'account': {
      const { account } = event.finding;
      return account === undefined ? undefined : { kind: 'account', service: event.service, account };
    }
    case 'instance':
      return event.workload?.instance && { kind: 'workload', workload: event.workload };
    default:
      return reaction.target satisfies never;
  }
}

function distinctValue(when: Trigger, finding: Finding): string {
  switch (when.distinct) {
    case 'rule':
      return finding.rule.id;
    case 'path':
      return finding.request.path;
    case 'account':
      return finding.account ?? '';
    case 'address':
      return finding.request.address;
    case undefined:
      return '';
    default:
      return when.distinct satisfies never;
  }
}

function reasonOf({ when, summary }: Playbook, samples: readonly Sample[]): string {
  const first = samples[0]?.timeMs ?? 0;
  const seconds = Math.max(1, Math.round(((samples.at(-1)?.timeMs ?? first) - first) / 1000));
  if (when.count === 1) return summary;
  const what = when.distinct ? `different values of ${when.distinct}` : 'findings';
  return `${samples.length} ${what} in ${seconds} s. ${summary}`;
}

function accountKey(service: string, account: string): string {
  return `${service} ${account.toLowerCase()}`;
}

/** One text per thing that can be acted on: no two actions are in force on one. */
export function targetKey(target: ActionTarget): string {
  switch (target.kind) {
    case 'source':
      return `source ${sourceKey(target.source)}`;
    case 'account':
      return `account ${accountKey(target.service, target.account)}`;
    case 'workload':
      return `workload ${target.workload.service}/${instanceOf(target)}`;
    default:
      return target satisfies never;
  }
}

/** Whether the first is more than the second: then it takes its place. */
export function isStronger(a: ActionKind, b: ActionKind): boolean {
  return STRENGTH[a] > STRENGTH[b];
}

/** A map that forgets what was written longest ago. */
class Recent<V> {
  private readonly entries = new Map<string, V>();
  private readonly max: number;

  constructor(max: number) {
    this.max = max;
  }

  get size(): number {
    return this.entries.size;
  }

  get(key: string): V | undefined {
    return this.entries.get(key);
  }

  delete(key: string): void {
    this.entries.delete(key);
  }

  set(key: string, value: V): void {
    this.entries.delete(key);
    this.entries.set(key, value);
    if (this.entries.size <= this.max) return;
    const oldest = this.entries.keys().next();
    if (!oldest.done) this.entries.delete(oldest.value);
  }
}
