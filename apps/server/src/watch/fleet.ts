import type { ConnectedNode } from '@seawall/bus';
import type { Inventory, InventoryItem, NodeHealth } from '@seawall/contract';
import type { InstanceFacts } from '@seawall/respond';

// What nodes said last about themselves and about the workloads they see. Kept in memory only: after a restart the nodes
// say it again within seconds, and until then it is unknown, which is the truth.

/** A node that was silent for longer is not trusted to protect. */
export const STALE_MS = 6000;
const GONE_MS = 60_000;
/** Names are made by nodes that hold the token; the limit is against mistakes, not attackers. */
const MAX_NODES = 1000;

export interface NodeRow {
  readonly node: string;
  readonly heardMs: number;
  readonly health: NodeHealth;
}

export interface AdapterRow {
  readonly node: string;
  readonly heardMs: number;
  readonly inventory: Inventory;
}

export type Freshness = 'ok' | 'stale' | 'gone';

export interface Fleet {
  onHealth(node: string, health: NodeHealth, nowMs: number): void;
  onInventory(node: string, inventory: Inventory, nowMs: number): void;
  onNodeChange(node: ConnectedNode): void;
  nodes(): readonly NodeRow[];
  connected(node: string): boolean;
  freshness(node: NodeRow, nowMs: number): Freshness;
  adapters(): readonly AdapterRow[];
  items(): readonly InventoryItem[];
  instancesOf(service: string): readonly InstanceFacts[];
  /** The item of one instance; undefined when nobody reports it. */
  instance(service: string, name: string): InventoryItem | undefined;
}

export function instanceName(item: InventoryItem): string {
  return item.workload.instance?.name ?? item.workload.workload;
}

export function makeFleet(): Fleet {
  const nodes = new Map<string, NodeRow>();
  const adapters = new Map<string, AdapterRow>();
  const connected = new Set<string>();

  const items = (): readonly InventoryItem[] => [...adapters.values()].flatMap((row) => row.inventory.items);
  const ofService = (service: string) => items().filter((item) => item.workload.service === service);

  return {
    onHealth(node, health, nowMs) {
      if (nodes.size < MAX_NODES || nodes.has(node)) nodes.set(node, { node, health, heardMs: nowMs });
    },
    onInventory(node, inventory, nowMs) {
      const key = `${node} ${inventory.adapter}`;
      if (adapters.size < MAX_NODES || adapters.has(key)) adapters.set(key, { node, inventory, heardMs: nowMs });
    },
    onNodeChange(node) {
      if (node.connected) connected.add(node.node);
      else connected.delete(node.node);
    },
    nodes: () => [...nodes.values()].toSorted((a, b) => (a.node < b.node ? -1 : 1)),
    connected: (node) => connected.has(node),
    freshness(row, nowMs) {
      const silentMs = nowMs - row.heardMs;
      if (silentMs > GONE_MS) return 'gone';
      return silentMs > STALE_MS || !connected.has(row.node) ? 'stale' : 'ok';
    },
    adapters: () => [...adapters.values()],
    items,
    instancesOf: (service) =>
      ofService(service).map((item) => ({
        instance: instanceName(item),
        running: item.state === 'running',
        protected: item.protected,
      })),
    instance: (service, name) => ofService(service).find((item) => instanceName(item) === name),
  };
}
