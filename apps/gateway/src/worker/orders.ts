import { createHmac } from 'node:crypto';
import type { ExchangeId, Order, Source } from '@seawall/contract';
import type { Budget } from '../messages.ts';

type SourceOrder = Extract<Order, { kind: 'source' }>;
type AccountOrder = Extract<Order, { kind: 'account' }>;
export type PersonOrder = SourceOrder | AccountOrder;

/** What a limited source may still do: enough for a person, too little for a tool. */
export const SOURCE_BUDGET: Budget = { perSecond: 2, burst: 10 };
/** Log-in attempts on one account from addresses that it is not known to use. */
export const ACCOUNT_BUDGET: Budget = { perSecond: 0.1, burst: 3 };

const STRENGTH = { divert: 3, block: 2, limit: 1 } as const;

/** Orders in force, by what they are about. Orders that are over are skipped here, even when no new policy came. */
export class Orders {
  readonly #sources = new Map<string, SourceOrder[]>();
  readonly #accounts = new Map<string, AccountOrder[]>();
  readonly #cut = new Set<string>();

  constructor(orders: readonly Order[]) {
    for (const order of orders) {
      if (order.kind === 'source') append(this.#sources, sourceKey(order.source), order);
      else if (order.kind === 'account') append(this.#accounts, accountKey(order.service, order.account), order);
      else this.#cut.add(instanceKey(order.service, order.instance));
    }
  }

  /** The strongest order about a source: divert before block before limit. */
  forSource(source: Source, nowMicros: () => number): SourceOrder | undefined {
    if (this.#sources.size === 0) return undefined;
    return strongest(this.#sources.get(sourceKey(source)), nowMicros());
  }

  forAccount(
    login: { readonly service: string; readonly account: string; readonly address: string },
    nowMicros: number,
  ): AccountOrder | undefined {
    const found = strongest(this.#accounts.get(accountKey(login.service, login.account)), nowMicros);
    return found?.exceptAddresses.includes(login.address) === true ? undefined : found;
  }

  isCut(service: string, instance: string): boolean {
    return this.#cut.size > 0 && this.#cut.has(instanceKey(service, instance));
  }
}

/** The same for the same source. Not the contract's: its schemas are megabytes that no worker needs. */
function sourceKey(source: Source): string {
  return source.kind === 'address' ? source.address : `${source.kind}\0${source.service}\0${source.hash}`;
}

function strongest<T extends PersonOrder>(orders: readonly T[] | undefined, nowMicros: number): T | undefined {
  let best: T | undefined;
  for (const order of orders ?? []) {
    if (order.expiresMicros <= nowMicros) continue;
    if (best === undefined || STRENGTH[order.what] > STRENGTH[best.what]) best = order;
  }
  return best;
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function accountKey(service: string, account: string): string {
  return `${service}\0${account}`;
}

function instanceKey(service: string, instance: string): string {
  return `${service}\0${instance}`;
}

export const DIVERTED_FIELD = 'seawall-diverted';

export interface Diversion {
  readonly source: Source;
  readonly service: string;
  readonly exchange: ExchangeId;
  readonly address: string;
  readonly reason: string;
}

/** Who knows the secret may speak for a diverted source: the decoy answers nobody else. */
export function divertedField(diversion: Diversion, secret: string): { readonly name: string; readonly value: string } {
  const { source, service, exchange, address, reason } = diversion;
  const text = Buffer.from(JSON.stringify({ source, service, exchange, address, reason })).toString('base64url');
  const seal = createHmac('sha256', secret).update(text).digest('hex');
  return { name: DIVERTED_FIELD, value: `${text}.${seal}` };
}
