import { z } from 'zod';

/**
 * Who sent something: the session or token where the route says how to find it, else the address (IPv6: its /64).
 * Session and token values never leave the gateway; `hash` is a keyed hash of them, in hex.
 */
export const Source = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('session'), service: z.string(), hash: z.string() }),
  z.object({ kind: z.literal('token'), service: z.string(), hash: z.string() }),
  z.object({ kind: z.literal('address'), address: z.string() }),
]);
export type Source = z.infer<typeof Source>;

/** One string per source, the same in findings, store, playbooks, decoy and policy: `session:chat:9f2c…`, `address:127.0.0.9`. */
export function sourceKey(source: Source): string {
  switch (source.kind) {
    case 'session':
    case 'token':
      return `${source.kind}:${source.service}:${source.hash}`;
    case 'address':
      return `address:${source.address}`;
    default:
      return source satisfies never;
  }
}

/** Reads what `sourceKey` wrote; undefined when it is not such a text. */
export function parseSourceKey(key: string): Source | undefined {
  const [kind, ...rest] = key.split(':');
  if (kind === 'address' && rest.length > 0) return { kind, address: rest.join(':') };
  if ((kind === 'session' || kind === 'token') && rest.length === 2) {
    const [service, hash] = rest;
    if (service && hash) return { kind, service, hash };
  }
  return undefined;
}
