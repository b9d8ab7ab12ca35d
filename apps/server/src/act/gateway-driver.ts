import type { Hub } from '@seawall/bus';
import type { Action, Outcome } from '@seawall/contract';
import { EXPIRY, activate, beginUndo, endUndo, isDue } from '@seawall/respond';
import { nowMicros } from '../clock.ts';
import type { ActionBook } from './action-book.ts';
import type { PolicyKeeper } from './policy-keeper.ts';

// Block, limit and divert are orders in the policy, which follow from the open actions: to act is to store the state and
// to publish. Verified is what every connected gateway has acknowledged, not what was sent.

export interface GatewayDriverNeeds {
  readonly book: ActionBook;
  readonly policy: PolicyKeeper;
  readonly hub: () => Hub;
  readonly acknowledgeMs: number;
}

export interface GatewayDriver {
  drive(action: Action): Promise<Action>;
  /** An exchange of the source was seen at the decoy. */
  onDiverted(action: Action): Promise<void>;
}

export function makeGatewayDriver({ book, policy, hub, acknowledgeMs }: GatewayDriverNeeds): GatewayDriver {
  /** Connected gateways that do not hold this policy or a newer one; with none connected nobody can. */
  const missing = (version: number): readonly string[] => {
    const gateways = hub()
      .nodes()
      .filter((node) => node.role === 'gateway' && node.connected);
    if (gateways.length === 0) return ['any gateway'];
    return gateways
      .filter((node) => (node.policy?.version ?? 0) < version || node.policy?.problem !== undefined)
      .map((node) => node.node);
  };

  const published = async (what: string): Promise<Outcome> => {
    const { version, acknowledged } = await policy.publishAndWait(acknowledgeMs);
    const without = missing(version);
    const detail =
      without.length === 0
        ? `Policy ${version}, in which it ${what}, was taken over by ${acknowledged.join(', ')}.`
        : `Policy ${version}, in which it ${what}, was not taken over by ${without.join(', ')} yet.`;
    return { verified: without.length === 0, detail, timeMicros: nowMicros() };
  };

  const drive = async (action: Action): Promise<Action> => {
    const due = isDue(action, nowMicros());
    if (due) return drive(await book.move(action, beginUndo(action, EXPIRY, nowMicros())));
    if (action.state === 'running') return book.move(action, activate(action, await published('is in force')));
    if (action.state === 'undoing') return book.move(action, endUndo(action, await published('was taken back')));
    // A gateway that was away has come back.
    const unverified = action.state === 'active' && action.outcome?.verified === false;
    return unverified && missing(policy.current()?.version ?? 0).length === 0
      ? book.move(action, { ...action, outcome: await published('is in force') })
      : action;
  };

  return {
    drive,
    async onDiverted(action) {
      const detail = `${action.outcome?.detail ?? ''} The decoy has answered it since.`.trim();
      await book.move(action, { ...action, outcome: { verified: true, detail, timeMicros: nowMicros() } });
    },
  };
}
