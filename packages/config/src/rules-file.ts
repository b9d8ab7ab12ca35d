import { z } from 'zod';
import { identifier } from './values.ts';

const set = z.strictObject({
  use: z
    .array(z.enum(['base', 'crs']))
    .default([])
    .describe("Seawall's own base rules, and the installed OWASP CRS (seawall rules install crs)"),
  files: z.array(z.string()).default([]).describe('Own SecLang files, relative to this file; * within one folder'),
  paranoia: z.number().int().min(1).max(4).default(1),
  detectionParanoia: z.number().int().min(1).max(4).optional(),
  inboundThreshold: z.number().int().min(1).max(10_000).default(5),
  outboundThreshold: z.number().int().min(1).max(10_000).default(4),
});

const exclusion = z.strictObject({
  rule: z.union([z.number().int(), z.string().regex(/^\d+(-\d+)?$/)]).describe('Id or range of ids'),
  target: z
    .string()
    .regex(/^[A-Z_]+(:[^\s"';,|]+)?$/)
    .optional()
    .describe('e.g. ARGS:text; absent = the whole rule'),
  path: z.string().startsWith('/').optional().describe('Only for this path'),
  reason: z.string().min(1).describe('Why; shown in the console'),
});

/** rules.yaml: which rules, and what they must not judge. Without it: CRS when installed, base rules beside it always. */
export const RulesFile = z.strictObject({
  sets: z.record(identifier, set).default({}),
  exclusions: z.array(exclusion).default([]),
});
export type RulesFile = z.infer<typeof RulesFile>;
export type RuleSetFile = z.infer<typeof set>;
