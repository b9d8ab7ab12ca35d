import type { Action, IncidentId } from '@seawall/contract';
import { Fault } from '@seawall/faults';
import { DEFAULT_GUARDS, type Decision, type Playbook } from '@seawall/respond';
import type { Logger } from 'pino';
import type { Fleet } from '../watch/fleet.ts';
import type { Draft } from './draft.ts';
import type { Engine } from './engine.ts';

/** Turns a playbook's decision into an action. Resolves when the intent is in the store. */
export type Decide = (decision: Decision, incident: string | null) => Promise<void>;

export interface DecideNeeds {
  readonly engine: Engine;
  readonly fleet: Fleet;
  readonly playbooks: () => readonly Playbook[];
  readonly audit: (actor: string, what: string, target: string, detail: string) => Promise<void>;
  readonly log: Logger;
}

export function makeDecide(needs: DecideNeeds): Decide {
  const { engine, log } = needs;

  const act = async (draft: Draft): Promise<Action | undefined> => {
    try {
      const acting = engine.act(draft);
      const action = await acting.intent;
      await needs.audit(draft.actor, 'action.request', action.id, `${draft.kind}: ${draft.reason}`);
      return action;
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'server.action-in-force') throw error;
      log.debug({ playbook: draft.playbook }, 'a playbook wants what is in force already');
      return undefined;
    }
  };

  return async (decision, incident) => {
    const playbook = needs.playbooks().find((one) => one.name === decision.playbook);
    const draft: Draft = {
      kind: decision.kind,
      target: knownTarget(decision, needs.fleet),
      actor: `playbook:${decision.playbook}`,
      playbook: decision.playbook,
      reason: decision.reason,
      findings: decision.findings,
      // Incident ids in rows come from the store.
      ...(incident === null ? {} : { incident: incident as IncidentId }),
      durationMs: decision.forMs,
      dryRun: decision.dryRun,
      guards: playbook?.guards ?? DEFAULT_GUARDS,
    };
    const action = await act(draft);
    const refused = action?.guards.some((check) => !check.passed) === true;
    if (!refused || decision.otherwise === undefined) return;
    await act({ ...draft, kind: decision.otherwise, reason: `${draft.reason} (${draft.kind} was refused)` });
  };
}

/** The gateway names an instance; the responder's inventory knows what it is (container id, process). */
function knownTarget(decision: Decision, fleet: Fleet): Draft['target'] {
  const { target } = decision;
  if (target.kind !== 'workload') return target;
  const name = target.workload.instance?.name ?? target.workload.workload;
  const item = fleet.instance(target.workload.service, name);
  return item ? { kind: 'workload', workload: item.workload } : target;
}
