import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

const database = new DatabaseSync(String(workerData), { readOnly: true, timeout: 1000 });

parentPort?.on('message', (sql: string) => {
  try {
    parentPort?.postMessage({ rows: database.prepare(sql).all().slice(0, 200) });
  } catch (error) {
    parentPort?.postMessage({ error: error instanceof Error ? error.message : 'failed' });
  }
});
