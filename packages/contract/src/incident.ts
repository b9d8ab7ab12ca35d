import { z } from 'zod';
import { ActionId, FindingId, IncidentId } from './ids.ts';
import { Severity } from './finding.ts';
import { Source } from './source.ts';

/** Findings that belong together: one source against one service, without a pause longer than the correlation window. */
export const Incident = z.object({
  id: IncidentId,
  title: z.string(),
  source: Source.optional(),
  service: z.string(),
  severity: Severity,
  families: z.array(z.string()),
  state: z.enum(['open', 'contained', 'closed']),
  findings: z.number().int(),
  actions: z.number().int(),
  /** Whether anything the attacker asked for got through, as far as the gateway saw. */
  gotThrough: z.number().int(),
  firstMicros: z.number().int(),
  lastMicros: z.number().int(),
});
export type Incident = z.infer<typeof Incident>;

/** One line of an incident's timeline. */
export const TimelineEntry = z.object({
  timeMicros: z.number().int(),
  kind: z.enum(['finding', 'action', 'decoy']),
  id: z.string(),
  title: z.string(),
  verdict: z.string(),
  detail: z.string(),
  finding: FindingId.optional(),
  action: ActionId.optional(),
});
export type TimelineEntry = z.infer<typeof TimelineEntry>;
