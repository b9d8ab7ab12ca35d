import type { Flow, ServiceState } from '@seawall/contract';

// Who talks to whom, as nodes and edges without positions. Pure.

export interface MapNode {
  readonly id: string;
  readonly kind: 'source' | 'others' | 'gateway' | 'service' | 'instance' | 'decoy';
  readonly label: string;
  /** A service's protection or an instance's state. */
  readonly state: string;
  /** How many sources stand behind `others`. */
  readonly count?: number;
}

export interface MapEdge {
  readonly from: string;
  readonly to: string;
  readonly requests: number;
  readonly blocked: number;
  readonly diverted: number;
  /** The worst that happened on it. */
  readonly verdict: 'passed' | 'blocked' | 'diverted';
}

const MAX_SOURCES = 7;
const MAX_INSTANCES = 12;
const OTHERS = 'others';

export function mapOf(
  flows: readonly Flow[],
  services: readonly Pick<ServiceState, 'service' | 'protection' | 'instances'>[],
): { readonly nodes: readonly MapNode[]; readonly edges: readonly MapEdge[] } {
  const known = new Set(services.map(({ service }) => service));
  const strangers = [...new Set(flows.map(({ to }) => to))].filter((name) => !known.has(name));
  const all = [
    ...services,
    ...strangers.map((service) => ({ service, protection: 'unknown' as const, instances: [] })),
  ];
  const sources = sum(flows, ({ from }) => from);
  const named = [...sources.values()]
    .filter(({ key }) => key !== '*')
    .toSorted((a, b) => b.blocked + b.diverted - a.blocked - a.diverted || b.requests - a.requests)
    .slice(0, MAX_SOURCES);
  const shown = new Set(named.map(({ key }) => key));
  const behind = [...sources.keys()].filter((key) => !shown.has(key));
  const diverted = flows.reduce((total, flow) => total + flow.diverted, 0);
  const sourceEdges = sum(flows, ({ from }) => (shown.has(from) ? from : OTHERS));
  const nodes: MapNode[] = [
    ...named.map(({ key }): MapNode => ({ id: `source ${key}`, kind: 'source', label: key, state: '' })),
    ...(behind.length > 0
      ? [{ id: `source ${OTHERS}`, kind: OTHERS, label: '', state: '', count: behind.length } as const]
      : []),
    { id: 'gateway', kind: 'gateway', label: '', state: '' },
    ...all.flatMap(({ service, protection, instances }): MapNode[] => [
      { id: `service ${service}`, kind: 'service', label: service, state: protection },
      ...instances.slice(0, MAX_INSTANCES).map(({ instance, state }): MapNode => ({
        id: `instance ${service} ${instance}`,
        kind: 'instance',
        label: instance,
        state,
      })),
    ]),
    ...(diverted > 0 ? [{ id: 'decoy', kind: 'decoy', label: '', state: '' } as const] : []),
  ];
  const toServices = sum(flows, ({ to }) => to);
  const edges: MapEdge[] = [
    ...[...sourceEdges.values()].map((one) => edge(`source ${one.key}`, 'gateway', one)),
    ...all.flatMap(({ service, instances }) => [
      // What was blocked or diverted did not get there.
      edge('gateway', `service ${service}`, passedOf(toServices.get(service))),
      ...instances
        .slice(0, MAX_INSTANCES)
        .map(({ instance }) => edge(`service ${service}`, `instance ${service} ${instance}`, NOTHING)),
    ]),
    ...(diverted > 0 ? [edge('gateway', 'decoy', { requests: diverted, blocked: 0, diverted })] : []),
  ];
  return { nodes, edges };
}

interface Sum {
  requests: number;
  blocked: number;
  diverted: number;
}
const NOTHING: Sum = { requests: 0, blocked: 0, diverted: 0 };

function sum(flows: readonly Flow[], keyOf: (flow: Flow) => string): Map<string, Sum & { readonly key: string }> {
  const sums = new Map<string, Sum & { readonly key: string }>();
  for (const flow of flows) {
    const key = keyOf(flow);
    const before = sums.get(key) ?? { key, ...NOTHING };
    before.requests += flow.requests;
    before.blocked += flow.blocked;
    before.diverted += flow.diverted;
    sums.set(key, before);
  }
  return sums;
}

function passedOf(all: Sum = NOTHING): Sum {
  return { requests: Math.max(0, all.requests - all.blocked - all.diverted), blocked: 0, diverted: 0 };
}

function edge(from: string, to: string, { requests, blocked, diverted }: Sum): MapEdge {
  const verdict = blocked > 0 ? 'blocked' : diverted > 0 ? 'diverted' : 'passed';
  return { from, to, requests, blocked, diverted, verdict };
}
