import type { ApiAnswer, ApiInput, ApiName, LiveEvent } from '@seawall/contract';
import {
  keepPreviousData,
  QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  type UseQueryResult,
} from '@tanstack/react-query';
import { useMemo } from 'react';
import { ApiProblem, call } from './call.ts';

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2000,
      gcTime: 300_000,
      refetchOnWindowFocus: true,
      networkMode: 'always',
      // What the server refuses it refuses again; only silence is worth another try.
      retry: (failures, error) => failures < 2 && error instanceof ApiProblem && error.problem.status === 0,
      retryDelay: 1000,
    },
    mutations: { networkMode: 'always' },
  },
});

interface Options {
  readonly everyMs?: number | false;
  readonly enabled?: boolean;
}

/** `key` replaces the input in the cache's key where the input holds the present moment. */
export function useApi<N extends ApiName>(
  name: N,
  input: ApiInput<N> | (() => ApiInput<N>),
  { everyMs = false, enabled = true, key }: Options & { readonly key?: readonly unknown[] } = {},
): UseQueryResult<ApiAnswer<N>> {
  const given = () => (typeof input === 'function' ? (input as () => ApiInput<N>)() : input); // inputs are plain objects
  return useQuery<ApiAnswer<N>>({
    queryKey: [name, ...(key ?? [given()])],
    queryFn: ({ signal }) => call(name, given(), signal),
    refetchInterval: everyMs,
    enabled,
    placeholderData: keepPreviousData as never, // the same type in, the same type out
  });
}

type PageName = 'incidents' | 'findings' | 'actions' | 'decoySessions' | 'exchanges' | 'audit';
export type Row<N extends PageName> = ApiAnswer<N>['rows'][number];

const PAGE = 200;

export interface Pages<N extends PageName> {
  readonly rows: readonly Row<N>[] | undefined;
  readonly error: Error | null;
  readonly more: (() => void) | undefined;
  readonly loading: boolean;
  retry(): void;
}

export function usePages<N extends PageName>(
  name: N,
  query: () => NonNullable<Partial<ApiInput<N>> extends { query?: infer Q } ? Q : never>,
  key: readonly unknown[],
  options: Options = {},
): Pages<N> {
  const found = useInfiniteQuery({
    queryKey: [name, ...key],
    queryFn: async ({ pageParam, signal }) => {
      const input = { query: { ...query(), limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) } };
      return (await call(name, input as unknown as ApiInput<N>, signal)) as PageAnswer<N>; // every PageName takes these
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    maxPages: 50,
    refetchInterval: options.everyMs ?? false,
    enabled: options.enabled ?? true,
    placeholderData: keepPreviousData,
  });
  const { data } = found;
  const rows = useMemo(() => data?.pages.flatMap((page) => page.rows), [data]);
  return {
    rows,
    error: found.error,
    loading: found.isPending,
    more: found.hasNextPage && !found.isFetchingNextPage ? () => void found.fetchNextPage() : undefined,
    retry: () => void found.refetch(),
  };
}

interface PageAnswer<N extends PageName> {
  readonly rows: readonly Row<N>[];
  readonly next: string | null;
}

/** A write; what it may have changed is asked again. */
export function useWrite<N extends ApiName>(
  name: N,
  changes: readonly ApiName[],
  done?: (answer: ApiAnswer<N>) => void,
) {
  return useMutation<ApiAnswer<N>, Error, ApiInput<N>>({
    mutationFn: (input) => call(name, input),
    onSuccess: async (answer) => {
      done?.(answer);
      await Promise.all(changes.map((changed) => queries.invalidateQueries({ queryKey: [changed] })));
    },
  });
}

const TOUCHED: Readonly<Record<LiveEvent['kind'], readonly ApiName[]>> = {
  finding: ['findings', 'incidents', 'incident', 'overview'],
  action: ['actions', 'action', 'finding', 'incident', 'workloads', 'overview'],
  incident: ['incidents', 'incident', 'overview'],
  decoy: ['decoySessions', 'decoySession'],
  node: ['nodes', 'settings', 'workloads', 'overview'],
  mode: ['settings', 'overview'],
};
const TOUCH_MS = 2000;
let pending = new Set<ApiName>();

/** Asks again what live events have changed, at most every two seconds. */
export function touch(events: readonly LiveEvent[]): void {
  const first = pending.size === 0;
  for (const event of events) for (const name of TOUCHED[event.kind]) pending.add(name);
  if (!first || pending.size === 0) return;
  setTimeout(() => {
    const names = pending;
    pending = new Set();
    for (const name of names) void queries.invalidateQueries({ queryKey: [name] });
  }, TOUCH_MS);
}
