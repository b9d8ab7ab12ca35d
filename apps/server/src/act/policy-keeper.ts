import { makeBundle, type Hub } from '@seawall/bus';
import type { Action, ActionId, Exception, Mode, PolicyBundle, PolicyParts, ServiceLikeness } from '@seawall/contract';
import type { Records } from '@seawall/store';
import { nowMicros, Turns } from '../clock.ts';
import type { PolicySource } from '../policy-source.ts';
import { withExceptions } from './exceptions.ts';
import { ordersOf } from './orders.ts';

// Puts the policy together and hands it to the nodes.
// Invariants: the version only grows, also over restarts: it is stored before a bundle is sent. A bundle whose parts did
// not change is not sent again. One publication at a time.

const VERSION_SETTING = 'policy.version';

export interface Published {
  readonly version: number;
  /** Names of gateways that hold this version, and of connected nodes that do not. */
  readonly acknowledged: readonly string[];
  readonly missing: readonly string[];
}

export interface PolicyKeeper {
  /** Sends what is in force now, and says which version that is. */
  publish(): Promise<number>;
  /** Sends it, and waits until the connected gateways and decoys have it. */
  publishAndWait(timeoutMs: number): Promise<Published>;
  current(): PolicyBundle | undefined;
  /** When it was sent. */
  sentMs(): number;
  modes(): Readonly<Record<string, Mode>>;
  exceptions(): readonly Exception[];
  /** After modes or exceptions changed in the store. */
  reload(): Promise<void>;
  setLikeness(likeness: readonly ServiceLikeness[]): void;
  /** Log-ins from before an action on an account have arrived only now. */
  lookUpAgain(action: ActionId): Promise<void>;
  /** Publishes again when the time of an exception is over. */
  expireExceptions(): Promise<void>;
}

export interface PolicyKeeperNeeds {
  readonly source: PolicySource;
  readonly records: Records;
  readonly hub: () => Hub;
  readonly openActions: () => Iterable<Action>;
}

export function makePolicyKeeper(needs: PolicyKeeperNeeds): PolicyKeeper {
  const { source, records, hub } = needs;
  const turns = new Turns();
  const exceptAddresses = new Map<ActionId, readonly string[]>();
  let bundle: PolicyBundle | undefined;
  let sentMs = 0;
  let modes: Readonly<Record<string, Mode>> = {};
  let exceptions: readonly Exception[] = [];
  let likeness: ServiceLikeness[] = [];
  let judged: { from: PolicyParts['rules']; exceptions: readonly Exception[]; rules: PolicyParts['rules'] } | undefined;

  /** The same object as long as nothing changes: digests are remembered by object, and rules are megabytes. */
  const rulesOf = (from: PolicyParts['rules']): PolicyParts['rules'] => {
    if (judged?.from !== from || judged.exceptions !== exceptions) {
      judged = { from, exceptions, rules: withExceptions(from, exceptions.filter(holdsNow)) };
    }
    return judged.rules;
  };

  const collect = async (): Promise<PolicyParts> => {
    const { routes, rules, decoy } = source.parts();
    const open = [...needs.openActions()];
    const known = await knownAddresses(open);
    return {
      routes: {
        ...routes,
        routes: routes.routes.map((route) => ({ ...route, mode: modes[route.name] ?? route.mode })),
      },
      rules: rulesOf(rules),
      orders: ordersOf(open, (action) => known.get(action.id) ?? []),
      decoy,
      likeness,
    };
  };

  /**
   * Where the owner of an account logged in before the action, looked up once: a guess that succeeds meanwhile must not
   * make the guesser's address a known one.
   */
  const knownAddresses = async (open: readonly Action[]): Promise<ReadonlyMap<ActionId, readonly string[]>> => {
    const ids = new Set(open.map((action) => action.id));
    for (const id of exceptAddresses.keys()) if (!ids.has(id)) exceptAddresses.delete(id);
    for (const { id, target } of open) {
      if (target.kind !== 'account' || exceptAddresses.has(id)) continue;
      exceptAddresses.set(id, await records.knownAddresses(target.service, target.account));
    }
    return exceptAddresses;
  };

  const publish = (): Promise<number> =>
    turns.take('publish', async () => {
      const parts = await collect();
      const before = bundle?.version ?? (await storedVersion(records));
      const next = makeBundle(before + 1, parts);
      if (bundle?.digest === next.digest) return before;
      await records.putSetting(VERSION_SETTING, next.version);
      bundle = next;
      sentMs = Date.now();
      hub().setPolicy(bundle);
      return bundle.version;
    });

  return {
    publish,
    async publishAndWait(timeoutMs) {
      const version = await publish();
      const { acknowledged, missing } = await hub().waitForPolicy(version, timeoutMs);
      const gateways = new Set(
        hub()
          .nodes()
          .filter((node) => node.role === 'gateway' && node.policy?.problem === undefined)
          .map((node) => node.node),
      );
      return { version, acknowledged: acknowledged.filter((node) => gateways.has(node)), missing };
    },
    current: () => bundle,
    sentMs: () => sentMs,
    modes: () => modes,
    exceptions: () => exceptions,
    async reload() {
      modes = await records.modeOverrides();
      exceptions = await records.listExceptions(nowMicros());
    },
    setLikeness(next) {
      likeness = [...next];
    },
    async lookUpAgain(action) {
      exceptAddresses.delete(action);
      await publish();
    },
    async expireExceptions() {
      const valid = exceptions.filter(holdsNow);
      if (valid.length === exceptions.length) return;
      exceptions = valid;
      await publish();
    },
  };
}

function holdsNow(exception: Exception): boolean {
  return exception.expiresMicros === null || exception.expiresMicros > nowMicros();
}

async function storedVersion(records: Records): Promise<number> {
  const stored = await records.getSetting(VERSION_SETTING);
  return typeof stored === 'number' && Number.isSafeInteger(stored) ? stored : 0;
}
