import type { Run } from './run.ts';

/** Whether SecAuditEngine, SecAuditLogRelevantStatus and the rules want this transaction in an audit log. */
export function isAudited(run: Run): boolean {
  const { auditEngine, auditRelevantStatus } = run.program.settings;
  switch (run.auditEngine ?? auditEngine) {
    case 'on':
      return true;
    case 'relevantonly':
      return run.matches.some((match) => match.audited) || auditRelevantStatus?.test(statusOf(run)) === true;
    default:
      return false;
  }
}

/** Of the answer that the client gets. */
function statusOf({ decision, response }: Run): string {
  if (decision.kind === 'deny' || decision.kind === 'redirect') return String(decision.status);
  return decision.kind === 'drop' ? '403' : (response.status ?? '');
}
