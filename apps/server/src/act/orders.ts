import { GATEWAY_ACTIONS, type Action, type Order } from '@seawall/contract';
import { instanceOf, isStronger, targetKey } from '@seawall/respond';

// The orders of a policy follow from the open actions alone, so that they are the same after a restart.

/** A running or active action is in force at the gateways; one that is being undone is not. */
function isOrdered(action: Action): boolean {
  return !action.dryRun && (action.state === 'running' || action.state === 'active');
}

/**
 * A workload is cut off before anything is done to it, and stays so until it was seen running again: also while it is
 * being undone, and after an undo that failed.
 */
export function isCut(action: Action): boolean {
  if (action.dryRun || action.target.kind !== 'workload') return false;
  return (
    isOrdered(action) || action.state === 'undoing' || (action.state === 'failed' && action.undoneBy !== undefined)
  );
}

export function ordersOf(open: Iterable<Action>, exceptAddresses: (action: Action) => readonly string[]): Order[] {
  const strongest = new Map<string, Action>();
  for (const action of open) {
    if (action.target.kind === 'workload' ? !isCut(action) : !isOrdered(action)) continue;
    const key = targetKey(action.target);
    const known = strongest.get(key);
    if (!known || isStronger(action.kind, known.kind)) strongest.set(key, action);
  }
  return [...strongest.values()]
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((action) => orderOf(action, exceptAddresses))
    .filter((order) => order !== undefined);
}

function orderOf(action: Action, exceptAddresses: (action: Action) => readonly string[]): Order | undefined {
  const { target, id } = action;
  if (target.kind === 'workload') {
    return { kind: 'cut', action: id, service: target.workload.service, instance: instanceOf(target) };
  }
  const what = action.kind;
  if (!GATEWAY_ACTIONS.includes(what) || !(what === 'block' || what === 'limit' || what === 'divert')) return undefined;
  const expiresMicros = action.expiresMicros ?? action.createdMicros;
  if (target.kind === 'source') return { kind: 'source', action: id, source: target.source, what, expiresMicros };
  const { service, account } = target;
  const known = [...exceptAddresses(action)];
  return { kind: 'account', action: id, service, account, what, exceptAddresses: known, expiresMicros };
}
