import { z } from 'zod';

// One transaction explained: what every rule did, how the score came about, what would let it pass. All texts are latin1 byte strings,
// cut for display.

/** A value cut to the part around its span. */
export const ShownValue = z.object({
  text: z.string(),
  /** Where `text` begins in the value. */
  offset: z.number().int(),
  /** Length of the whole value. */
  bytes: z.number().int(),
  /** Half-open range within `text`. */
  span: z.tuple([z.number().int(), z.number().int()]).optional(),
  /** False: the match was made from something within the span, and no closer place is known. */
  exact: z.boolean(),
});
export type ShownValue = z.infer<typeof ShownValue>;

export const ExplainedPlace = z.object({
  line: z.number().int(),
  operator: z.string(),
  negated: z.boolean(),
  target: z.string(),
  /** As the message had it, before any transformation. */
  original: ShownValue,
  /** All of the pipeline, in order; a step that changed nothing has no `after`. */
  steps: z.array(z.object({ transformation: z.string(), changed: z.boolean(), after: ShownValue.optional() })),
  value: ShownValue,
  detail: z.string().optional(),
});
export type ExplainedPlace = z.infer<typeof ExplainedPlace>;

export const ExplainedMatch = z.object({
  ruleId: z.number().int(),
  phase: z.number().int(),
  message: z.string(),
  logdata: z.string(),
  severity: z.number().int().optional(),
  tags: z.array(z.string()),
  file: z.string(),
  line: z.number().int(),
  score: z.number(),
  logged: z.boolean(),
  disruptive: z.boolean(),
  places: z.array(ExplainedPlace),
  morePlaces: z.number().int(),
});
export type ExplainedMatch = z.infer<typeof ExplainedMatch>;

export const ExplainedVerdict = z.object({
  kind: z.enum(['continue', 'deny', 'drop', 'redirect', 'overBudget']),
  status: z.number().int().optional(),
  location: z.string().optional(),
  ruleId: z.number().int().optional(),
  phase: z.number().int().optional(),
  message: z.string().optional(),
});
export type ExplainedVerdict = z.infer<typeof ExplainedVerdict>;

/** One match that gave points. */
export const ScoreRung = z.object({
  ruleId: z.number().int(),
  message: z.string(),
  direction: z.enum(['inbound', 'outbound']),
  points: z.number(),
  /** Running total of this direction; points that do not count leave it as it was. */
  total: z.number(),
  threshold: z.number(),
  paranoiaLevel: z.number().int().optional(),
  /** False: its level is above the blocking level. */
  counts: z.boolean(),
});
export type ScoreRung = z.infer<typeof ScoreRung>;

/** `prefilter`: no value has what its pattern needs; `noValue`: the message has nothing of what it looks at. */
export const RuleState = z.enum(['matched', 'noMatch', 'prefilter', 'noValue', 'skipped', 'notReached', 'failed']);
export type RuleState = z.infer<typeof RuleState>;

export const SkipReason = z.enum([
  'removedById',
  'removedByTag',
  'removedByMessage',
  'skip',
  'skipAfter',
  'allow',
  'engineOff',
  'disrupted',
  'overBudget',
  'prefilter',
  'paranoia',
  'excluded',
  'noAnswer',
]);
export type SkipReason = z.infer<typeof SkipReason>;

export const RuleFate = z.object({
  ruleId: z.number().int(),
  phase: z.number().int(),
  file: z.string(),
  line: z.number().int(),
  message: z.string(),
  state: RuleState,
  /** Values that were tested. */
  values: z.number().int(),
  /** The link at which a chain broke, from 1. */
  brokenAt: z.number().int(),
  reason: SkipReason.optional(),
  byRule: z.number().int().optional(),
  paranoiaLevel: z.number().int().optional(),
  needs: z.object({ oneOf: z.array(z.string()), more: z.number().int(), minLength: z.number().int() }).optional(),
  withoutTargets: z.array(z.string()).optional(),
});
export type RuleFate = z.infer<typeof RuleFate>;

/** What would have become of it with something excluded, found by running all rules again. */
export const Counterfactual = z.object({
  exclusions: z.array(z.object({ ruleId: z.number().int(), target: z.string().optional() })),
  passes: z.boolean(),
  verdict: ExplainedVerdict,
  inbound: z.number(),
  outbound: z.number(),
  /** SecLang that excludes it everywhere; it stands behind the rules. */
  everywhere: z.array(z.string()),
  /** SecLang that excludes it on this path alone; it stands before the rules. */
  here: z.array(z.string()),
});
export type Counterfactual = z.infer<typeof Counterfactual>;

export const Explanation = z.object({
  engine: z.enum(['on', 'detect', 'off']),
  verdict: ExplainedVerdict,
  /** What becomes of it where the engine is on. */
  enforced: ExplainedVerdict,
  scores: z.object({
    inbound: z.number(),
    inboundThreshold: z.number(),
    outbound: z.number(),
    outboundThreshold: z.number(),
    blockingLevel: z.number().int(),
    detectionLevel: z.number().int(),
  }),
  ladder: z.array(ScoreRung),
  matches: z.array(ExplainedMatch),
  /** Every rule of the set, in the order of the files. */
  rules: z.array(RuleFate),
  /** Rules that a directive took away when the set was loaded. */
  removed: z.array(z.object({ ruleId: z.number().int(), directive: z.string() })),
  counts: z.record(RuleState, z.number().int()),
  counterfactuals: z.array(Counterfactual),
  /** Exclusions that were worth trying and were not, for want of budget. */
  untried: z.number().int(),
  failures: z.array(z.object({ ruleId: z.number().int(), text: z.string() })),
  workUsed: z.number(),
});
export type Explanation = z.infer<typeof Explanation>;

/** The explanation of a finding, by the rules that are in force now, from what was kept of its message. */
export const FindingExplanation = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('explained'),
    explanation: Explanation,
    ruleSet: z.object({ name: z.string(), rules: z.number().int(), version: z.string() }),
    /** What is known to differ from the message that was judged. */
    gaps: z.array(z.enum(['masked', 'cut', 'requestOnly', 'answerOnly', 'message', 'otherScore'])),
    /** Matches of the finding that do not come again: what they saw was not kept, or the rules changed. Exclusions may not be enough then. */
    notAgain: z.array(z.object({ ruleId: z.string(), target: z.string() })),
  }),
  /** `noRules`: no rule language spoke; `noEvidence`: nothing was kept; `noRoute`: its route has no rule set any more. */
  z.object({ state: z.literal('unavailable'), reason: z.enum(['noRules', 'noEvidence', 'noRoute']) }),
]);
export type FindingExplanation = z.infer<typeof FindingExplanation>;
