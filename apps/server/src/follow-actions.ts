import type { Action } from '@seawall/contract';
import { EXPIRY, type Responder, type ResponderEvent } from '@seawall/respond';
import type { Logger } from 'pino';
import type { Underway } from './clock.ts';
import type { Live } from './show/live.ts';
import { actionEvent } from './show/live-events.ts';
import type { Meters } from './show/meters.ts';
import type { Incidents } from './watch/incidents.ts';

export interface FollowNeeds {
  readonly responder: Responder;
  readonly incidents: Incidents;
  readonly live: Live;
  readonly meters: Meters;
  readonly audit: (actor: string, what: string, target: string, detail: string) => Promise<void>;
  readonly underway: Underway;
  readonly log: Logger;
}

/** What follows from a change of an action that is in the store already: everybody who must know is told. */
export function followActions(needs: FollowNeeds): (action: Action) => void {
  return (action) => {
    needs.meters.actions.inc({ kind: action.kind, state: action.state });
    needs.live.publish(actionEvent(action));
    const event = responderEvent(action);
    if (event) needs.responder.react(event);
    needs.underway
      .run(() => tellOthers(needs, action))
      .catch((error: unknown) => {
        needs.log.warn(
          { err: error, action: action.id },
          'a change of an action was stored, and not all followed from it',
        );
      });
  };
}

async function tellOthers({ incidents, audit }: FollowNeeds, action: Action): Promise<void> {
  await incidents.onAction(action);
  const { actor } = action.cause;
  const detail = action.outcome?.detail ?? '';
  if (action.state === 'refused') {
    const refused = action.guards.filter((check) => !check.passed).map((check) => `${check.guard}: ${check.detail}`);
    await audit(actor, 'action.refused', action.id, refused.join('; '));
  } else if (action.state === 'active' || action.state === 'done' || action.state === 'failed') {
    await audit(actor, `action.${action.state}`, action.id, detail);
  } else if (action.state === 'undone' || action.state === 'expired') {
    await audit(action.undoneBy ?? EXPIRY, `action.${action.state}`, action.id, detail);
  }
}

/** Undefined when nothing changes for the playbooks. */
export function responderEvent(action: Action): ResponderEvent | undefined {
  if (action.dryRun) return undefined;
  const { target } = action;
  const timeMs = action.updatedMicros / 1000;
  const released = (why: Extract<ResponderEvent, { kind: 'released' }>['why']): ResponderEvent => ({
    kind: 'released',
    timeMs,
    target,
    why,
  });
  switch (action.state) {
    case 'planned':
    case 'running':
    case 'active':
    case 'done': {
      const untilMs = action.expiresMicros === undefined ? undefined : action.expiresMicros / 1000;
      return { kind: 'held', timeMs, target, action: action.kind, untilMs };
    }
    case 'refused':
      return released('refused');
    case 'failed':
      return released('failed');
    case 'expired':
      return released('ended');
    case 'undoing':
    case 'undone': {
      const by = action.undoneBy ?? '';
      const person = by.startsWith('user:') || by === 'cli';
      if (by.startsWith('guard:')) return released('refused');
      // A weaker action that makes room for a stronger one leaves the target held by that.
      return person ? released('undone-by-person') : undefined;
    }
    default:
      return action.state satisfies never;
  }
}
