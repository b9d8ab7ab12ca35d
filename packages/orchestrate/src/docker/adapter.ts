import type { InventoryItem, Workload } from '@seawall/contract';
import type { Adapter, Remembered, WorkloadAction } from '../adapter.ts';
import { fault } from '../faults.ts';
import type { DockerClient } from './client.ts';

/** Ties a container to a protected service and to an instance of gateway.yaml; Compose's own labels do as well. */
export const SERVICE_LABEL = 'seawall.service';
export const INSTANCE_LABEL = 'seawall.instance';
const COMPOSE_SERVICE = 'com.docker.compose.service';
/** After which the engine kills what does not end by itself. */
const STOP_SECONDS = 5;
/** Between tries to follow the events of an engine that went away. */
const FOLLOW_AGAIN_MS = 1000;

interface ListedContainer {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Created: number;
}

interface Endpoint {
  readonly NetworkID: string;
  readonly Aliases: readonly string[] | null;
  readonly Links: readonly string[] | null;
  readonly IPAMConfig: Readonly<Record<string, string>> | null;
}

interface Container {
  readonly Id: string;
  readonly Name: string;
  readonly State: { readonly Running: boolean; readonly Paused: boolean; readonly StartedAt: string };
  readonly HostConfig: { readonly NetworkMode: string };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, Endpoint>> | null };
}

/**
 * Containers of one Docker engine. Quarantine cuts every network and remembers them; the container runs on, for forensics.
 *
 * @param label `key` or `key=value`: other containers are neither seen nor touched; two Seawalls can share an engine
 */
export function dockerAdapter(client: DockerClient, label?: string): Adapter {
  const filters = label === undefined ? '' : `&filters=${encodeURIComponent(JSON.stringify({ label: [label] }))}`;
  const list = async (): Promise<ListedContainer[]> =>
    // The engine's own answer, whose shape its API documents.
    ((await client.call('GET', `/containers/json?all=true${filters}`)) ?? []) as ListedContainer[];
  const find = async (workload: Workload): Promise<Container | undefined> => {
    const listed = chosen(await list(), workload);
    if (listed === undefined) return undefined;
    return (await client.call('GET', `/containers/${listed.Id}/json`)) as Container | undefined;
  };
  const found = async (workload: Workload): Promise<Container> => {
    const container = await find(workload);
    if (container === undefined) {
      throw fault('orchestrate.unknown-workload', { engine: 'the container engine', name: workload.workload });
    }
    return container;
  };

  return {
    name: 'docker',
    capabilities: new Set<WorkloadAction>(['restart', 'pause', 'stop', 'quarantine']),

    async inventory() {
      const items = await Promise.all(
        (await list()).map(async (listed): Promise<InventoryItem | undefined> => {
          const container = (await client.call('GET', `/containers/${listed.Id}/json`)) as Container | undefined;
          // Removed between listing and looking.
          if (container === undefined) return undefined;
          const started = Date.parse(container.State.StartedAt);
          return {
            workload: workloadOf(listed),
            state: stateOf(container),
            adapter: 'docker',
            protected: false,
            ...(Number.isNaN(started) || started < 0 ? {} : { startedMicros: started * 1000 }),
          };
        }),
      );
      return items.filter((item) => item !== undefined);
    },

    async prepare(action, workload) {
      const container = await found(workload);
      if (action === 'quarantine' && container.HostConfig.NetworkMode === 'host') {
        throw fault('orchestrate.refused', {
          engine: 'the container engine',
          action,
          name: workload.workload,
          reason: "it shares the host's network, which cannot be cut from it; pause it instead",
        });
      }
      return { before: stateOf(container), networks: container.NetworkSettings.Networks ?? {} };
    },

    async act(action, workload) {
      const { Id: id, NetworkSettings, State } = await found(workload);
      switch (action) {
        case 'restart':
          await client.call('POST', `/containers/${id}/restart?t=${STOP_SECONDS}`);
          return;
        case 'pause':
          if (!State.Paused) await client.call('POST', `/containers/${id}/pause`);
          return;
        case 'stop':
          await client.call('POST', `/containers/${id}/stop?t=${STOP_SECONDS}`);
          return;
        case 'quarantine':
          for (const network of Object.values(NetworkSettings.Networks ?? {})) {
            await client.call('POST', `/networks/${network.NetworkID}/disconnect`, { Container: id, Force: true });
          }
          return;
        default:
          action satisfies never;
      }
    },

    async undo(action, workload, remembered) {
      if (remembered['before'] !== 'running') return;
      const container = await found(workload);
      switch (action) {
        case 'pause':
          if (container.State.Paused) await client.call('POST', `/containers/${container.Id}/unpause`);
          return;
        case 'stop':
          await client.call('POST', `/containers/${container.Id}/start`);
          return;
        case 'quarantine':
          await reconnect(client, container, remembered);
          return;
        case 'restart':
          throw fault('orchestrate.cannot', { engine: 'the container engine', action: 'undo the restart of' });
        default:
          action satisfies never;
      }
    },

    async observe(workload) {
      const container = await find(workload);
      return container === undefined ? 'gone' : stateOf(container);
    },

    watch(changed) {
      const controller = new AbortController();
      void follow(client, controller.signal, changed);
      return { close: () => controller.abort() };
    },
  };
}

/** The very container that was meant; one that was made anew since keeps its service and name. */
function chosen(listed: readonly ListedContainer[], { service, workload, instance }: Workload) {
  const id = instance?.kind === 'container' ? instance.id : undefined;
  const named = listed.filter((container) => {
    const known = workloadOf(container);
    return known.workload === workload && known.service === service;
  });
  return named.find((container) => container.Id === id) ?? named[0];
}

function workloadOf(container: ListedContainer): Workload {
  const name = (container.Names[0] ?? container.Id).replace(/^\//, '');
  const labels = container.Labels ?? {};
  // What gateway.yaml calls it comes first: findings and orders name it so.
  const instance = labels[INSTANCE_LABEL] ?? name;
  return {
    cluster: 'local',
    namespace: labels['com.docker.compose.project'] ?? 'default',
    service: labels[SERVICE_LABEL] ?? labels[COMPOSE_SERVICE] ?? name,
    workload: instance,
    instance: { kind: 'container', name: instance, id: container.Id },
  };
}

function stateOf({ State, NetworkSettings }: Container): InventoryItem['state'] {
  if (State.Paused) return 'paused';
  if (!State.Running) return 'stopped';
  // A container that never had a network is on the network "none"; only a cut one is on no network at all.
  return Object.keys(NetworkSettings.Networks ?? {}).length === 0 ? 'quarantined' : 'running';
}

async function reconnect(client: DockerClient, container: Container, remembered: Remembered): Promise<void> {
  const networks = (remembered['networks'] ?? {}) as Readonly<Record<string, Endpoint>>; // written by prepare
  const present = new Set(Object.values(container.NetworkSettings.Networks ?? {}).map((network) => network.NetworkID));
  for (const [name, endpoint] of Object.entries(networks)) {
    if (present.has(endpoint.NetworkID)) continue;
    // The default bridge refuses aliases; elsewhere the container's own id is set by the engine.
    const aliases = (endpoint.Aliases ?? []).filter((alias) => !container.Id.startsWith(alias));
    const settings =
      name === 'bridge' ? {} : { Aliases: aliases, Links: endpoint.Links, IPAMConfig: endpoint.IPAMConfig };
    await client.call('POST', `/networks/${endpoint.NetworkID}/connect`, {
      Container: container.Id,
      EndpointConfig: settings,
    });
  }
}

/** Follows the engine's events; after a break it looks once, since anything may have happened, and follows again. */
async function follow(client: DockerClient, signal: AbortSignal, changed: () => void): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ type: ['container', 'network'] }));
  while (!signal.aborted) {
    try {
      for await (const _event of client.lines(`/events?filters=${filters}`, signal)) changed();
    } catch {
      // Unreachable or aborted; the inventory that `changed` asks for tells people which.
    }
    if (signal.aborted) return;
    changed();
    await new Promise((resolve) => setTimeout(resolve, FOLLOW_AGAIN_MS));
  }
}
