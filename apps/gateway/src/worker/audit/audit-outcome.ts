import type { Match, Outcome } from '@seawall/seclang';
import type { HttpExchange } from '../exchange.ts';
import type { Trace } from '../trace.ts';
import { auditLine } from './audit-line.ts';

/** Writes what matched in one transaction, when the policy asks for a log. `trace` is the exchange's, or that of one of its messages. */
export function auditOutcome(
  { gateway, view, client, secret }: HttpExchange,
  trace: Trace,
  outcome: Outcome,
  only?: (match: Match) => boolean,
): void {
  const { audit } = view.parts.routes;
  if (audit === undefined) return;
  const subject = { trace, clientPort: client.port, secret };
  for (const match of outcome.matches) {
    if (match.logged && (only?.(match) ?? true)) gateway.audit.add(auditLine(audit.format, subject, match));
  }
}
