import { workerData } from 'node:worker_threads';
import { DuckdbEngine, duckdbFault } from './traffic-duckdb.ts';
import type { TrafficOptions } from './traffic-client.ts';
import { serveTraffic } from './traffic-worker.ts';

const options = workerData as TrafficOptions; // passed by `openTraffic`
await serveTraffic(
  async () => {
    const engine = await DuckdbEngine.open(options);
    return { engine, messages: engine.messages };
  },
  (error) => duckdbFault(error, options.folder),
);
