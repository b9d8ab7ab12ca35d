import type { Action, ActionId, ActionKind, ActionTarget, FindingId, GuardCheck, IncidentId } from '@seawall/contract';
import { undoWords, type GuardSettings } from '@seawall/respond';
import { makeId, nowMicros } from '../clock.ts';

/** An action that somebody wants. */
export interface Draft {
  readonly kind: ActionKind;
  readonly target: ActionTarget;
  /** `playbook:NAME`, `user:NAME` or `cli`. */
  readonly actor: string;
  readonly playbook?: string;
  readonly reason: string;
  readonly findings: readonly FindingId[];
  readonly incident?: IncidentId;
  readonly durationMs?: number | undefined;
  readonly dryRun: boolean;
  readonly guards: GuardSettings;
}

/** When nobody says how long: every action but a restart ends by itself. */
const DEFAULT_DURATION_MS: Readonly<Record<ActionKind, number | undefined>> = {
  block: 3_600_000,
  limit: 3_600_000,
  divert: 3_600_000,
  restart: undefined,
  pause: 600_000,
  stop: 600_000,
  quarantine: 600_000,
};

export function durationOf({ kind, durationMs }: Draft): number | undefined {
  return kind === 'restart' ? undefined : (durationMs ?? DEFAULT_DURATION_MS[kind]);
}

export function plannedAction(draft: Draft, guards: readonly GuardCheck[]): Action {
  const now = nowMicros();
  const durationMs = durationOf(draft);
  return {
    id: makeId<ActionId>(),
    kind: draft.kind,
    target: draft.target,
    cause: {
      actor: draft.actor,
      ...(draft.playbook === undefined ? {} : { playbook: draft.playbook }),
      ...(draft.incident === undefined ? {} : { incident: draft.incident }),
      findings: [...draft.findings],
      reason: draft.reason,
    },
    state: 'planned',
    dryRun: draft.dryRun,
    guards: [...guards],
    createdMicros: now,
    updatedMicros: now,
    ...(durationMs === undefined ? {} : { expiresMicros: now + durationMs * 1000 }),
    undo: undoWords(draft.kind),
  };
}
