import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectedNode } from '@seawall/bus';
import type { Mode } from '@seawall/contract';
import { ROUTE, health, inventory, madeSource } from '../testing/world.ts';
import { STALE_MS, makeFleet } from '../watch/fleet.ts';
import { nodeViews, serviceStates, type ProtectionFacts } from './protection.ts';

const NOW = 1_000_000;
const NEWEST = { version: 2, digest: 'new' };
const OLDER = { version: 1, digest: 'old' };
const gateway = (policy: ConnectedNode['policy'], connected = true): ConnectedNode => ({
  node: 'gateway-1',
  role: 'gateway',
  connected,
  policy,
});

interface Case {
  readonly heardMs?: number;
  readonly nodes?: readonly ConnectedNode[];
  readonly mode?: Mode;
  readonly sentMs?: number;
  readonly withoutRoutes?: true;
}

function facts({ heardMs = NOW, nodes = [gateway(NEWEST)], mode, sentMs = 0, withoutRoutes }: Case): ProtectionFacts {
  const fleet = makeFleet();
  for (const node of nodes) fleet.onNodeChange(node);
  if (nodes.length > 0) fleet.onHealth('gateway-1', health().health, heardMs);
  const { routes } = madeSource().parts();
  return {
    routes: withoutRoutes ? { ...routes, routes: [] } : routes,
    modes: mode ? { [ROUTE.name]: mode } : {},
    bundle: { digest: 'new' },
    sentMs,
    connected: nodes,
    fleet,
    nowMs: NOW,
    rates: new Map([['chat', 3]]),
  };
}

const CASES: readonly (readonly [string, Case, string])[] = [
  ['a fresh gateway with the newest policy', {}, 'protected'],
  ['no gateway at all', { nodes: [] }, 'unknown'],
  ['a gateway that fell silent', { heardMs: NOW - STALE_MS - 1 }, 'unknown'],
  ['one that is heard and not connected', { nodes: [gateway(NEWEST, false)] }, 'unknown'],
  ['one with an older policy', { nodes: [gateway(OLDER)] }, 'unknown'],
  ['one that is just taking the newest over', { nodes: [gateway(OLDER)], sentMs: NOW - 1000 }, 'protected'],
  ['one without any policy', { nodes: [gateway(undefined)], sentMs: NOW - 1000 }, 'unknown'],
  ['one that refused it', { nodes: [gateway({ ...NEWEST, problem: 'bad rule' })], sentMs: NOW }, 'unknown'],
  ['mode monitor', { mode: 'monitor' }, 'monitored'],
  ['mode off', { mode: 'off' }, 'off'],
  ['mode off at a silent gateway', { mode: 'off', nodes: [] }, 'unknown'],
  ['no route', { withoutRoutes: true }, 'unprotected'],
];

test('what is called protected', () => {
  for (const [name, one, expected] of CASES) {
    const [row] = serviceStates(facts(one));
    assert.equal(row?.protection, expected, name);
    assert.ok((row?.reason ?? '').length > 10, name);
    assert.equal(row?.requestsPerSecond, 3);
  }
  assert.equal(CASES.length, 12);
});

test('a workload that no route leads to is unprotected, and a node that says nothing is stale', () => {
  const given = facts({});
  const { inventory: seen } = inventory(['db-1', 'running']);
  const items = seen.items.map((item) => ({ ...item, workload: { ...item.workload, service: 'db' } }));
  given.fleet.onInventory('responder-1', { ...seen, items }, NOW);
  assert.deepEqual(
    serviceStates(given).map((row) => [row.service, row.protection, row.instances.length]),
    [
      ['chat', 'protected', 0],
      ['db', 'unprotected', 1],
    ],
  );
  const silent = { node: 'decoy-1', role: 'decoy' as const, connected: true, policy: undefined };
  const views = nodeViews({ ...given, connected: [...given.connected, silent] });
  assert.deepEqual(
    views.map((view) => [view.node, view.state, view.policyCurrent]),
    [
      ['gateway-1', 'ok', true],
      ['decoy-1', 'stale', false],
    ],
  );
});
