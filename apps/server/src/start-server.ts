import { listenHub, type Hub } from '@seawall/bus';
import type { Envelope } from '@seawall/contract';
import { Fault, Redacted } from '@seawall/faults';
import { makeResponder } from '@seawall/respond';
import { openStore, type Store, type StoreOptions } from '@seawall/store';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { makeDecide } from './act/decide.ts';
import { DEFAULT_TIMES, Engine, type EngineTimes } from './act/engine.ts';
import { makePolicyKeeper } from './act/policy-keeper.ts';
import { makeAccounts, type Accounts } from './auth/accounts.ts';
import { makeId, nowMicros, Underway } from './clock.ts';
import type { Core } from './core.ts';
import { makeExplainer } from './explain/explainer.ts';
import { dataPlaces, makePrivateFolder, newSecret, writePrivate } from './data-folder.ts';
import { followActions, responderEvent } from './follow-actions.ts';
import { makeApp } from './http/app.ts';
import type { PolicySource } from './policy-source.ts';
import { makeLive } from './show/live.ts';
import { nodeEvent } from './show/live-events.ts';
import { makeMeters } from './show/meters.ts';
import { makeFleet } from './watch/fleet.ts';
import { makeIncidents } from './watch/incidents.ts';
import { makeIntake, type Intake } from './watch/intake.ts';
import { makeNeighbourhood } from './watch/neighbourhood.ts';

// Construct, provision, take up what was open, run, close. Nodes are let in before the API, so that the first page shows
// what is true; events are taken only after open actions were taken up.

export interface ServerOptions {
  readonly data: string;
  readonly address?: string;
  /** 0 = any free one. */
  readonly port: number;
  /** Of the hub that gateways, decoys and responders connect to. */
  readonly socketPath: string;
  readonly nodeToken: Redacted;
  readonly source: PolicySource;
  readonly dashboard?: string | undefined;
  readonly hostNames?: readonly string[];
  readonly log: Logger;
  readonly times?: Partial<EngineTimes>;
  readonly store?: Omit<StoreOptions, 'folder' | 'log'>;
  /** For tests of a crash between intent and deed. */
  readonly beforeActing?: () => Promise<void>;
}

export interface Server {
  /** `http://127.0.0.1:7400` */
  readonly address: string;
  readonly apiToken: Redacted;
  /** A fresh one-time secret to sign in with, valid for a day. */
  mintSecret(user?: string): Promise<Redacted>;
  close(): Promise<void>;
}

/** How far back findings are counted again after a start: the longest default window. */
const REPLAY_MICROS = 600e6;
const HOUSEKEEPING_MS = 5000;
const SWEEP_EVERY = 60;
/** Twelve hours: half of what a secret lives. */
const RENEW_EVERY = 8640;
/** Likeness changes with every new page that is seen; each publication makes gateways and decoys take a policy over. */
const LIKENESS_EVERY_MS = 10_000;

/** Rejects with a Fault of the store (`store.locked` …), of the bus or of the server. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const places = dataPlaces(options.data);
  makePrivateFolder(places.folder);
  const { log } = options;
  const store = await openStore({
    ...options.store,
    folder: places.store,
    log: (level, text, facts) => log[level](facts ?? {}, text),
  });
  const closing: (() => Promise<unknown> | void)[] = [() => store.close()];
  const close = async () => {
    for (const step of closing.splice(0).toReversed()) await step();
  };
  try {
    const apiToken = newSecret();
    const parts = construct(options, store, apiToken);
    const { core, accounts } = parts;
    await accounts.provision();
    await provisionSecrets(core, store, options.data, apiToken);
    await takeUp(parts, store);
    closing.push(() => settleAll(parts));
    const hub = await listenHub(hubOptions(options, parts));
    parts.setHub(hub);
    closing.push(() => hub.close());
    await core.policy.publish();
    await parts.intake.replay(nowMicros() - REPLAY_MICROS);
    parts.engine.start();
    parts.open();
    closing.push(startHousekeeping(options, parts));
    closing.push(() => core.explainer.close());
    const app = await makeApp({
      core,
      hostNames: options.hostNames ?? [],
      dashboard: options.dashboard,
      ready: () => isReady(core),
    });
    closing.push(() => app.close());
    const address = await listen(app, options);
    writePrivate(places.address, address);
    return { address, apiToken, mintSecret: (user) => accounts.mintSecret(user), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Nothing may use the store when it closes: what nobody waits for is waited for here. */
async function settleAll({ engine, underway }: Parts): Promise<void> {
  await engine.close();
  await underway.idle();
  await engine.close();
}

type Parts = ReturnType<typeof construct>;

function construct(options: ServerOptions, store: Store, apiToken: Redacted) {
  const { source, log } = options;
  const { records, traffic } = store;
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const held: { hub?: Hub } = {};
  const hub = (): Hub => {
    if (!held.hub) throw new Error('the hub is used before it listens');
    return held.hub;
  };
  const audit = async (actor: string, what: string, target: string, detail: string) => {
    await records.appendAudit({ timeMicros: nowMicros(), actor, what, target, detail: detail.slice(0, 2000) });
  };
  const underway = new Underway();
  const meters = makeMeters();
  const live = makeLive(() => Date.now());
  const fleet = makeFleet();
  const neighbourhood = makeNeighbourhood();
  const accounts: Accounts = makeAccounts({
    records,
    apiToken,
    nowMicros,
    secretUsed: () => renewSecret(accounts, options.data),
  });
  const incidents = makeIncidents(records, (event) => live.publish(event));
  const responder = makeResponder(source.playbooks());
  const policy = makePolicyKeeper({ source, records, hub, openActions: () => engine.open() });
  const engine = new Engine({
    records,
    traffic,
    fleet,
    neighbourhood,
    policy,
    hub,
    log,
    times: { ...DEFAULT_TIMES, ...options.times },
    maxBystanders: (name) => source.playbooks().find((playbook) => playbook.name === name)?.guards.maxBystanders ?? 0,
    changed: followActions({ responder, incidents, live, meters, audit, underway, log }),
    ...(options.beforeActing ? { beforeActing: options.beforeActing } : {}),
  });
  const playbooks = () => source.playbooks();
  const decide = makeDecide({ engine, fleet, playbooks, audit, log });
  const intake = makeIntake({
    records,
    traffic,
    incidents,
    responder,
    decide,
    engine,
    fleet,
    neighbourhood,
    live,
    count: (kind, events) => meters.events.inc({ kind }, events),
    delay: (ms) => meters.addDelay(ms),
    serviceOfRoute: (name) => source.parts().routes.routes.find((route) => route.name === name)?.service ?? '',
    likenessChanged: (likeness) => policy.setLikeness(likeness),
  });
  const dataFolder = options.data;
  const core: Core = {
    records,
    traffic,
    source,
    playbooks,
    policy,
    engine,
    fleet,
    incidents,
    live,
    accounts,
    meters,
    explainer: makeExplainer(),
    hub,
    audit,
    log,
    dataFolder,
  };
  const setHub = (made: Hub) => {
    held.hub = made;
  };
  return { core, accounts, engine, intake, responder, fleet, live, meters, setHub, opened, open, underway };
}

async function provisionSecrets(core: Core, store: Store, data: string, apiToken: Redacted): Promise<void> {
  const places = dataPlaces(data);
  // The one of the start before is worthless from now on.
  await store.records.removeSecrets('sign-in');
  await renewSecret(core.accounts, data);
  writePrivate(places.apiToken, apiToken.reveal());
}

/** The file always holds a secret that opens a session: whoever may read it owns the data folder. */
async function renewSecret(accounts: Accounts, data: string): Promise<void> {
  writePrivate(dataPlaces(data).signInSecret, (await accounts.mintSecret()).reveal());
}

/** What the process before this one left open. */
async function takeUp({ core, engine, responder }: Parts, { records }: Store): Promise<void> {
  await engine.recover();
  for (const action of engine.open()) {
    const event = responderEvent(action);
    if (event) responder.react(event);
  }
  await core.policy.reload();
  core.policy.setLikeness(await records.listLikeness());
}

function hubOptions(options: ServerOptions, parts: Parts): Parameters<typeof listenHub>[0] {
  const { log } = options;
  return {
    socketPath: options.socketPath,
    token: options.nodeToken,
    async onEvents(node, envelopes) {
      await parts.opened;
      await parts.underway.run(() => takeBatch(parts, log, node, envelopes));
    },
    onNodeChange(node) {
      parts.fleet.onNodeChange(node);
      parts.live.publish(nodeEvent(makeId<string>(), node.node, node.role, node.connected, nowMicros()));
    },
    log: (level, text, facts) => log[level](facts ?? {}, text),
  };
}

/**
 * A batch that cannot be stored now is not acknowledged: the node sends it again. One event that can never be taken must
 * not hold up those behind it: it is looked for, logged, counted and left out.
 */
async function takeBatch(parts: Parts, log: Logger, node: string, envelopes: readonly Envelope[]): Promise<void> {
  const { intake, meters } = parts;
  try {
    await intake.take(node, envelopes);
  } catch (error) {
    meters.intakeFailures.inc();
    if (isPassing(error)) {
      log.warn({ err: error, node, events: envelopes.length }, 'events could not be stored; the node sends them again');
      throw error;
    }
    await takeSingly(intake, log, node, envelopes);
  }
}

async function takeSingly(intake: Intake, log: Logger, node: string, envelopes: readonly Envelope[]): Promise<void> {
  for (const envelope of envelopes) {
    try {
      await intake.take(node, [envelope]);
    } catch (error) {
      if (isPassing(error)) throw error;
      log.error(
        { err: error, node, event: envelope.id, kind: envelope.kind },
        'an event cannot be taken and is left out',
      );
    }
  }
}

/** It may go better later: the disk, the worker, another policy. */
function isPassing(error: unknown): boolean {
  return error instanceof Fault && error.row.source !== 'client';
}

function startHousekeeping({ source, log, data }: ServerOptions, parts: Parts): () => void {
  const { core, responder, underway } = parts;
  const attempt = (what: string, job: () => Promise<unknown>) => {
    underway.run(job).catch((error: unknown) => log.warn({ err: error }, `${what} failed; it is tried again`));
  };
  source.onChange(() => {
    responder.setPlaybooks(source.playbooks());
    attempt('publishing the changed configuration', () => core.policy.publish());
  });
  let turns = 0;
  const timer = setInterval(() => {
    turns++;
    attempt('ending exceptions', () => core.policy.expireExceptions());
    if (turns % SWEEP_EVERY === 0) attempt('closing quiet incidents', () => core.incidents.sweep());
    if (turns % RENEW_EVERY === 0) attempt('renewing the secret', () => renewSecret(core.accounts, data));
    if ((turns * HOUSEKEEPING_MS) % LIKENESS_EVERY_MS === 0) attempt('publishing', () => core.policy.publish());
  }, HOUSEKEEPING_MS);
  return () => {
    clearInterval(timer);
    source.close();
  };
}

async function isReady({ records, policy, log }: Core): Promise<boolean> {
  try {
    await records.getSetting('ready');
    return policy.current() !== undefined;
  } catch (error) {
    log.warn({ err: error }, 'not ready');
    return false;
  }
}

async function listen(app: FastifyInstance, { port, address = '127.0.0.1' }: ServerOptions): Promise<string> {
  await app.listen({ port, host: address });
  const bound = app.server.address();
  if (bound === null || typeof bound === 'string') throw new Error('a TCP server has an address');
  // Who reads this is on this host, and no browser may be sent to "any address".
  const host = bound.address === '0.0.0.0' ? '127.0.0.1' : bound.address === '::' ? '::1' : bound.address;
  return `http://${bound.family === 'IPv6' ? `[${host}]` : host}:${bound.port}`;
}
