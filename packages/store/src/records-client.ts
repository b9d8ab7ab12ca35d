import { RECORD_METHODS, type RecordQuestions } from './record-questions.ts';
import type { DropCounts, Records } from './records-api.ts';
import { WorkerClient } from './worker-client.ts';

const SLICE_ROWS = 500;

export interface RecordsHandle {
  readonly records: Records;
  removeExpired(nowMicros: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens the records of one folder in their own thread. */
export async function openRecords(options: {
  readonly file: string;
  readonly folder: string;
  readonly maxPages?: number;
}): Promise<RecordsHandle> {
  const client = await WorkerClient.start(new URL('./records-worker.ts', import.meta.url), options);
  // RECORD_METHODS is complete by its type, so the facade has every question.
  const questions = client.facade(Object.keys(RECORD_METHODS)) as unknown as RecordQuestions &
    Pick<Records, 'sizeBytes'>;
  const records: Records = { ...questions, dropBefore: (micros) => dropBefore(questions, micros) };
  return { records, removeExpired: questions.removeExpired, close: () => client.close() };
}

async function dropBefore(questions: RecordQuestions, micros: number): Promise<DropCounts> {
  let total: DropCounts = { findings: 0, incidents: 0, actions: 0, decoySessions: 0 };
  for (;;) {
    const slice = await questions.dropSlice(micros, SLICE_ROWS);
    total = {
      findings: total.findings + slice.findings,
      incidents: total.incidents + slice.incidents,
      actions: total.actions + slice.actions,
      decoySessions: total.decoySessions + slice.decoySessions,
    };
    if (Math.max(slice.findings, slice.incidents, slice.actions, slice.decoySessions) < SLICE_ROWS) return total;
  }
}
