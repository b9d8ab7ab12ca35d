import type { ActionKind, Finding, Severity, Verdict } from '@seawall/contract';

/** What a playbook counts by. `address` is the client's address even where the source is a session. */
export type CountedBy = 'source' | 'address' | 'account' | 'service' | 'instance';

/** A finding is counted when all that is said here holds for it. Findings of routes not in mode protect never are. */
export interface Trigger {
  readonly detector?: readonly Finding['detector'][];
  readonly family?: readonly string[];
  readonly minSeverity?: Severity;
  readonly direction?: 'request' | 'response';
  readonly verdict?: readonly Verdict[];
  /** Score divided by threshold. */
  readonly minScoreRatio?: number;
  readonly count: number;
  readonly withinMs: number;
  readonly per: CountedBy;
  /** Count different values of this instead of findings. */
  readonly distinct?: 'rule' | 'path' | 'account' | 'address';
  /** A successful log-in by the same address or account starts the count again. */
  readonly untilSuccess?: boolean;
}

export type TargetKind = 'source' | 'address' | 'account' | 'instance';

export interface Reaction {
  /** `inline` = the gateway does it to the exchange itself; nothing is decided here. */
  readonly action: ActionKind | 'inline';
  readonly target: TargetKind;
  /** How long; absent on actions that end at once. */
  readonly forMs?: number;
  readonly dryRun: boolean;
  /** Done instead when a guard refuses. */
  readonly otherwise?: ActionKind;
}

export interface GuardSettings {
  /** 0 to 1: instances of the service that may be out of service at a time, this one included. */
  readonly maxShareOfService?: number;
  /** Actions of all playbooks together. */
  readonly maxPerMinute?: number;
  /** Names of services, instances, accounts and addresses that are never acted on. */
  readonly protect: readonly string[];
  /** Other clean sessions that may share an address that is acted on. */
  readonly maxBystanders: number;
}

export interface Playbook {
  readonly name: string;
  readonly summary: string;
  readonly enabled: boolean;
  readonly when: Trigger;
  readonly reaction: Reaction;
  readonly guards: GuardSettings;
}

export const DEFAULT_GUARDS: GuardSettings = { maxPerMinute: 60, protect: [], maxBystanders: 0 };

/** Least first. */
export const SEVERITY_ORDER: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical'];

export function atLeast(severity: Severity, least: Severity): boolean {
  return SEVERITY_ORDER.indexOf(severity) >= SEVERITY_ORDER.indexOf(least);
}

export function moreSevere(a: Severity, b: Severity): Severity {
  return atLeast(a, b) ? a : b;
}
