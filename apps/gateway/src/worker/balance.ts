import type { ServicePolicy, Upstream } from '@seawall/contract';
import type { InstanceReport } from '../messages.ts';
import type { Orders } from './orders.ts';

/** An instance that refused a connection is asked last for this long. */
const DOWN_MS = 2000;

/** Which instance answers next: round robin over those not cut, those that just failed last. State outlives policies. */
export class Balancer {
  readonly #next = new Map<string, number>();
  readonly #downUntilMs = new Map<string, number>();
  readonly #reachedMs = new Map<string, number>();

  /** Instances to try, best first; empty when all are cut or there is none. */
  candidates(service: ServicePolicy, orders: Orders, nowMs: number): readonly Upstream[] {
    const [only] = service.upstreams;
    if (service.upstreams.length === 1 && only !== undefined) {
      return orders.isCut(service.name, only.instance) ? [] : service.upstreams;
    }
    const open = service.upstreams.filter((upstream) => !orders.isCut(service.name, upstream.instance));
    if (open.length < 2) return open;
    const turn = (this.#next.get(service.name) ?? 0) % open.length;
    this.#next.set(service.name, turn + 1);
    const turned = [...open.slice(turn), ...open.slice(0, turn)];
    const isDown = (upstream: Upstream) => (this.#downUntilMs.get(key(service.name, upstream.instance)) ?? 0) > nowMs;
    return [...turned.filter((upstream) => !isDown(upstream)), ...turned.filter(isDown)];
  }

  failed(service: string, instance: string, nowMs: number): void {
    this.#downUntilMs.set(key(service, instance), nowMs + DOWN_MS);
    this.#reachedMs.delete(key(service, instance));
  }

  worked(service: string, instance: string): void {
    const id = key(service, instance);
    this.#reachedMs.set(id, Date.now());
    if (this.#downUntilMs.size > 0) this.#downUntilMs.delete(id);
  }

  states(services: Iterable<ServicePolicy>, orders: Orders): Record<string, InstanceReport> {
    const states: Record<string, InstanceReport> = {};
    for (const service of services) {
      for (const { instance } of service.upstreams) states[instance] = this.#state(service.name, instance, orders);
    }
    return states;
  }

  #state(service: string, instance: string, orders: Orders): InstanceReport {
    const id = key(service, instance);
    const reachedMs = this.#reachedMs.get(id);
    const downUntilMs = this.#downUntilMs.get(id);
    if (orders.isCut(service, instance)) return { state: 'cut', seenMs: Date.now() };
    if (reachedMs !== undefined) return { state: 'up', seenMs: reachedMs };
    return downUntilMs === undefined
      ? { state: 'unknown', seenMs: 0 }
      : { state: 'down', seenMs: downUntilMs - DOWN_MS };
  }
}

function key(service: string, instance: string): string {
  return `${service}\0${instance}`;
}
