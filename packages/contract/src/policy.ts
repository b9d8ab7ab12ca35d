import { z } from 'zod';
import { ActionId } from './ids.ts';
import { ServiceLikeness } from './likeness.ts';
import { Source } from './source.ts';

export const Mode = z.enum(['off', 'monitor', 'protect']);
export type Mode = z.infer<typeof Mode>;

/** Where in a message a value stands. */
export const ValuePlace = z.discriminatedUnion('in', [
  z.object({ in: z.literal('cookie'), name: z.string() }),
  z.object({ in: z.literal('header'), name: z.string() }),
  z.object({ in: z.literal('query'), name: z.string() }),
  /** A member of a JSON body, dotted: `user.name`. */
  z.object({ in: z.literal('json'), name: z.string() }),
  z.object({ in: z.literal('form'), name: z.string() }),
]);
export type ValuePlace = z.infer<typeof ValuePlace>;

export const Upstream = z.object({
  /** Name of the instance; ties it to a workload of the responder's inventory. */
  instance: z.string(),
  address: z.string(),
  port: z.number().int(),
});
export type Upstream = z.infer<typeof Upstream>;

export const ServicePolicy = z.object({
  name: z.string(),
  upstreams: z.array(Upstream),
  /** How to recognise a session or bearer token; else the source is the address. */
  session: ValuePlace.optional(),
  login: z
    .object({
      method: z.string(),
      path: z.string(),
      account: ValuePlace,
      /** Statuses of a failed attempt. */
      failedStatus: z.array(z.number().int()),
    })
    .optional(),
  connectTimeoutMs: z.number().int(),
  answerTimeoutMs: z.number().int(),
  decoy: z.boolean(),
});
export type ServicePolicy = z.infer<typeof ServicePolicy>;

export const RoutePolicy = z.object({
  name: z.string(),
  /** Host name without port, lower case; `*` for any. */
  host: z.string(),
  /** Prefix of the path, ending at a segment's end. */
  path: z.string(),
  service: z.string(),
  mode: Mode,
  ruleSet: z.string(),
  maxHeadBytes: z.number().int(),
  /** Bytes of a request body that are inspected. */
  maxInspectedBodyBytes: z.number().int(),
  bodyOverLimit: z.enum(['reject', 'inspect-prefix']),
  inspectResponse: z.boolean(),
  maxInspectedResponseBytes: z.number().int(),
  /** When inspection itself fails: defaults to closed on protect, open on monitor. */
  onInspectionFailure: z.enum(['open', 'closed']),
  /** Bytes per second that are sent to one source; absent = unlimited. */
  evidence: z.object({ bodyBytes: z.number().int(), maskCookies: z.boolean() }),
});
export type RoutePolicy = z.infer<typeof RoutePolicy>;

export const Listener = z.object({ address: z.string(), port: z.number().int() });

/** One line for each match of a rule, in a file of the node that the traffic goes through. */
export const AuditLog = z.object({
  /** `modsecurity`: an error log in bracketed form; `json`: one object a line. */
  format: z.enum(['modsecurity', 'json']),
  /** Relative to the data folder of the gateway. */
  file: z.string().min(1),
  /** A larger file is rotated. */
  maxBytes: z.number().int(),
  /** Rotated files that are kept. */
  keep: z.number().int(),
});
export type AuditLog = z.infer<typeof AuditLog>;

/** Proxies before the gateway whose word about the client's address is taken. Absent = nobody's. */
export const TrustedProxies = z.object({
  /** Addresses and networks such as `10.0.0.0/8`. */
  networks: z.array(z.string()),
  /** The field that they write; the other one is the client's. */
  header: z.enum(['x-forwarded-for', 'forwarded']),
});
export type TrustedProxies = z.infer<typeof TrustedProxies>;

/** One source, account or instance that is treated otherwise than its route says, because of an action. */
export const Order = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('source'),
    action: ActionId,
    source: Source,
    what: z.enum(['block', 'limit', 'divert']),
    expiresMicros: z.number().int(),
  }),
  z.object({
    kind: z.literal('account'),
    action: ActionId,
    service: z.string(),
    account: z.string(),
    what: z.enum(['block', 'limit', 'divert']),
    /** Addresses from which this account has logged in before. */
    exceptAddresses: z.array(z.string()),
    expiresMicros: z.number().int(),
  }),
  /** No new exchange goes to this instance; messages of open WebSockets move to another one. */
  z.object({ kind: z.literal('cut'), action: ActionId, service: z.string(), instance: z.string() }),
]);
export type Order = z.infer<typeof Order>;

/**
 * The parts of a policy bundle. A node keeps the last good bundle on its disk. Parts are sent only when their digest
 * changed, so that an order does not carry the rule files with it.
 */
export const PolicyParts = z.object({
  routes: z.object({
    listeners: z.array(Listener),
    services: z.array(ServicePolicy),
    routes: z.array(RoutePolicy),
    audit: AuditLog.optional(),
    trustedProxies: TrustedProxies.optional(),
  }),
  rules: z.object({
    sets: z.array(z.object({ name: z.string(), entry: z.array(z.string()) })),
    /** Rule and data files by path, latin1 text. */
    files: z.record(z.string(), z.string()),
  }),
  orders: z.array(Order),
  decoy: z.object({
    upstream: z.object({ address: z.string(), port: z.number().int() }).optional(),
    /** Shared between gateway and decoy: who knows it may speak for a diverted source. */
    secret: z.string(),
  }),
  likeness: z.array(ServiceLikeness),
});
export type PolicyParts = z.infer<typeof PolicyParts>;
export type PolicyPartName = keyof PolicyParts;

export interface PolicyBundle {
  /** Grows by one with each change. */
  readonly version: number;
  /** SHA-256 over the digests of the parts, hex. */
  readonly digest: string;
  readonly parts: PolicyParts;
}

/** Service of the workload that must hold a policy to be called protected. */
export const PolicyState = z.object({ version: z.number().int(), digest: z.string(), problem: z.string().optional() });
export type PolicyState = z.infer<typeof PolicyState>;
