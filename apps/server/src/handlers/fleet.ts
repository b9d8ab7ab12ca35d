import type { Core } from '../core.ts';
import type { Handlers } from '../http/handlers.ts';
import { overviewOf } from '../show/overview.ts';

type Names = 'workloads' | 'nodes' | 'overview';

export function fleetHandlers(core: Core): Pick<Handlers, Names> {
  const { fleet } = core;
  return {
    async workloads() {
      return {
        items: fleet.items(),
        adapters: fleet.adapters().map(({ node, heardMs, inventory }) => ({
          adapter: inventory.adapter,
          node,
          capabilities: inventory.capabilities,
          problem: inventory.problem ?? null,
          lastHeardMs: heardMs,
        })),
      };
    },
    async nodes() {
      return fleet.nodes().map(({ node, heardMs, health }) => ({ node, lastHeardMs: heardMs, health }));
    },
    overview: ({ query }) => overviewOf(core, query),
  };
}
