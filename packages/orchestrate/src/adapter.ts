import type { ActionKind, InventoryItem, Workload } from '@seawall/contract';

export type WorkloadAction = Exclude<ActionKind, 'block' | 'limit' | 'divert'>;

/** What undoing needs to know, kept by the responder on disk before anything is done. */
export type Remembered = Readonly<Record<string, unknown>>;

/**
 * One orchestrator. What an adapter cannot do is missing from `capabilities`; calling it anyway is a Fault. The shared
 * cases in adapter-cases.ts run against every adapter and fail on a skip that is not declared.
 */
export interface Adapter {
  readonly name: 'processes' | 'docker';
  readonly capabilities: ReadonlySet<WorkloadAction>;
  inventory(): Promise<readonly InventoryItem[]>;
  /** What must be remembered to undo; asked before `act`, so that a crash between the two loses nothing. */
  prepare(action: WorkloadAction, workload: Workload): Promise<Remembered>;
  /** Idempotent: doing it to a workload that is there already is no error. */
  act(action: WorkloadAction, workload: Workload, remembered: Remembered): Promise<void>;
  undo(action: WorkloadAction, workload: Workload, remembered: Remembered): Promise<void>;
  /** Looks at the world; `gone` when the workload does not exist. */
  observe(workload: Workload): Promise<InventoryItem['state'] | 'gone'>;
  /** Calls back when something may have changed. */
  watch(changed: () => void): { close(): void };
}

/** State in which a workload must be seen for an action to count as done. */
export const EXPECTED_STATE: Readonly<Record<WorkloadAction, InventoryItem['state']>> = {
  restart: 'running',
  pause: 'paused',
  stop: 'stopped',
  quarantine: 'quarantined',
};
