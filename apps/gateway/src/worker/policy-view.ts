import type { PolicyParts, RoutePolicy, ServicePolicy } from '@seawall/contract';
import type { RuleSet } from '@seawall/seclang';
import { compileRules } from './compile-rules.ts';
import { Orders } from './orders.ts';
import { RouteTable } from './route.ts';
import { TrustedProxies } from './trusted-proxies.ts';

/** One policy, ready for use. Immutable; an exchange keeps the one it began with. */
export interface PolicyView {
  readonly version: number;
  readonly parts: PolicyParts;
  readonly routes: RouteTable;
  readonly services: ReadonlyMap<string, ServicePolicy>;
  readonly ruleSets: ReadonlyMap<string, RuleSet>;
  readonly orders: Orders;
  readonly trustedProxies: TrustedProxies | undefined;
}

export type Built = { readonly ok: true; readonly view: PolicyView } | { readonly ok: false; readonly problem: string };

/** Parts that are left out, or that are the same object, are taken over from the view before. */
export function buildView(version: number, given: Partial<PolicyParts>, before: PolicyView | undefined): Built {
  const parts = { ...before?.parts, ...given };
  if (!isWhole(parts)) return { ok: false, problem: 'the policy lacks a part that this worker does not have' };
  const compiled =
    before !== undefined && parts.rules === before.parts.rules
      ? { ruleSets: before.ruleSets, problem: undefined }
      : compileRules(parts.rules);
  if (compiled.problem !== undefined) return { ok: false, problem: compiled.problem };
  const problem = routesProblem(parts, compiled.ruleSets);
  if (problem !== undefined) return { ok: false, problem };
  const proxies = trustedProxies(parts.routes);
  if (!proxies.ok) return proxies;
  const view = {
    version,
    parts,
    routes: new RouteTable(parts.routes.routes),
    services: new Map(parts.routes.services.map((service) => [service.name, service])),
    ruleSets: compiled.ruleSets,
    orders: new Orders(parts.orders),
    trustedProxies: proxies.trusted,
  };
  return { ok: true, view };
}

type Trusted = { readonly ok: true; readonly trusted: TrustedProxies | undefined } | Extract<Built, { ok: false }>;

function trustedProxies({ trustedProxies: policy }: PolicyParts['routes']): Trusted {
  if (policy === undefined) return { ok: true, trusted: undefined };
  try {
    return { ok: true, trusted: new TrustedProxies(policy) };
  } catch (error) {
    return { ok: false, problem: `trusted proxies: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function isWhole(parts: Partial<PolicyParts>): parts is PolicyParts {
  return (
    parts.routes !== undefined &&
    parts.rules !== undefined &&
    parts.orders !== undefined &&
    parts.decoy !== undefined &&
    parts.likeness !== undefined
  );
}

function routesProblem(parts: PolicyParts, ruleSets: ReadonlyMap<string, RuleSet>): string | undefined {
  const services = new Set(parts.routes.services.map((service) => service.name));
  const wrong = (route: RoutePolicy): string | undefined => {
    if (!services.has(route.service)) return `route ${route.name} names the unknown service ${route.service}`;
    // A route that should be inspected and cannot be would be unprotected without anybody seeing it.
    if (route.mode !== 'off' && !ruleSets.has(route.ruleSet)) {
      return `route ${route.name} names the unknown rule set ${route.ruleSet}`;
    }
    return undefined;
  };
  return parts.routes.routes.map(wrong).find((problem) => problem !== undefined);
}
