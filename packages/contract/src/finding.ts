import { z } from 'zod';
import { ExchangeId, FindingId } from './ids.ts';

export const Severity = z.enum(['critical', 'high', 'medium', 'low', 'info']);
export type Severity = z.infer<typeof Severity>;

/** What became of an exchange or message. The same words and colours everywhere (docs/verdicts.md is made from this list). */
export const Verdict = z.enum(['passed', 'noted', 'limited', 'blocked', 'diverted', 'failed']);
export type Verdict = z.infer<typeof Verdict>;

/** One step of a decoding pipeline. Values are latin1 byte strings, cut to 512 characters, masked by the evidence policy. */
export const DecodingStep = z.object({ transformation: z.string(), before: z.string(), after: z.string() });

/** One rule's statement: which rule, which part of the message, which bytes, why this score. */
export const RuleMatch = z.object({
  ruleId: z.string(),
  message: z.string(),
  /** e.g. `ARGS:q`, `REQUEST_HEADERS:User-Agent`. */
  target: z.string(),
  operator: z.string(),
  /** Latin1 byte string around the match, after decoding, cut to 512 characters. */
  value: z.string(),
  /** Half-open range of the matching bytes within `value`. */
  span: z.tuple([z.number().int(), z.number().int()]).optional(),
  steps: z.array(DecodingStep),
  /** Points added to the anomaly score by this match. */
  score: z.number(),
  severity: Severity,
  tags: z.array(z.string()),
  logdata: z.string().optional(),
  /** What a grammar detector says about the place: production, context, token position. */
  detail: z.string().optional(),
  file: z.string().optional(),
  line: z.number().int().optional(),
});
export type RuleMatch = z.infer<typeof RuleMatch>;

/** The message as it came, bounded: what the Finding screen shows and the evidence that is kept. */
export const MessageEvidence = z.object({
  /** Start line and fields as received (latin1), at most 16 kB. Cookie and authorization values masked. */
  head: z.string(),
  /** First 4 kB of the body around the match (latin1). */
  body: z.string(),
  bodyBytes: z.number().int(),
  truncated: z.boolean(),
});
export type MessageEvidence = z.infer<typeof MessageEvidence>;

/** One rule set's statement about one exchange or message, with evidence. */
export const Finding = z.object({
  id: FindingId,
  exchange: ExchangeId.optional(),
  detector: z.enum(['seclang', 'protocol', 'login', 'limit', 'gateway', 'decoy']),
  /** The rule that speaks loudest: the one with the highest score among `matches`. */
  rule: z.object({ id: z.string(), name: z.string(), version: z.string() }),
  /** Family of the attack, from the rule's tags: `sqli`, `xss`, `lfi`, `rce`, `ssrf`, `leak`, `protocol`, `login`, `scanner`, `other`. */
  family: z.string(),
  severity: Severity,
  direction: z.enum(['request', 'response']),
  title: z.string(),
  score: z.number(),
  threshold: z.number(),
  matches: z.array(RuleMatch).max(32),
  verdict: Verdict,
  /** What was done about this one exchange, in words. */
  done: z.string(),
  mode: z.enum(['off', 'monitor', 'protect']),
  request: z.object({
    method: z.string(),
    host: z.string(),
    path: z.string(),
    query: z.string(),
    route: z.string(),
    status: z.number().int(),
    address: z.string(),
    userAgent: z.string(),
    protocol: z.string(),
  }),
  evidence: MessageEvidence.optional(),
  /** Login findings: the account that was tried. */
  account: z.string().optional(),
  /** Rule text that would stop exactly this from firing here again, ready to paste. */
  exception: z.string().optional(),
});
export type Finding = z.infer<typeof Finding>;
