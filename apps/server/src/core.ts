import type { Hub } from '@seawall/bus';
import type { Playbook } from '@seawall/respond';
import type { Records, Traffic } from '@seawall/store';
import type { Logger } from 'pino';
import type { Engine } from './act/engine.ts';
import type { PolicyKeeper } from './act/policy-keeper.ts';
import type { Explainer } from './explain/explainer.ts';
import type { Accounts } from './auth/accounts.ts';
import type { Meters } from './show/meters.ts';
import type { PolicySource } from './policy-source.ts';
import type { Live } from './show/live.ts';
import type { Fleet } from './watch/fleet.ts';
import type { Incidents } from './watch/incidents.ts';

/** The parts of a running server, as the API's handlers see them. */
export interface Core {
  readonly records: Records;
  readonly traffic: Traffic;
  readonly source: PolicySource;
  readonly playbooks: () => readonly Playbook[];
  readonly policy: PolicyKeeper;
  readonly engine: Engine;
  readonly fleet: Fleet;
  readonly incidents: Incidents;
  readonly live: Live;
  readonly accounts: Accounts;
  readonly meters: Meters;
  readonly explainer: Explainer;
  readonly hub: () => Hub;
  readonly audit: (actor: string, what: string, target: string, detail: string) => Promise<void>;
  readonly dataFolder: string;
  readonly log: Logger;
}
