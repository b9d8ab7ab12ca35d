import { z } from 'zod';
import { Action, Outcome } from './action.ts';
import { DecoyStep } from './decoy.ts';
import { Exchange } from './exchange.ts';
import { Finding } from './finding.ts';
import { ActionId, EventId } from './ids.ts';
import { ServiceLikeness } from './likeness.ts';
import { Source } from './source.ts';
import { Workload } from './workload.ts';

export const SCHEMA_VERSION = 1;

/** What a node says about itself every few seconds, so that silence is seen. */
export const NodeHealth = z.object({
  role: z.enum(['gateway', 'responder', 'decoy']),
  version: z.string(),
  policyVersion: z.number().int(),
  policyDigest: z.string(),
  workers: z.number().int(),
  /** Event-loop delay, 99th percentile of the last period. */
  loopDelayMs: z.number(),
  residentBytes: z.number().int(),
  spoolBytes: z.number().int(),
  /** Running totals by name, e.g. `statistics_shed`, `inspection_failed`, `workers_replaced`. */
  counters: z.record(z.string(), z.number()),
  /** Upstreams and engines as the node sees them: `up`, `down`, `cut`, `unknown`. */
  instances: z.record(z.string(), z.string()).default({}),
});
export type NodeHealth = z.infer<typeof NodeHealth>;

/** Answer of a responder to a command, after looking at the world again. */
export const CommandResult = z.object({
  action: ActionId,
  step: z.enum(['do', 'undo']),
  outcome: Outcome,
  /** What must be remembered to undo (networks that were cut …); opaque to the server. */
  remembered: z.record(z.string(), z.unknown()).optional(),
});
export type CommandResult = z.infer<typeof CommandResult>;

/** The workloads that a responder's adapter sees. */
export const InventoryItem = z.object({
  workload: Workload,
  state: z.enum(['running', 'paused', 'stopped', 'quarantined', 'unknown']),
  adapter: z.string(),
  protected: z.boolean(),
  address: z.string().optional(),
  startedMicros: z.number().int().optional(),
});
export type InventoryItem = z.infer<typeof InventoryItem>;
export const Inventory = z.object({
  adapter: z.string(),
  capabilities: z.array(z.string()),
  items: z.array(InventoryItem),
  /** Set when the engine cannot be reached: what failed and what to do. */
  problem: z.string().optional(),
});
export type Inventory = z.infer<typeof Inventory>;

const body = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('exchange'), exchange: Exchange }),
  z.object({ kind: z.literal('finding'), finding: Finding }),
  z.object({ kind: z.literal('decoy'), step: DecoyStep }),
  z.object({ kind: z.literal('likeness'), likeness: ServiceLikeness }),
  z.object({ kind: z.literal('health'), health: NodeHealth }),
  z.object({ kind: z.literal('inventory'), inventory: Inventory }),
  z.object({ kind: z.literal('result'), result: CommandResult }),
]);

/** Every event of every watcher travels in this. `sequence` counts per node and start of the node. */
export const Envelope = z
  .object({
    schema: z.literal(SCHEMA_VERSION),
    id: EventId,
    /** Integer microseconds UTC since 1970; exact in a double until the year 2255. */
    timeMicros: z.number().int(),
    node: z.string(),
    sequence: z.number().int(),
    workload: Workload.optional(),
    source: Source.optional(),
    traceId: z.string().optional(),
  })
  .and(body);
export type Envelope = z.infer<typeof Envelope>;
export type EnvelopeBody = z.infer<typeof body>;
export type EnvelopeKind = EnvelopeBody['kind'];

/**
 * How dear an event is when space runs out: statistics are shed before findings, findings before audit.
 * `committed` classes are on disk, synced, before their `publish` resolves.
 */
export const EVENT_CLASS: Readonly<Record<EnvelopeKind, 'statistics' | 'finding' | 'audit'>> = {
  exchange: 'statistics',
  likeness: 'statistics',
  health: 'statistics',
  inventory: 'statistics',
  finding: 'finding',
  decoy: 'finding',
  result: 'audit',
};
export type EventClass = (typeof EVENT_CLASS)[EnvelopeKind];

/** What a server asks of a responder. Sent again until its result has come; the responder makes it single by action and step. */
export const Command = z.object({
  step: z.enum(['do', 'undo']),
  action: Action,
  remembered: z.record(z.string(), z.unknown()).optional(),
});
export type Command = z.infer<typeof Command>;
