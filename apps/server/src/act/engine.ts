import type { Hub } from '@seawall/bus';
import type { Action, ActionId, ActionPreview, CommandResult } from '@seawall/contract';
import { Fault } from '@seawall/faults';
import {
  allowed,
  beginUndo,
  blastRadius,
  checkGuards,
  finish,
  isStronger,
  refuse,
  start,
  targetKey,
  undoWords,
} from '@seawall/respond';
import type { Logger } from 'pino';
import { nowMicros, Turns } from '../clock.ts';
import { fault } from '../fault-table.ts';
import { ActionBook, isGatewayAction } from './action-book.ts';
import { durationOf, plannedAction, type Draft } from './draft.ts';
import { makeGatewayDriver, type GatewayDriver } from './gateway-driver.ts';
import { gatherGuardFacts, type GuardFactNeeds } from './guard-facts.ts';
import type { PolicyKeeper } from './policy-keeper.ts';
import { makeWorkloadDriver, type WorkloadDriver } from './workload-driver.ts';

// Carries actions through their life (packages/respond, life-cycle.ts). Invariants:
// 1. The intent is in the store before anything is done; each state is in the store before what it allows is done.
// 2. `drive` does what the stored state asks for and nothing else, so that a restart in the middle just drives again:
//    publishing a policy twice changes nothing, and responders make commands single by action and step.
// 3. Guards and the intent are one step at a time for the whole server: two actions cannot each be the last allowed one.
// 4. What follows for one target happens one after the other.
// 5. A workload is cut off before a responder touches it, and gets traffic again only after it was seen running.

export interface EngineTimes {
  readonly acknowledgeMs: number;
  /** How long requests under way may take to leave an instance that was cut off. */
  readonly drainMs: number;
  /** A responder that is silent this long has failed; its command is withdrawn. */
  readonly commandMs: number;
  readonly tickMs: number;
}
export const DEFAULT_TIMES: EngineTimes = { acknowledgeMs: 5000, drainMs: 500, commandMs: 60_000, tickMs: 500 };

export interface EngineNeeds extends Omit<GuardFactNeeds, 'openActions' | 'actionsInLastMinute'> {
  readonly policy: PolicyKeeper;
  readonly hub: () => Hub;
  readonly times: EngineTimes;
  readonly log: Logger;
  /** Clean sessions that may share an address while this playbook acts on it. */
  readonly maxBystanders: (playbook: string) => number;
  /** After each change of an action that is in the store. */
  readonly changed: (action: Action) => void;
  /** For tests of a crash between intent and deed. */
  readonly beforeActing?: () => Promise<void>;
}

export interface Acting {
  /** Resolves when the intent is in the store. Rejects with Fault `server.action-in-force`. */
  readonly intent: Promise<Action>;
  /** Resolves when it is in force, refused, failed, or waiting for a responder. */
  readonly settled: Promise<Action>;
}

const RETRY_MS = 2000;

export class Engine {
  private readonly needs: EngineNeeds;
  private readonly book: ActionBook;
  private readonly gateways: GatewayDriver;
  private readonly workloads: WorkloadDriver;
  private readonly turns = new Turns();
  private readonly driving = new Set<ActionId>();
  private readonly retryAtMs = new Map<ActionId, number>();
  private readonly seenDiverted = new Set<ActionId>();
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(needs: EngineNeeds) {
    const { policy, hub, fleet, times } = needs;
    this.needs = needs;
    this.book = new ActionBook(needs.records, needs.changed);
    const shared = { book: this.book, policy, hub, ...times };
    this.gateways = makeGatewayDriver(shared);
    this.workloads = makeWorkloadDriver({ ...shared, fleet });
  }

  act(draft: Draft): Acting {
    const intent = this.turns.take('plan', () => this.plan(draft));
    const settled = intent.then(async (action) => {
      const after = await this.driveInTurn(action.id);
      return after ?? (await this.needs.records.getAction(action.id)) ?? action;
    });
    // Who only waits for the intent is not told of what fails later: the timer goes on with it.
    settled.catch((error: unknown) => {
      if (error instanceof Fault && error.code === 'server.action-in-force') return;
      this.needs.log.warn({ err: error }, 'an action could not be carried on');
    });
    return { intent, settled };
  }

  async preview(draft: Draft): Promise<ActionPreview> {
    const { kind, target } = draft;
    const facts = await this.guardFacts(draft);
    const guards = [...checkGuards(draft.guards, facts)];
    const known =
      target.kind === 'account' ? await this.needs.records.knownAddresses(target.service, target.account) : [];
    const radius = blastRadius(kind, target, {
      bystanders: facts.bystanders,
      exceptAddresses: known.length,
      instances: facts.instances.length,
      running: facts.instances.filter((one) => one.running).length,
      durationMs: durationOf(draft),
    });
    return { guards, allowed: allowed(guards), blastRadius: [...radius], undo: undoWords(kind) };
  }

  async undo(id: string, actor: string, reason: string): Promise<Action> {
    const known = await this.needs.records.getAction(id);
    if (!known) throw fault('server.no-such-row', { what: 'action' });
    return this.turns.take(targetKey(known.target), async () => {
      const action = (await this.needs.records.getAction(id)) ?? known;
      const undoing = beginUndo(action, actor, nowMicros());
      this.workloads.retryUndo(action);
      this.needs.log.info({ action: id, actor, reason }, 'an action is taken back');
      return this.drive(await this.book.move(action, undoing));
    });
  }

  async onResult(result: CommandResult): Promise<void> {
    const { records, hub, log } = this.needs;
    const known = await records.getAction(result.action);
    if (known) {
      await this.turns.take(targetKey(known.target), async () => {
        const action = (await records.getAction(result.action)) ?? known;
        await this.workloads.onResult(action, result);
      });
    } else {
      log.warn({ action: result.action }, 'a responder answers for an action that is not known');
    }
    hub().settle(result.action, result.step);
  }

  /** An exchange of this source went to the decoy. */
  onDiverted(source: string): void {
    const key = `source ${source}`;
    const action = this.book.inForceOn(key);
    if (action?.kind !== 'divert' || action.state !== 'active' || this.seenDiverted.has(action.id)) return;
    this.seenDiverted.add(action.id);
    this.turns
      .take(key, async () => {
        const now = this.book.get(action.id);
        if (now?.state === 'active') await this.gateways.onDiverted(now);
      })
      .catch((error: unknown) => {
        this.seenDiverted.delete(action.id);
        this.needs.log.warn({ err: error, action: action.id }, 'an outcome could not be stored');
      });
  }

  /** Statistics come later than findings: a log-in from before an action may arrive when the order is out already. */
  async onLogin(service: string, account: string, timeMicros: number): Promise<void> {
    for (const { id, target, createdMicros } of this.book.open()) {
      if (target.kind !== 'account' || target.service !== service || target.account !== account) continue;
      if (timeMicros < createdMicros) await this.needs.policy.lookUpAgain(id);
    }
  }

  open(): readonly Action[] {
    return this.book.open();
  }

  /** Takes up what a process before this one left open; `start` goes on with it. */
  recover(): Promise<void> {
    return this.book.load();
  }

  start(): void {
    this.timer = setInterval(() => this.tick(), this.needs.times.tickMs);
    this.tick();
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    await this.turns.idle();
  }

  private guardFacts({ kind, target, playbook }: Draft) {
    const needs: GuardFactNeeds = {
      ...this.needs,
      openActions: () => this.book.open(),
      actionsInLastMinute: (name) => this.book.inLastMinute(name),
    };
    return gatherGuardFacts(needs, kind, target, playbook);
  }

  private async plan(draft: Draft): Promise<Action> {
    const rival = draft.dryRun ? undefined : this.book.inForceOn(targetKey(draft.target));
    // A playbook does not replace what a person has put in force.
    const overruled = draft.playbook !== undefined && rival?.cause.playbook === undefined;
    if (rival && (overruled || !isGatewayAction(draft.kind) || !isStronger(draft.kind, rival.kind))) {
      throw fault('server.action-in-force', { kind: rival.kind });
    }
    const action = plannedAction(draft, checkGuards(draft.guards, await this.guardFacts(draft)));
    if (!(await this.book.insert(action))) throw fault('server.action-in-force', { kind: draft.kind });
    return action;
  }

  private async driveInTurn(id: ActionId): Promise<Action | undefined> {
    const action = this.book.get(id);
    if (!action || this.closed) return action;
    this.driving.add(id);
    try {
      return await this.turns.take(targetKey(action.target), async () => {
        const now = this.book.get(id);
        return now && (await this.drive(now));
      });
    } finally {
      this.driving.delete(id);
    }
  }

  private async drive(action: Action): Promise<Action> {
    if (action.state === 'planned') return this.drivePlanned(action);
    if (action.state === 'active' && this.guardGaveWay(action)) {
      return this.drive(await this.book.move(action, beginUndo(action, 'guard:bystanders', nowMicros())));
    }
    if (action.dryRun && action.state === 'running') {
      const outcome = { verified: true, detail: 'Dry run: nothing was changed.', timeMicros: nowMicros() };
      return this.book.move(action, finish(action, outcome));
    }
    return isGatewayAction(action.kind) ? this.gateways.drive(action) : this.workloads.drive(action);
  }

  /** Guards hold as long as the action does: somebody clean has come to an address that a playbook acts on. */
  private guardGaveWay({ target, cause }: Action): boolean {
    if (cause.playbook === undefined || target.kind !== 'source' || target.source.kind !== 'address') return false;
    const clean = this.needs.neighbourhood.cleanSessions(target.source.address, Date.now());
    return clean.length > this.needs.maxBystanders(cause.playbook);
  }

  private async drivePlanned(action: Action): Promise<Action> {
    if (!allowed(action.guards)) return this.book.move(action, refuse(action, nowMicros()));
    await this.needs.beforeActing?.();
    // The weaker action that this one replaces leaves with the same policy that brings this one.
    const rival = action.dryRun ? undefined : this.book.inForceOn(targetKey(action.target), action.id);
    if (rival && (rival.state === 'active' || rival.state === 'running')) {
      await this.book.move(rival, beginUndo(rival, `action:${action.id}`, nowMicros()));
    }
    return this.drive(await this.book.move(action, start(action, nowMicros())));
  }

  private tick(): void {
    const open = this.book.open();
    this.forgetClosed(open);
    for (const { id } of open) {
      if (this.driving.has(id) || (this.retryAtMs.get(id) ?? 0) > Date.now()) continue;
      this.driveInTurn(id).catch((error: unknown) => {
        this.retryAtMs.set(id, Date.now() + RETRY_MS);
        this.needs.log.warn({ err: error, action: id }, 'an action could not be carried on; it is tried again');
      });
    }
  }

  private forgetClosed(open: readonly Action[]): void {
    const ids = new Set(open.map((action) => action.id));
    for (const id of this.seenDiverted) if (!ids.has(id)) this.seenDiverted.delete(id);
    for (const id of this.retryAtMs.keys()) if (!ids.has(id)) this.retryAtMs.delete(id);
  }
}
