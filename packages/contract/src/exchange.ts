import { z } from 'zod';
import { ExchangeId } from './ids.ts';
import { Verdict } from './finding.ts';

/** One request with its answer, one WebSocket message, or one refused message, as statistics remember it. No bodies. */
export const Exchange = z.object({
  id: ExchangeId,
  /** The WebSocket exchange that a message belongs to. */
  parent: ExchangeId.optional(),
  protocol: z.enum(['http/1.0', 'http/1.1', 'h2', 'websocket', 'tcp']),
  route: z.string(),
  service: z.string(),
  instance: z.string(),
  mode: z.enum(['off', 'monitor', 'protect']),
  method: z.string(),
  host: z.string(),
  /** Without the query; at most 512 characters. */
  path: z.string(),
  /** 0 when no answer was sent. */
  status: z.number().int(),
  address: z.string(),
  userAgent: z.string(),
  /** Set on log-in exchanges of routes that say how to find the account. */
  login: z.object({ account: z.string(), ok: z.boolean() }).optional(),
  bytesIn: z.number().int(),
  bytesOut: z.number().int(),
  waitMicros: z.number().int(),
  connectMicros: z.number().int(),
  firstByteMicros: z.number().int(),
  inspectMicros: z.number().int(),
  totalMicros: z.number().int(),
  verdict: Verdict,
  findings: z.number().int(),
});
export type Exchange = z.infer<typeof Exchange>;
