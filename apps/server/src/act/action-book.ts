import { GATEWAY_ACTIONS, type Action, type ActionId, type ActionKind } from '@seawall/contract';
import { inForce, targetKey } from '@seawall/respond';
import type { Records } from '@seawall/store';
import { nowMicros } from '../clock.ts';
import { isCut } from './orders.ts';

const DAY_MICROS = 86_400e6;
const MINUTE_MS = 60_000;

export function isGatewayAction(kind: ActionKind): boolean {
  return GATEWAY_ACTIONS.includes(kind);
}

/**
 * The open actions, in memory as they are in the store. The store is written first; of two writers one wins there, and
 * what it holds counts.
 */
export class ActionBook {
  private readonly actions = new Map<ActionId, Action>();
  private readonly records: Records;
  private readonly changed: (action: Action) => void;
  private lately: { readonly playbook: string; readonly timeMs: number }[] = [];

  constructor(records: Records, changed: (action: Action) => void) {
    this.records = records;
    this.changed = changed;
  }

  open(): readonly Action[] {
    return [...this.actions.values()];
  }

  get(id: ActionId): Action | undefined {
    return this.actions.get(id);
  }

  /** False when one of its kind is open on the same target. */
  async insert(action: Action): Promise<boolean> {
    if (!(await this.records.insertActionUnlessOpen(action))) return false;
    const wanted = action.guards.every((check) => check.passed);
    const { playbook } = action.cause;
    if (playbook !== undefined && wanted) this.lately.push({ playbook, timeMs: Date.now() });
    this.note(action);
    return true;
  }

  async move(before: Action, after: Action, remembered?: Readonly<Record<string, unknown>>): Promise<Action> {
    const won = await this.records.transitionAction({
      id: after.id,
      from: [before.state],
      to: after,
      ...(remembered ? { remembered } : {}),
    });
    const kept = won ? after : ((await this.records.getAction(after.id)) ?? after);
    this.note(kept);
    return kept;
  }

  remembered(id: ActionId): Promise<Readonly<Record<string, unknown>> | undefined> {
    return this.records.remembered(id);
  }

  /** A failed one whose instance was seen running again needs no cut any more. */
  forget(id: ActionId): void {
    this.actions.delete(id);
  }

  inForceOn(key: string, except?: ActionId): Action | undefined {
    return this.open().find(
      (action) => action.id !== except && !action.dryRun && inForce(action.state) && targetKey(action.target) === key,
    );
  }

  /** Actions of one playbook that the guards let through. */
  inLastMinute(playbook: string): number {
    this.lately = this.lately.filter(({ timeMs }) => timeMs > Date.now() - MINUTE_MS);
    return this.lately.filter((one) => one.playbook === playbook).length;
  }

  /** Takes up what a process before this one left open. */
  async load(): Promise<void> {
    for (const action of await this.records.openActions()) this.actions.set(action.id, action);
    const since = nowMicros() - DAY_MICROS;
    const failed = await this.records.pageActions({ state: 'failed', fromMicros: since }, { limit: 500 });
    for (const action of failed.rows) if (isCut(action)) this.actions.set(action.id, action);
    const recent = await this.records.pageActions({ fromMicros: nowMicros() - MINUTE_MS * 1000 }, { limit: 500 });
    this.lately = recent.rows
      .filter((action) => action.state !== 'refused')
      .map(({ cause, createdMicros }) => ({ playbook: cause.playbook ?? '', timeMs: createdMicros / 1000 }));
  }

  private note(action: Action): void {
    if (inForce(action.state) || isCut(action)) this.actions.set(action.id, action);
    else this.actions.delete(action.id);
    this.changed(action);
  }
}
