import { z } from 'zod';
import { ActionId, FindingId, IncidentId } from './ids.ts';
import { Source } from './source.ts';
import { Workload } from './workload.ts';

/**
 * What Seawall can do. The first three are carried out by the gateway, through its policy; the others by a responder,
 * through an orchestrator.
 */
export const ActionKind = z.enum(['block', 'limit', 'divert', 'restart', 'pause', 'stop', 'quarantine']);
export type ActionKind = z.infer<typeof ActionKind>;
export const GATEWAY_ACTIONS: readonly ActionKind[] = ['block', 'limit', 'divert'];

export const ActionTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('source'), source: Source }),
  /** Log-in attempts on one account, except those from addresses that the account is known to use. */
  z.object({ kind: z.literal('account'), service: z.string(), account: z.string() }),
  z.object({ kind: z.literal('workload'), workload: Workload }),
]);
export type ActionTarget = z.infer<typeof ActionTarget>;

/**
 * planned -> refused (a guard said no; final)
 * planned -> running -> active (in force until expiry or undo) | done (nothing to take back, e.g. restart) | failed
 * active -> undoing -> undone | expired (undone by time) | failed
 */
export const ActionState = z.enum([
  'planned',
  'refused',
  'running',
  'active',
  'done',
  'undoing',
  'undone',
  'expired',
  'failed',
]);
export type ActionState = z.infer<typeof ActionState>;

export const GuardCheck = z.object({ guard: z.string(), passed: z.boolean(), detail: z.string() });
export type GuardCheck = z.infer<typeof GuardCheck>;

/** What was seen in the world after acting, not what the call returned. */
export const Outcome = z.object({ verified: z.boolean(), detail: z.string(), timeMicros: z.number().int() });
export type Outcome = z.infer<typeof Outcome>;

export const Action = z.object({
  id: ActionId,
  kind: ActionKind,
  target: ActionTarget,
  cause: z.object({
    /** `playbook:NAME` or `user:NAME`. */
    actor: z.string(),
    playbook: z.string().optional(),
    incident: IncidentId.optional(),
    findings: z.array(FindingId),
    reason: z.string(),
  }),
  state: ActionState,
  dryRun: z.boolean(),
  guards: z.array(GuardCheck),
  createdMicros: z.number().int(),
  updatedMicros: z.number().int(),
  /** Absent on actions that end at once (restart). */
  expiresMicros: z.number().int().optional(),
  outcome: Outcome.optional(),
  /** In words: what undoing does, or why it cannot be undone. */
  undo: z.string(),
  undoneBy: z.string().optional(),
});
export type Action = z.infer<typeof Action>;
