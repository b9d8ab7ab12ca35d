import { z } from 'zod';
import { DecoySessionId, ExchangeId } from './ids.ts';
import { Source } from './source.ts';

/** One request (or WebSocket message) that the decoy answered; attacker-written text, latin1, bounded. */
export const DecoyStep = z.object({
  session: DecoySessionId,
  exchange: ExchangeId,
  source: Source,
  service: z.string(),
  method: z.string(),
  path: z.string(),
  /** Request head as received, at most 8 kB, and the first 8 kB of the body. */
  head: z.string(),
  body: z.string(),
  status: z.number().int(),
  answer: z.string(),
  /** What was learned: `{kind:'credentials', text:'alice / hunter2'}`, `{kind:'file', …}`, `{kind:'tool', text:'sqlmap'}`, `{kind:'payload', …}`. */
  learned: z.array(z.object({ kind: z.enum(['credentials', 'file', 'tool', 'payload', 'url']), text: z.string() })),
});
export type DecoyStep = z.infer<typeof DecoyStep>;
