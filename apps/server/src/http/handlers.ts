import { API, type ApiAnswer, type ApiName } from '@seawall/contract';
import type { z } from 'zod';
import type { Actor, Opened } from '../auth/accounts.ts';

type DeepReadonly<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer U)[]
    ? readonly DeepReadonly<U>[]
    : { readonly [K in keyof T]: DeepReadonly<T[K]> };

type Part<N extends ApiName, P extends 'params' | 'query' | 'body'> = (typeof API)[N] extends {
  readonly [K in P]: infer S extends z.ZodType;
}
  ? { readonly [K in P]: z.output<S> }
  : unknown;

/** What a route was asked, decoded, and by whom. */
export type Call<N extends ApiName> = Part<N, 'params'> &
  Part<N, 'query'> &
  Part<N, 'body'> & {
    readonly actor: Actor;
    readonly address: string;
    /** Hands the browser the cookie of a session, or takes it away. */
    readonly setCookie: (opened: Opened | undefined) => void;
  };

export type Answer<N extends ApiName> = DeepReadonly<ApiAnswer<N>>;
export type Handler<N extends ApiName> = (call: Call<N>) => Promise<Answer<N>>;
/** Live events are written by the transport itself. */
export type HandledName = Exclude<ApiName, 'events'>;
export type Handlers = { readonly [N in HandledName]: Handler<N> };

/** Milliseconds of a query to the store's microseconds. */
export function rangeMicros(query: { readonly from?: number | undefined; readonly to?: number | undefined }) {
  return {
    fromMicros: query.from === undefined ? undefined : query.from * 1000,
    toMicros: query.to === undefined ? undefined : query.to * 1000,
  };
}
