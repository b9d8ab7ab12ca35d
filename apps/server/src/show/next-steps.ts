import type { Incident, NextStep, NextStepMessage } from '@seawall/contract';
import type { AdapterRow } from '../watch/fleet.ts';
import type { NodeView, ServiceRow } from './protection.ts';

export interface NextStepFacts {
  readonly services: readonly ServiceRow[];
  readonly nodes: readonly NodeView[];
  readonly adapters: readonly AdapterRow[];
  /** Not closed, newest first. */
  readonly incidents: readonly Incident[];
  readonly configProblems: number;
  readonly hasPassword: boolean;
}

const MAX_STEPS = 5;

/** What to do first: holes in the protection before attacks, attacks that got through before those that did not. */
export function nextSteps(facts: NextStepFacts): readonly NextStep[] {
  return [
    ...protectionSteps(facts),
    ...incidentSteps(facts.incidents),
    ...serviceSteps(facts.services),
    ...upkeepSteps(facts),
  ].slice(0, MAX_STEPS);
}

function step(
  message: NextStepMessage,
  severity: NextStep['severity'],
  link: string,
  values: NextStep['values'] = {},
): NextStep {
  return { key: [message, ...Object.values(values)].join(' ').slice(0, 200), message, values, link, severity };
}

function protectionSteps({ nodes }: NextStepFacts): NextStep[] {
  if (!nodes.some((node) => node.role === 'gateway')) return [step('next.noGateway', 'critical', '/settings')];
  return nodes.flatMap((node) => {
    if (node.state !== 'ok') {
      const severity = node.role === 'gateway' ? 'critical' : 'high';
      return [step('next.nodeSilent', severity, '/settings', { node: node.node, role: node.role })];
    }
    if (node.role === 'gateway' && !node.policyCurrent) {
      return [step('next.policyNotHeld', 'high', '/settings', { node: node.node })];
    }
    return [];
  });
}

function incidentSteps(incidents: readonly Incident[]): NextStep[] {
  const got = incidents.filter((incident) => incident.gotThrough > 0);
  const others = incidents.filter(
    (incident) => incident.gotThrough === 0 && incident.state === 'open' && incident.severity === 'critical',
  );
  return [
    ...got.slice(0, 2).map((incident) => ofIncident('next.incidentGotThrough', 'critical', incident)),
    ...others.slice(0, 2).map((incident) => ofIncident('next.incidentOpen', 'high', incident)),
  ];
}

function ofIncident(message: NextStepMessage, severity: NextStep['severity'], incident: Incident): NextStep {
  return step(message, severity, `/incidents/${incident.id}`, {
    title: incident.title,
    findings: incident.findings,
    gotThrough: incident.gotThrough,
  });
}

function serviceSteps(services: readonly ServiceRow[]): NextStep[] {
  const messages: Partial<Record<ServiceRow['protection'], readonly [NextStepMessage, NextStep['severity']]>> = {
    unprotected: ['next.serviceUnprotected', 'high'],
    off: ['next.serviceOff', 'high'],
    monitored: ['next.serviceMonitored', 'medium'],
  };
  return services.flatMap(({ service, protection }) => {
    const said = messages[protection];
    return said ? [step(said[0], said[1], '/settings', { service })] : [];
  });
}

function upkeepSteps({ adapters, configProblems, hasPassword }: NextStepFacts): NextStep[] {
  const steps = adapters
    .filter((row) => row.inventory.problem !== undefined)
    .map((row) =>
      step('next.adapterProblem', 'medium', '/workloads', {
        adapter: row.inventory.adapter,
        problem: row.inventory.problem ?? '',
      }),
    );
  if (configProblems > 0) steps.push(step('next.configProblems', 'medium', '/settings', { count: configProblems }));
  if (!hasPassword) steps.push(step('next.setPassword', 'low', '/settings'));
  return steps;
}
