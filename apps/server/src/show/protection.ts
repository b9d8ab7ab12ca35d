import type { ConnectedNode } from '@seawall/bus';
import type { Mode, PolicyBundle, PolicyParts } from '@seawall/contract';
import type { Answer } from '../http/handlers.ts';
import { instanceName, type Fleet, type NodeRow } from '../watch/fleet.ts';

// Whether each service is protected, as far as it can be known now. What cannot be known is `unknown`, and as red as
// unprotected: silence of a gateway is never taken for a good sign.

export interface ProtectionFacts {
  readonly routes: PolicyParts['routes'];
  readonly modes: Readonly<Record<string, Mode>>;
  readonly bundle: Pick<PolicyBundle, 'digest'> | undefined;
  /** When that was sent. */
  readonly sentMs: number;
  readonly connected: readonly ConnectedNode[];
  readonly fleet: Fleet;
  readonly nowMs: number;
  /** Requests a second in the last minute, by service. */
  readonly rates: ReadonlyMap<string, number>;
}

export type ServiceRow = Answer<'overview'>['services'][number];
export type NodeView = Answer<'overview'>['nodes'][number];

export function nodeViews(facts: ProtectionFacts): readonly NodeView[] {
  const { fleet, connected, nowMs } = facts;
  const rows = fleet.nodes();
  const silent = connected.filter((node) => node.connected && !rows.some((row) => row.node === node.node));
  return [
    ...rows.map((row) => ({
      node: row.node,
      role: row.health.role,
      state: fleet.freshness(row, nowMs),
      lastHeardMs: row.heardMs,
      policyCurrent: holdsPolicy(row.node, facts),
    })),
    ...silent.map(({ node, role }) => ({
      node,
      role,
      state: 'stale' as const,
      lastHeardMs: 0,
      policyCurrent: holdsPolicy(node, facts),
    })),
  ];
}

/** How long a node may take to take a new policy over; it protects with the one before meanwhile. */
const GRACE_MS = 3000;

function holdsPolicy(name: string, { connected, bundle, sentMs, nowMs }: ProtectionFacts): boolean {
  const policy = connected.find((node) => node.node === name)?.policy;
  if (policy === undefined || policy.problem !== undefined || bundle === undefined) return false;
  return policy.digest === bundle.digest || nowMs - sentMs < GRACE_MS;
}

export function serviceStates(facts: ProtectionFacts): readonly ServiceRow[] {
  const { routes, fleet } = facts;
  const names = new Set(routes.services.map((service) => service.name));
  for (const item of fleet.items()) names.add(item.workload.service);
  const gateways = judgeGateways(facts);
  return [...names].toSorted().map((service) => ({
    service,
    ...protectionOf(service, facts, gateways),
    instances: fleet
      .items()
      .filter((item) => item.workload.service === service)
      .map((item) => ({ instance: instanceName(item), state: item.state, adapter: item.adapter })),
    requestsPerSecond: facts.rates.get(service) ?? 0,
  }));
}

type Judgement = Pick<ServiceRow, 'protection' | 'reason'>;

/** Undefined when the gateways are heard and hold the policy: then the routes' modes decide. */
function judgeGateways(facts: ProtectionFacts): Judgement | undefined {
  const { fleet, connected, nowMs } = facts;
  const gateways = fleet.nodes().filter((row: NodeRow) => row.health.role === 'gateway');
  if (gateways.length === 0) return { protection: 'unknown', reason: 'No gateway has been heard of yet.' };
  const fresh = gateways.filter((row) => fleet.freshness(row, nowMs) === 'ok');
  if (fresh.length === 0) return { protection: 'unknown', reason: 'No gateway has been heard for 6 seconds.' };
  for (const { node } of fresh) {
    const policy = connected.find((one) => one.node === node)?.policy;
    if (policy?.problem !== undefined) {
      return { protection: 'unknown', reason: `Gateway ${node} refused policy ${policy.version}: ${policy.problem}` };
    }
    if (!holdsPolicy(node, facts)) {
      return { protection: 'unknown', reason: `Gateway ${node} does not hold the newest policy yet.` };
    }
  }
  return undefined;
}

function protectionOf(service: string, facts: ProtectionFacts, gateways: Judgement | undefined): Judgement {
  const routes = facts.routes.routes.filter((route) => route.service === service);
  if (routes.length === 0) return { protection: 'unprotected', reason: 'No route leads to it through a gateway.' };
  if (gateways) return gateways;
  const inMode = (mode: Mode) => routes.filter((route) => (facts.modes[route.name] ?? route.mode) === mode);
  const off = inMode('off')[0];
  if (off) return { protection: 'off', reason: `Route ${off.name} is in mode off.` };
  const monitored = inMode('monitor')[0];
  if (monitored) return { protection: 'monitored', reason: `Route ${monitored.name} is in mode monitor.` };
  return {
    protection: 'protected',
    reason: 'All its routes are in mode protect, and every gateway holds the newest policy.',
  };
}
