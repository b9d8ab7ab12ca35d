/** Asks the database what it is told. A process of its own, because nothing else can end a query that runs. */
import { DatabaseSync } from 'node:sqlite';

const database = new DatabaseSync(process.argv[2] ?? '', { readOnly: true, timeout: 1000 });
// Of the whole process: a query that makes huge values fails instead of taking the machine's memory.
database.exec('PRAGMA hard_heap_limit = 134217728');

process.on('message', (sql) => {
  try {
    process.send?.({ rows: database.prepare(String(sql)).all().slice(0, 200) });
  } catch (error) {
    process.send?.({ error: error instanceof Error ? error.message : 'failed' });
  }
});
// The service that asked is gone.
process.on('disconnect', () => process.exit(0));
