import { sourceKey, type Action, type FindingRow, type Incident, type TimelineEntry } from '@seawall/contract';
import { targetWords } from '@seawall/respond';
import type { Records } from '@seawall/store';

/** Findings in a timeline; the list of findings has the others. */
const MAX_FINDINGS = 500;

/** The story of an incident: what was tried, what was done, what the decoy saw. Oldest first. */
export async function timelineOf(records: Records, incident: Incident): Promise<readonly TimelineEntry[]> {
  const findings = await records.pageFindings({ incident: incident.id }, { limit: MAX_FINDINGS });
  const actions = await records.actionsOfIncident(incident.id);
  const sessions = incident.source
    ? await records.decoySessionsOfSource(sourceKey(incident.source), { fromMicros: incident.firstMicros })
    : [];
  const decoy = sessions.map((session): TimelineEntry => ({
    timeMicros: session.firstMicros,
    kind: 'decoy',
    id: session.id,
    title: `The decoy played ${session.service}`,
    verdict: 'diverted',
    detail: `${session.steps} requests; learned: ${
      session.learned
        .map((one) => `${one.kind} ${one.text}`)
        .join(', ')
        .slice(0, 500) || 'nothing yet'
    }`,
  }));
  return [...findings.rows.map(ofFinding), ...actions.flatMap(ofAction), ...decoy].toSorted(
    (a, b) => a.timeMicros - b.timeMicros,
  );
}

function ofFinding({ timeMicros, finding }: FindingRow): TimelineEntry {
  const { request } = finding;
  return {
    timeMicros,
    kind: 'finding',
    id: finding.id,
    title: finding.title,
    verdict: finding.verdict,
    detail: `${request.method} ${request.path} → ${request.status}. ${finding.done}`,
    finding: finding.id,
  };
}

/** When it was wanted, and when it reached the state it is in. */
function ofAction(action: Action): TimelineEntry[] {
  const title = `${action.kind}: ${targetWords(action.target)}`;
  const entry = (timeMicros: number, verdict: string, detail: string): TimelineEntry => ({
    timeMicros,
    kind: 'action',
    id: action.id,
    title,
    verdict,
    detail,
    action: action.id,
  });
  const wanted = entry(action.createdMicros, 'planned', `${action.cause.actor}: ${action.cause.reason}`);
  if (action.state === 'planned') return [wanted];
  const refused = action.guards.filter((check) => !check.passed).map((check) => `${check.guard}: ${check.detail}`);
  const detail = refused.length > 0 ? refused.join('; ') : (action.outcome?.detail ?? '');
  return [wanted, entry(action.updatedMicros, action.state, detail)];
}
