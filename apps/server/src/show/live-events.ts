import {
  sourceKey,
  type Action,
  type DecoyStep,
  type FindingRow,
  type Incident,
  type LiveEvent,
  type Mode,
} from '@seawall/contract';
import { sourceWords, targetWords } from '@seawall/respond';

// What happened, as one line each.

export function findingEvent(row: FindingRow): LiveEvent {
  const { finding } = row;
  return {
    id: finding.id,
    timeMicros: row.timeMicros,
    kind: 'finding',
    severity: finding.severity,
    verdict: finding.verdict,
    title: finding.title,
    service: row.service,
    source: row.source ? sourceKey(row.source) : '',
    link: `/findings/${finding.id}`,
  };
}

export function actionEvent(action: Action): LiveEvent {
  const { target } = action;
  return {
    id: `${action.id}-${action.state}`,
    timeMicros: action.updatedMicros,
    kind: 'action',
    severity: action.state === 'failed' ? 'high' : 'info',
    verdict: action.state,
    title: `${action.kind}${action.dryRun ? ' (dry run)' : ''}: ${targetWords(target)}`,
    service: serviceOf(action),
    source: target.kind === 'source' ? sourceKey(target.source) : '',
    link: `/actions/${action.id}`,
  };
}

export function serviceOf({ target }: Action): string {
  switch (target.kind) {
    case 'source':
      return target.source.kind === 'address' ? '' : target.source.service;
    case 'account':
      return target.service;
    case 'workload':
      return target.workload.service;
    default:
      return target satisfies never;
  }
}

export function incidentEvent(incident: Incident): LiveEvent {
  return {
    id: `${incident.id}-${incident.state}-${incident.findings}`,
    timeMicros: incident.lastMicros,
    kind: 'incident',
    severity: incident.severity,
    verdict: incident.state,
    title: incident.title,
    service: incident.service,
    source: incident.source ? sourceKey(incident.source) : '',
    link: `/incidents/${incident.id}`,
  };
}

export function decoyEvent(step: DecoyStep, timeMicros: number): LiveEvent {
  return {
    id: step.exchange,
    timeMicros,
    kind: 'decoy',
    severity: 'info',
    verdict: 'diverted',
    title: `The decoy plays ${step.service} for ${sourceWords(step.source)}`,
    service: step.service,
    source: sourceKey(step.source),
    link: `/decoy/${step.session}`,
  };
}

export function nodeEvent(id: string, node: string, role: string, connected: boolean, timeMicros: number): LiveEvent {
  return {
    id,
    timeMicros,
    kind: 'node',
    severity: connected ? 'info' : 'high',
    verdict: connected ? 'connected' : 'gone',
    title: `${role} ${node} ${connected ? 'connected' : 'is gone'}`,
    service: '',
    source: '',
    link: '/settings',
  };
}

export function modeEvent(id: string, route: string, mode: Mode, timeMicros: number): LiveEvent {
  return {
    id,
    timeMicros,
    kind: 'mode',
    severity: mode === 'protect' ? 'info' : 'medium',
    verdict: mode,
    title: route === '*' ? `All routes are in mode ${mode}` : `Route ${route} is in mode ${mode}`,
    service: '',
    source: '',
    link: '/settings',
  };
}
