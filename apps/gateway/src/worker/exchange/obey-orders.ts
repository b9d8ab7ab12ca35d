import { nowMicros } from '../../clock.ts';
import type { After, HttpExchange } from '../exchange.ts';
import { type PersonOrder, SOURCE_BUDGET } from '../orders.ts';
import { refuseWith } from './refuse.ts';

/** Undefined when the request goes on; `exchange.diverted` says whether to the decoy. */
export function obeySource(exchange: HttpExchange): Promise<After | undefined> | undefined {
  const { trace } = exchange;
  const order = trace.mode === 'off' ? undefined : exchange.view.orders.forSource(trace.source, nowMicros);
  if (order === undefined) return undefined;
  return obey(exchange, order, SOURCE_BUDGET);
}

export async function obey(
  exchange: HttpExchange,
  order: PersonOrder,
  budget: typeof SOURCE_BUDGET,
): Promise<After | undefined> {
  if (!exchange.enforcing) {
    exchange.gateway.counters.count('orders_not_enforced');
    return undefined;
  }
  exchange.gateway.counters.count(`orders_${order.what}`);
  switch (order.what) {
    case 'divert':
      exchange.diverted = order;
      return undefined;
    case 'block':
      return refuseWith(exchange, 403, 'blocked');
    case 'limit': {
      const taken = await exchange.gateway.link.take(order.action, budget);
      if (taken.tokens > 0) return undefined;
      return refuseWith(exchange, 429, 'limited', [], taken.retryAfterMs / 1000);
    }
    default:
      return order.what satisfies never;
  }
}
