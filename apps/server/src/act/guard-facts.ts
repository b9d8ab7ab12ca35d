import { parseSourceKey, sourceKey, type Action, type ActionKind, type ActionTarget } from '@seawall/contract';
import { instanceOf, type GuardFacts } from '@seawall/respond';
import type { Records, Traffic } from '@seawall/store';
import type { Fleet } from '../watch/fleet.ts';
import { LATELY_MS, type Neighbourhood } from '../watch/neighbourhood.ts';
import { isCut } from './orders.ts';

export interface GuardFactNeeds {
  readonly records: Records;
  readonly traffic: Traffic;
  readonly fleet: Fleet;
  readonly neighbourhood: Neighbourhood;
  readonly openActions: () => Iterable<Action>;
  /** Of one playbook: the many diversions of an attack must not use up what a quarantine may do. */
  readonly actionsInLastMinute: (playbook: string) => number;
}

/** Sessions of an address that are looked up in the store; more make no difference to the answer. */
const MAX_LOOKED_UP = 20;

/** What the guards need to know of the world now. */
export async function gatherGuardFacts(
  needs: GuardFactNeeds,
  kind: ActionKind,
  target: ActionTarget,
  playbook: string | undefined,
): Promise<GuardFacts> {
  const nowMs = Date.now();
  const address = target.kind === 'source' && target.source.kind === 'address' ? target.source.address : undefined;
  return {
    kind,
    target,
    instances: target.kind === 'workload' ? instancesOf(needs, target) : [],
    actionsInLastMinute: playbook === undefined ? 0 : needs.actionsInLastMinute(playbook),
    bystanders: address === undefined ? 0 : await bystandersOf(needs, address, nowMs),
    knownGood: address === undefined ? 0 : needs.neighbourhood.goodLogins(address, nowMs),
  };
}

/** An instance that an action holds counts as out of service even while its responder has not said so. */
function instancesOf({ fleet, openActions }: GuardFactNeeds, target: Extract<ActionTarget, { kind: 'workload' }>) {
  const held = new Set([...openActions()].filter(isCut).map((action) => instanceOf(action.target)));
  return fleet
    .instancesOf(target.workload.service)
    .map((one) => ({ ...one, running: one.running && !held.has(one.instance), held: held.has(one.instance) }));
}

/** From memory, and from the traffic store what came before this process. */
async function bystandersOf(needs: GuardFactNeeds, address: string, nowMs: number): Promise<number> {
  const clean = new Set(needs.neighbourhood.cleanSessions(address, nowMs));
  const stored = await needs.traffic.sessionsOfAddress(address, (nowMs - LATELY_MS) * 1000);
  for (const key of stored.slice(0, MAX_LOOKED_UP)) {
    const source = parseSourceKey(key);
    if (!source || clean.has(key) || needs.neighbourhood.isMarked(key)) continue;
    if ((await needs.records.countFindings({ source: sourceKey(source) })) === 0) clean.add(key);
  }
  return clean.size;
}
