import type { ActionKind, Command, CommandResult, Workload } from '@seawall/contract';
import { Fault } from '@seawall/faults';
import { EXPECTED_STATE, type Adapter, type Remembered, type WorkloadAction } from '@seawall/orchestrate';
import { fault } from './faults.ts';

/** How long the world may take to show what was done. */
const VERIFY_MS = 8000;
const LOOK_EVERY_MS = 50;
/** Connections of its own died while it was cut off; it is given traffic again when it had time to make new ones. */
const SETTLE_MS = 3000;

/**
 * Does or undoes one action and looks at the world again; what the call itself returned proves nothing. A failure is an
 * outcome, not an exception: the server must learn of it.
 */
export async function carryOut(adapters: readonly Adapter[], command: Command): Promise<CommandResult> {
  const { action, step } = command;
  try {
    if (action.target.kind !== 'workload')
      throw fault('responder.option', { what: 'only workloads can be acted on here' });
    const { workload } = action.target;
    const kind = workloadAction(action.kind);
    const adapter = await adapterOf(adapters, workload);
    if (!adapter.capabilities.has(kind)) {
      throw fault('responder.option', { what: `${adapter.name} cannot ${kind} a workload` });
    }
    if (step === 'do') return await act(adapter, kind, workload, action.id);
    return await undo(adapter, kind, workload, command);
  } catch (error) {
    const detail = error instanceof Fault ? error.row.text : error instanceof Error ? error.message : String(error);
    return { action: action.id, step, outcome: { verified: false, detail, timeMicros: Date.now() * 1000 } };
  }
}

async function act(
  adapter: Adapter,
  kind: WorkloadAction,
  workload: Workload,
  id: CommandResult['action'],
): Promise<CommandResult> {
  const remembered = await adapter.prepare(kind, workload);
  await adapter.act(kind, workload, remembered);
  const outcome = await verify(adapter, workload, EXPECTED_STATE[kind]);
  return { action: id, step: 'do', outcome, remembered: { ...remembered } };
}

async function undo(
  adapter: Adapter,
  kind: WorkloadAction,
  workload: Workload,
  command: Command,
): Promise<CommandResult> {
  const remembered: Remembered = command.remembered ?? { before: 'running' };
  await adapter.undo(kind, workload, remembered);
  const before =
    remembered['before'] === 'paused' ? 'paused' : remembered['before'] === 'stopped' ? 'stopped' : 'running';
  let outcome = await verify(adapter, workload, before);
  if (kind === 'quarantine' && before === 'running' && outcome.verified) {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    outcome = await verify(adapter, workload, before);
  }
  return { action: command.action.id, step: 'undo', outcome };
}

async function verify(adapter: Adapter, workload: Workload, wanted: string): Promise<CommandResult['outcome']> {
  const until = Date.now() + VERIFY_MS;
  let seen = await adapter.observe(workload);
  while (seen !== wanted && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    seen = await adapter.observe(workload);
  }
  const detail =
    seen === wanted
      ? `${workload.workload} is seen ${seen}`
      : `${workload.workload} should be ${wanted} and is seen ${seen}`;
  return { verified: seen === wanted, detail, timeMicros: Date.now() * 1000 };
}

async function adapterOf(adapters: readonly Adapter[], workload: Workload): Promise<Adapter> {
  const known: string[] = [];
  for (const adapter of adapters) {
    const items = await adapter.inventory();
    if (items.some((item) => item.workload.workload === workload.workload)) return adapter;
    known.push(...items.map((item) => item.workload.workload));
  }
  throw fault('responder.no-adapter', { name: workload.workload, known: known.slice(0, 20).join(', ') || 'none' });
}

function workloadAction(kind: ActionKind): WorkloadAction {
  if (kind === 'block' || kind === 'limit' || kind === 'divert') {
    throw fault('responder.option', { what: `the gateway carries out "${kind}", not a responder` });
  }
  return kind;
}
