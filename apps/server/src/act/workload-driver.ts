import type { Hub } from '@seawall/bus';
import type { Action, CommandResult, Outcome } from '@seawall/contract';
import { EXPIRY, activate, beginUndo, endUndo, fail, finish, isDue } from '@seawall/respond';
import { nowMicros, sleep } from '../clock.ts';
import { instanceName, type Fleet } from '../watch/fleet.ts';
import type { ActionBook } from './action-book.ts';
import type { PolicyKeeper } from './policy-keeper.ts';

// Restart, pause, stop and quarantine are done by responders. Around each stands a cut in the policy: the gateways give
// the instance no traffic from before the command until a responder has seen it running again.

export interface WorkloadDriverNeeds {
  readonly book: ActionBook;
  readonly policy: PolicyKeeper;
  readonly fleet: Fleet;
  readonly hub: () => Hub;
  readonly acknowledgeMs: number;
  readonly drainMs: number;
  readonly commandMs: number;
}

export interface WorkloadDriver {
  drive(action: Action): Promise<Action>;
  onResult(action: Action, result: CommandResult): Promise<void>;
  /** An undo that failed may be tried again. */
  retryUndo(action: Action): void;
}

const DAY_MICROS = 86_400e6;

export function makeWorkloadDriver(needs: WorkloadDriverNeeds): WorkloadDriver {
  const { book, policy, hub } = needs;
  /** Commands that this process has sent, with the time until which an answer is waited for. */
  const deadlinesMs = new Map<string, number>();
  const doKey = (action: Action) => `${action.id} do`;
  const undoKey = (action: Action) => `${action.id} undo`;

  const silence = (): Outcome => ({
    verified: false,
    detail: `No responder answered within ${Math.round(needs.commandMs / 1000)} s. Look at Health, then try again.`,
    timeMicros: nowMicros(),
  });

  const driveRunning = async (action: Action): Promise<Action> => {
    const deadline = deadlinesMs.get(doKey(action));
    if (deadline === undefined) {
      await policy.publishAndWait(needs.acknowledgeMs);
      await sleep(needs.drainMs);
      deadlinesMs.set(doKey(action), Date.now() + needs.commandMs);
      hub().send({ step: 'do', action });
      return action;
    }
    if (Date.now() < deadline) return action;
    // Withdrawn: a responder that comes back much later must not do what nobody waits for.
    hub().settle(action.id, 'do');
    deadlinesMs.delete(doKey(action));
    const failed = await book.move(action, fail(action, silence()));
    await policy.publish();
    return failed;
  };

  const driveUndoing = async (action: Action): Promise<Action> => {
    const deadline = deadlinesMs.get(undoKey(action));
    if (deadline === undefined) {
      const remembered = await book.remembered(action.id);
      deadlinesMs.set(undoKey(action), Date.now() + needs.commandMs);
      hub().settle(action.id, 'do');
      hub().send({ step: 'undo', action, ...(remembered ? { remembered } : {}) });
      return action;
    }
    if (Date.now() < deadline) return action;
    hub().settle(action.id, 'undo');
    deadlinesMs.delete(undoKey(action));
    return book.move(action, fail(action, silence()));
  };

  /** Undoing failed: the instance stays cut off until somebody sees it running. */
  const driveFailed = async (action: Action): Promise<Action> => {
    const { target } = action;
    if (target.kind !== 'workload') return action;
    const name = target.workload.instance?.name ?? target.workload.workload;
    const item = needs.fleet
      .items()
      .find((one) => instanceName(one) === name && one.workload.service === target.workload.service);
    if (item?.state !== 'running' && nowMicros() - action.updatedMicros < DAY_MICROS) return action;
    book.forget(action.id);
    await policy.publish();
    return action;
  };

  const drive = async (action: Action): Promise<Action> => {
    if (action.state === 'running') return driveRunning(action);
    if (action.state === 'undoing') return driveUndoing(action);
    if (action.state === 'failed') return driveFailed(action);
    if (action.state !== 'active' || !isDue(action, nowMicros())) return action;
    return drive(await book.move(action, beginUndo(action, EXPIRY, nowMicros())));
  };

  const afterDo = async (action: Action, { outcome, remembered }: CommandResult): Promise<void> => {
    deadlinesMs.delete(doKey(action));
    if (action.state === 'running') {
      const next = !outcome.verified ? fail : action.kind === 'restart' ? finish : activate;
      const after = await book.move(action, next(action, outcome), remembered);
      if (after.state !== 'active') await policy.publish();
    } else if (action.state === 'failed' && outcome.verified && action.kind !== 'restart') {
      // It came after all, when nobody waited any more: nothing may be in force that is called failed.
      deadlinesMs.delete(undoKey(action));
      await drive(await book.move(action, beginUndo(action, 'late result', nowMicros()), remembered));
    }
  };

  const afterUndo = async (action: Action, { outcome }: CommandResult): Promise<void> => {
    deadlinesMs.delete(undoKey(action));
    if (action.state !== 'undoing') return;
    await book.move(action, outcome.verified ? endUndo(action, outcome) : fail(action, outcome));
    await policy.publish();
  };

  return {
    drive,
    onResult: (action, result) => (result.step === 'do' ? afterDo(action, result) : afterUndo(action, result)),
    retryUndo: (action) => deadlinesMs.delete(undoKey(action)),
  };
}
