import { createServer } from 'node:net';
import type { ListenerAddress } from '../messages.ts';

/**
 * Chooses a port once for each listener with port 0. Workers share a handle by its address and port, so all of them, and
 * those that replace them later, must ask for the same one.
 */
export class FreePorts {
  readonly #ports = new Map<string, number>();
  /** By position; 0 where the policy says the port itself. */
  chosen: readonly number[] = [];

  async choose(listeners: readonly ListenerAddress[]): Promise<void> {
    const chosen: number[] = [];
    for (const [position, { address, port }] of listeners.entries()) {
      const key = `${position} ${address}`;
      if (port === 0 && !this.#ports.has(key)) this.#ports.set(key, await freePort(address));
      chosen.push(port === 0 ? (this.#ports.get(key) ?? 0) : 0);
    }
    this.chosen = chosen;
  }
}

/** 0 when the address cannot be used: then listening itself tells why. */
function freePort(address: string): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(0));
    server.listen({ host: address, port: 0 }, () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === 'object' && bound !== null ? bound.port : 0));
    });
  });
}
