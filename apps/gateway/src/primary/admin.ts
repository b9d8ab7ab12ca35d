import { createServer } from 'node:http';
import { chmodSync, rmSync } from 'node:fs';
import type { NodeHealth } from '@seawall/contract';
import { Gauge, Registry } from 'prom-client';

export interface AdminView {
  counters(): ReadonlyMap<string, number>;
  health(): NodeHealth;
  ready(): boolean;
}

/** `/metrics`, `/healthz` and `/readyz` on a Unix socket of the data folder: only the user of the gateway can ask. */
export function serveAdmin(path: string, view: AdminView): Promise<() => Promise<void>> {
  const registry = registryOf(view);
  const server = createServer((request, response) => {
    const answer = (status: number, text: string, type = 'text/plain; charset=utf-8') => {
      response.writeHead(status, { 'content-type': type }).end(text);
    };
    if (request.url === '/healthz') answer(200, 'ok\n');
    else if (request.url === '/readyz') answer(view.ready() ? 200 : 503, view.ready() ? 'ready\n' : 'no policy yet\n');
    else if (request.url === '/metrics') {
      registry.metrics().then(
        (text) => answer(200, text, registry.contentType),
        () => answer(500, 'metrics failed\n'),
      );
    } else answer(404, 'not found\n');
  });
  rmSync(path, { force: true });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      chmodSync(path, 0o600);
      resolve(() => closeServer(server));
    });
  });
}

function closeServer(server: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Labels are names of counters and instances, both bounded by code and policy: never anything that a client wrote. */
function registryOf(view: AdminView): Registry {
  const registry = new Registry();
  const counters = new Gauge({
    name: 'seawall_gateway_events_total',
    help: 'Running totals by name',
    labelNames: ['event'],
    registers: [],
    collect() {
      for (const [event, value] of view.counters()) this.set({ event }, value);
    },
  });
  const instances = new Gauge({
    name: 'seawall_gateway_instance_state',
    help: '1 for the state that each instance of a service is in',
    labelNames: ['instance', 'state'],
    registers: [],
    collect() {
      this.reset();
      for (const [instance, state] of Object.entries(view.health().instances)) this.set({ instance, state }, 1);
    },
  });
  registry.registerMetric(counters);
  registry.registerMetric(instances);
  const single = (name: string, help: string, read: (health: NodeHealth) => number): void => {
    const gauge = new Gauge({
      name: `seawall_gateway_${name}`,
      help,
      registers: [],
      collect() {
        this.set(read(view.health()));
      },
    });
    registry.registerMetric(gauge);
  };
  single('workers', 'Workers that run', (health) => health.workers);
  single('policy_version', 'Version of the policy in force', (health) => health.policyVersion);
  single('loop_delay_milliseconds', 'Event-loop delay, 99th percentile', (health) => health.loopDelayMs);
  single('resident_bytes', 'Memory of all processes of the gateway', (health) => health.residentBytes);
  single('spool_bytes', 'Bytes that wait for the server', (health) => health.spoolBytes);
  return registry;
}
