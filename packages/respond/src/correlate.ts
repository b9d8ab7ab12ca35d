import { sourceKey, type Finding, type Incident, type IncidentId, type Source } from '@seawall/contract';
import { familyWords, sourceWords } from './describe.ts';
import { moreSevere } from './playbook.ts';

/** Longest pause between two findings of one incident. */
export const CORRELATION_WINDOW_MS = 15 * 60_000;

export interface Sighting {
  readonly finding: Finding;
  readonly source: Source | undefined;
  readonly service: string;
  readonly timeMicros: number;
}

/** Findings with the same key, without a pause longer than the window, are one incident. */
export function correlationKey(source: Source | undefined, service: string): string {
  return `${service} ${source ? sourceKey(source) : '-'}`;
}

/** Whether the finding belongs to this incident (whose key is the same) rather than to a new one. */
export function belongs(incident: Incident, timeMicros: number): boolean {
  return incident.state !== 'closed' && Math.abs(timeMicros - incident.lastMicros) <= CORRELATION_WINDOW_MS * 1000;
}

export function openIncident(id: IncidentId, sighting: Sighting): Incident {
  const { finding, source, service, timeMicros } = sighting;
  return {
    id,
    title: titleOf([finding.family], service, source),
    ...(source ? { source } : {}),
    service,
    severity: finding.severity,
    families: [finding.family],
    state: 'open',
    findings: 1,
    actions: 0,
    gotThrough: gotThrough(finding) ? 1 : 0,
    firstMicros: timeMicros,
    lastMicros: timeMicros,
  };
}

export function addFinding(incident: Incident, sighting: Sighting): Incident {
  const { finding, timeMicros } = sighting;
  const known = incident.families.includes(finding.family) || incident.families.length >= 16;
  const families = known ? incident.families : [...incident.families, finding.family];
  return {
    ...incident,
    title: titleOf(families, incident.service, incident.source),
    families,
    severity: moreSevere(incident.severity, finding.severity),
    findings: incident.findings + 1,
    gotThrough: incident.gotThrough + (gotThrough(finding) ? 1 : 0),
    firstMicros: Math.min(incident.firstMicros, timeMicros),
    lastMicros: Math.max(incident.lastMicros, timeMicros),
  };
}

/** `started`: one more action was made because of it. `contained`: at least one of them is in force. */
export function withActions(incident: Incident, change: { started: number; contained: boolean }): Incident {
  const state = incident.state === 'closed' ? 'closed' : change.contained ? 'contained' : 'open';
  return { ...incident, actions: incident.actions + change.started, state };
}

/** The service answered the request, and not with an error: as far as can be seen the attacker got what was asked for. */
function gotThrough(finding: Finding): boolean {
  if (finding.detector === 'login' || finding.direction === 'response') return false;
  const { status } = finding.request;
  return (finding.verdict === 'passed' || finding.verdict === 'noted') && status >= 200 && status < 400;
}

function titleOf(families: readonly string[], service: string, source: Source | undefined): string {
  // The first named kind of attack tells the story better than `other`.
  const first = families.find((family) => family !== 'other') ?? families[0] ?? 'other';
  const more = families.length > 1 ? ` and ${families.length - 1} more` : '';
  return `${familyWords(first)}${more} against ${service || 'an unknown service'} from ${sourceWords(source)}`;
}
