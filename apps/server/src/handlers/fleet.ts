import type { Core } from '../core.ts';
import type { Answer, Handlers } from '../http/handlers.ts';
import { overviewOf, type OverviewQuery } from '../show/overview.ts';

const REMEMBER_MS = 500;
const MAX_REMEMBERED = 20;

type Names = 'workloads' | 'nodes' | 'overview';

export function fleetHandlers(core: Core): Pick<Handlers, Names> {
  const { fleet } = core;
  const remembered = new Map<string, { readonly untilMs: number; readonly answer: Promise<Answer<'overview'>> }>();

  /** Everybody who looks at the same second gets the same answer: it costs several questions to the store. */
  const overview = (query: OverviewQuery): Promise<Answer<'overview'>> => {
    const now = Date.now();
    for (const [key, one] of remembered) if (one.untilMs <= now) remembered.delete(key);
    const key = JSON.stringify(query);
    const known = remembered.get(key);
    if (known) return known.answer;
    const answer = overviewOf(core, query);
    if (remembered.size < MAX_REMEMBERED) remembered.set(key, { untilMs: now + REMEMBER_MS, answer });
    return answer;
  };
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
    overview: ({ query }) => overview(query),
  };
}
