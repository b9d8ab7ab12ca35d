import { loadConfiguration } from '@seawall/config';
import type { PolicyParts, RoutePolicy } from '@seawall/contract';
import type { Problem } from '@seawall/faults';
import { loadRules, type LoadResult } from '@seawall/seclang';
import { fault } from '../faults.ts';
import type { Places } from '../places.ts';
import type { RuleFilesFound } from './rule-source.ts';

/** The rule sets of the configuration files, as the gateways get them. */
export type ConfiguredRules =
  | { readonly ok: true; readonly rules: PolicyParts['rules']; readonly routes: readonly RoutePolicy[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function configuredRules({ config, data }: Places): ConfiguredRules {
  const loaded = loadConfiguration(config, data);
  if (!loaded.ok) return loaded;
  const { rules, routes } = loaded.configuration.policy;
  return { ok: true, rules, routes: routes.routes };
}

export { EXCEPTIONS_FILE } from '@seawall/config';

export function loadSet(rules: PolicyParts['rules'], name: string): LoadResult {
  return loadRules(setOf(rules, name));
}

/** Throws when there is no such set. */
export function setOf(rules: PolicyParts['rules'], name: string): RuleFilesFound {
  const set = rules.sets.find((one) => one.name === name);
  if (set === undefined) {
    const known = rules.sets.map((one) => one.name).join(', ');
    throw fault('cli.value', { what: `There is no rule set ${name}. There is: ${known || 'none'}.` });
  }
  return { files: new Map(Object.entries(rules.files)), entry: set.entry };
}

/** As the gateway chooses for a path written plainly: an exact host before `*`, then the longest prefix that ends with a segment. */
export function routeFor(routes: readonly RoutePolicy[], host: string, target: string): RoutePolicy | undefined {
  const name = host.toLowerCase().replace(/:\d*$/, '');
  const path = target.replace(/^[a-z]+:\/\/[^/?]*/i, '').split('?', 1)[0] || '/';
  const fits = (route: RoutePolicy): boolean => {
    const bare = route.path.replace(/\/$/, '');
    return path.startsWith(bare) && (path.length === bare.length || path[bare.length] === '/');
  };
  return routes
    .filter((route) => (route.host === name || route.host === '*') && fits(route))
    .toSorted((a, b) => Number(b.host === name) - Number(a.host === name) || b.path.length - a.path.length)[0];
}
