import { useNavigate, useSearch } from '@tanstack/react-router';

// What is looked at stands in the address: a link shows a colleague the same thing.

export const SEARCH_KEYS = [
  'service',
  'range',
  'to',
  'q',
  'verdict',
  'severity',
  'state',
  'family',
  'source',
  'incident',
  'address',
  'kind',
  'sort',
  'step',
  'act',
  'target',
  'tab',
  'view',
] as const;
export type SearchKey = (typeof SEARCH_KEYS)[number];
export type Search = { readonly [K in SearchKey]?: string | undefined };
/** Kept from page to page. */
export const SCOPE_KEYS = ['service', 'range', 'to'] as const satisfies readonly SearchKey[];

export const RANGES = {
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '6h': 21_600_000,
  '24h': 86_400_000,
  '7d': 604_800_000,
} as const;
export type RangeName = keyof typeof RANGES;
export const RANGE_NAMES = Object.keys(RANGES) as readonly RangeName[];

export function readSearch(given: Readonly<Record<string, unknown>>): Search {
  const read: Partial<Record<SearchKey, string>> = {};
  for (const key of SEARCH_KEYS) {
    const value = given[key];
    if (typeof value === 'string' && value !== '') read[key] = value.slice(0, 500);
  }
  return read;
}

export interface Scope {
  readonly service: string | undefined;
  readonly range: RangeName;
  /** End of the range when paused, milliseconds; undefined = now. */
  readonly to: number | undefined;
}

export function scopeOf(search: Search): Scope {
  const range = RANGE_NAMES.find((name) => name === search.range) ?? '15m';
  const to = Number(search.to);
  return { service: search.service, range, to: Number.isSafeInteger(to) && to > 0 ? to : undefined };
}

export function useScope(): Scope {
  return scopeOf(useSearchParams());
}

export function useSearchParams(): Search {
  return useSearch({ strict: false });
}

/** Changes some parameters of the present address. */
export function useSetSearch(): (change: Search, replace?: boolean) => void {
  const navigate = useNavigate();
  return (change, replace = true) => {
    void navigate({ to: '.', search: (before: Search) => ({ ...before, ...change }), replace });
  };
}

/** Query of an API call; the moment is taken when the call is made. */
export function rangeQuery({ range, to }: Scope, nowMs: number): { from: number; to: number } {
  const end = to ?? nowMs;
  return { from: end - RANGES[range], to: end };
}
