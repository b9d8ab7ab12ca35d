import { mkdirSync, readdirSync, readFileSync, readlinkSync, watch, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { dirname, join } from 'node:path';
import type { InventoryItem, Workload } from '@seawall/contract';
import type { Adapter, Remembered, WorkloadAction } from '../adapter.ts';
import { fault } from '../faults.ts';
import type { ControlAnswer, ControlRequest, SupervisedRow } from './supervisor.ts';

const ENGINE = 'the supervisor';
/** A restart waits until the process is ready; nothing else takes a second. */
const ANSWER_MS = 65_000;
const MAX_ANSWER_BYTES = 1_048_576;
/** Evidence of one process: enough for its open files and connections, too little to fill a disk. */
const MAX_OPEN_FILES = 1000;

/**
 * Supervised processes of `seawall up`. Pause = SIGSTOP to the process group. Quarantine = the gateway has cut the routes
 * to the instance, its own side is cut by stopping it, and what it had open is kept as evidence.
 *
 * @param socketPath control socket of the supervisor
 * @param evidenceFolder where quarantine leaves what it saw; made with mode 0700
 */
export function processAdapter(socketPath: string, evidenceFolder: string): Adapter {
  const ask = (request: ControlRequest) => askSupervisor(socketPath, request);
  const row = async ({ workload: name }: Workload): Promise<SupervisedRow | undefined> =>
    (await ask({ do: 'list' })).find((candidate) => candidate.name === name);

  return {
    name: 'processes',
    capabilities: new Set<WorkloadAction>(['restart', 'pause', 'stop', 'quarantine']),

    async inventory() {
      return (await ask({ do: 'list' })).map(itemOf);
    },

    async prepare(action, workload) {
      const found = await row(workload);
      if (found === undefined) throw fault('orchestrate.unknown-workload', { engine: ENGINE, name: workload.workload });
      // Undoing goes back to what was, not to what ought to be.
      return { before: stateOf(found), evidence: action === 'quarantine' ? keepEvidence(evidenceFolder, found) : null };
    },

    async act(action, { workload: name }) {
      await ask({ do: action, name });
    },

    async undo(action, { workload: name }, remembered: Remembered) {
      if (remembered['before'] !== 'running') return;
      switch (action) {
        case 'pause':
          await ask({ do: 'resume', name });
          return;
        case 'stop':
          await ask({ do: 'start', name });
          return;
        case 'quarantine':
          await ask({ do: 'release', name });
          return;
        case 'restart':
          throw fault('orchestrate.cannot', { engine: ENGINE, action: 'undo the restart of' });
        default:
          action satisfies never;
      }
    },

    async observe(workload) {
      const found = await row(workload);
      return found === undefined ? 'gone' : stateOf(found);
    },

    watch(changed) {
      // The supervisor rewrites its pid file at every change of state.
      const watcher = watch(dirname(socketPath), (_event, name) => {
        if (name === 'pids.json') changed();
      });
      return { close: () => watcher.close() };
    },
  };
}

function stateOf(row: SupervisedRow): InventoryItem['state'] {
  return row.quarantined && row.state === 'paused' ? 'quarantined' : row.state;
}

function itemOf(row: SupervisedRow): InventoryItem {
  const instance = { kind: 'process' as const, name: row.name, ...(row.pid === null ? {} : { pid: row.pid }) };
  return {
    workload: {
      cluster: 'local',
      namespace: 'default',
      service: row.service ?? row.name,
      workload: row.name,
      instance,
    },
    state: stateOf(row),
    adapter: 'processes',
    protected: false,
    startedMicros: row.startedMs * 1000,
  };
}

/** What the process had open and connected at this moment; the path of the file, or null where the system does not tell. */
function keepEvidence(folder: string, row: SupervisedRow): string | null {
  if (row.pid === null || process.platform !== 'linux') return null;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const base = `/proc/${row.pid}`;
  const read = (name: string): string => {
    try {
      return readFileSync(join(base, name), 'latin1');
    } catch (error) {
      return `unreadable: ${error instanceof Error ? error.message : String(error)}`;
    }
  };
  const evidence = {
    process: row,
    command: read('cmdline').split('\0'),
    status: read('status'),
    connections: read('net/tcp'),
    openFiles: openFiles(base),
  };
  const path = join(folder, `${row.name}-${row.pid}-${row.startedMs}.json`);
  writeFileSync(path, JSON.stringify(evidence, null, 2), { mode: 0o600 });
  return path;
}

function openFiles(base: string): string[] {
  try {
    return readdirSync(join(base, 'fd'))
      .slice(0, MAX_OPEN_FILES)
      .map((fd) => {
        try {
          return readlinkSync(join(base, 'fd', fd));
        } catch {
          // Closed between listing and looking.
          return 'closed';
        }
      });
  } catch (error) {
    return [`unreadable: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function askSupervisor(socketPath: string, request: ControlRequest): Promise<readonly SupervisedRow[]> {
  return new Promise((resolve, reject) => {
    const unreachable = (cause: unknown) =>
      reject(fault('orchestrate.unreachable', { engine: ENGINE, address: socketPath }, cause));
    const socket = createConnection(socketPath);
    let text = '';
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error('no answer in time')));
    socket.once('error', unreachable);
    socket.once('close', () => unreachable(new Error('closed without an answer')));
    socket.once('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.length > MAX_ANSWER_BYTES) socket.destroy(new Error('the answer is too long'));
      if (!text.endsWith('\n')) return;
      const answer = JSON.parse(text) as ControlAnswer; // written by our own supervisor, over a socket of mode 0600
      socket.end();
      if (answer.ok) resolve(answer.rows);
      else if (request.do === 'list') unreachable(new Error(answer.text));
      else
        reject(
          fault('orchestrate.refused', { engine: ENGINE, action: request.do, name: request.name, reason: answer.text }),
        );
    });
  });
}
