import {
  sourceKey,
  type DecoyStep,
  type Envelope,
  type FindingRow,
  type ServiceLikeness,
  type Source,
  type Workload,
} from '@seawall/contract';
import { merge } from '@seawall/likeness';
import type { Responder, ResponderEvent } from '@seawall/respond';
import type { Records, Traffic } from '@seawall/store';
import type { Engine } from '../act/engine.ts';
import type { Decide } from '../act/decide.ts';
import type { Live } from '../show/live.ts';
import { decoyEvent, findingEvent } from '../show/live-events.ts';
import type { Fleet } from './fleet.ts';
import type { Incidents } from './incidents.ts';
import type { Neighbourhood } from './neighbourhood.ts';

// What nodes send up, in the order that makes it safe to lose power anywhere: findings, decoy steps and results are in
// the store, and the intents that follow from them too, before the batch is acknowledged. A batch that comes again
// changes nothing: ids make its events single.

export interface IntakeNeeds {
  readonly records: Records;
  readonly traffic: Traffic;
  readonly incidents: Incidents;
  readonly responder: Responder;
  readonly decide: Decide;
  readonly engine: Engine;
  readonly fleet: Fleet;
  readonly neighbourhood: Neighbourhood;
  readonly live: Live;
  readonly count: (kind: Envelope['kind'], events: number) => void;
  readonly delay: (ms: number) => void;
  /** '' when no route has this name. */
  readonly serviceOfRoute: (route: string) => string;
  readonly likenessChanged: (likeness: readonly ServiceLikeness[]) => void;
}

type Kind<K extends Envelope['kind']> = Extract<Envelope, { kind: K }>;

export interface Intake {
  take(node: string, envelopes: readonly Envelope[]): Promise<void>;
  /** Counts findings of a time before this process again, so that a restart does not forget how far a counter was. */
  replay(sinceMicros: number): Promise<void>;
}

export function makeIntake(needs: IntakeNeeds): Intake {
  const likeness = new Map<string, ServiceLikeness>();

  return {
    async take(node, envelopes) {
      const now = Date.now();
      for (const envelope of envelopes) needs.neighbourhood.onEnvelope(envelope, now);
      await takeFindings(needs, ofKind(envelopes, 'finding'));
      await takeDecoySteps(needs, ofKind(envelopes, 'decoy'));
      for (const { result } of ofKind(envelopes, 'result')) await needs.engine.onResult(result);
      await takeExchanges(needs, ofKind(envelopes, 'exchange'));
      for (const { health } of ofKind(envelopes, 'health')) needs.fleet.onHealth(node, health, now);
      for (const { inventory } of ofKind(envelopes, 'inventory')) needs.fleet.onInventory(node, inventory, now);
      await takeLikeness(needs, likeness, ofKind(envelopes, 'likeness'));
      tell(needs, envelopes);
    },
    replay: (sinceMicros) => replay(needs, sinceMicros),
  };
}

function ofKind<K extends Envelope['kind']>(envelopes: readonly Envelope[], kind: K): readonly Kind<K>[] {
  return envelopes.filter((envelope): envelope is Kind<K> => envelope.kind === kind);
}

/** Counters and the delay from the edge to the store. */
function tell(needs: IntakeNeeds, envelopes: readonly Envelope[]): void {
  const counts = new Map<Envelope['kind'], number>();
  for (const { kind } of envelopes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  for (const [kind, events] of counts) needs.count(kind, events);
  const newest = envelopes.findLast((envelope) => envelope.kind === 'finding' || envelope.kind === 'exchange');
  if (newest) needs.delay(Math.max(0, Date.now() - newest.timeMicros / 1000));
}

async function takeFindings(needs: IntakeNeeds, envelopes: readonly Kind<'finding'>[]): Promise<void> {
  if (envelopes.length === 0) return;
  const workloads = new Map<string, Workload | undefined>();
  const sightings = envelopes.map((envelope) => {
    const workload = knownWorkload(needs.fleet, envelope.workload);
    workloads.set(envelope.finding.id, workload);
    return {
      event: envelope.id,
      node: envelope.node,
      finding: envelope.finding,
      source: envelope.source,
      service: workload?.service ?? needs.serviceOfRoute(envelope.finding.request.route),
      instance: workload?.instance?.name ?? '',
      timeMicros: envelope.timeMicros,
    };
  });
  const rows = await needs.incidents.commit(sightings);
  for (const row of rows) {
    needs.live.publish(findingEvent(row));
    const decisions = needs.responder.react(findingToEvent(row, workloads.get(row.finding.id)));
    for (const decision of decisions) await needs.decide(decision, row.incident);
  }
}

/** A gateway names the instance that answered; what kind of thing it is, only a responder knows. */
function knownWorkload(fleet: Fleet, workload: Workload | undefined): Workload | undefined {
  if (workload === undefined || workload.instance !== undefined) return workload;
  const known = fleet.instance(workload.service, workload.workload);
  if (known?.workload.instance) return known.workload;
  // A gateway that reached no instance names the service alone.
  return workload.workload === workload.service ? workload : namedWorkload(workload.service, workload.workload);
}

function findingToEvent(row: FindingRow, workload: Workload | undefined): ResponderEvent {
  const { finding, source, service } = row;
  return { kind: 'finding', timeMs: row.timeMicros / 1000, finding, source, service, workload };
}

async function takeDecoySteps(needs: IntakeNeeds, envelopes: readonly Kind<'decoy'>[]): Promise<void> {
  if (envelopes.length === 0) return;
  const steps = envelopes.map(({ id, timeMicros, step }) => ({ event: id, timeMicros, step }));
  const fresh = await Promise.all(steps.map(async ({ step }) => isFirst(needs.records, step)));
  await needs.records.addDecoySteps(steps);
  const told = new Set<string>();
  steps.forEach(({ step, timeMicros }, index) => {
    needs.engine.onDiverted(sourceKey(step.source));
    if (fresh[index] !== true || told.has(step.session)) return;
    told.add(step.session);
    needs.live.publish(decoyEvent(step, timeMicros));
  });
}

async function isFirst(records: Records, step: DecoyStep): Promise<boolean> {
  return (await records.decoySession(sourceKey(step.source), step.service)) !== step.session;
}

async function takeExchanges(needs: IntakeNeeds, envelopes: readonly Kind<'exchange'>[]): Promise<void> {
  if (envelopes.length === 0) return;
  const logins = [];
  for (const { exchange, source, timeMicros } of envelopes) {
    if (exchange.verdict === 'diverted' && source) needs.engine.onDiverted(sourceKey(source));
    // A log-in that the decoy granted teaches nothing about the account's owner.
    if (exchange.login?.ok !== true || exchange.verdict !== 'passed') continue;
    const { service, address } = exchange;
    const { account } = exchange.login;
    logins.push({ service, account, address, timeMicros });
    needs.responder.react({ kind: 'login', timeMs: timeMicros / 1000, service, account, address });
  }
  if (logins.length > 0) await needs.records.rememberLogins(logins);
  for (const { service, account, timeMicros } of logins) await needs.engine.onLogin(service, account, timeMicros);
  await needs.traffic.append(
    envelopes.map(({ timeMicros, node, source, exchange }) => ({
      timeMicros,
      node,
      source: sourceKey(source ?? addressSource(exchange.address)),
      exchange,
    })),
  );
}

function addressSource(address: string): Source {
  return { kind: 'address', address };
}

async function takeLikeness(
  needs: IntakeNeeds,
  known: Map<string, ServiceLikeness>,
  envelopes: readonly Kind<'likeness'>[],
): Promise<void> {
  if (envelopes.length === 0) return;
  if (known.size === 0) for (const stored of await needs.records.listLikeness()) known.set(stored.service, stored);
  const services = new Set<string>();
  for (const { likeness } of envelopes) {
    const before = known.get(likeness.service);
    known.set(likeness.service, before ? merge(before, likeness) : likeness);
    services.add(likeness.service);
  }
  for (const service of services) {
    const merged = known.get(service);
    if (merged) await needs.records.putLikeness(merged);
  }
  needs.likenessChanged([...known.values()]);
}

/** Findings whose intent is not in the store are decided now; the others were already. */
async function replay(needs: IntakeNeeds, sinceMicros: number): Promise<void> {
  const rows: FindingRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await needs.records.pageFindings({ fromMicros: sinceMicros }, { cursor, limit: 500 });
    rows.push(...page.rows);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && rows.length < 5000);
  for (const row of rows.toReversed()) {
    const workload =
      needs.fleet.instance(row.service, row.instance)?.workload ?? namedWorkload(row.service, row.instance);
    for (const decision of needs.responder.react(findingToEvent(row, workload))) {
      const newest = decision.findings.at(-1);
      if (newest !== undefined && (await needs.records.actionsOfFinding(newest)).length > 0) continue;
      await needs.decide(decision, row.incident);
    }
  }
}

function namedWorkload(service: string, instance: string): Workload | undefined {
  if (instance === '') return undefined;
  return {
    cluster: 'local',
    namespace: 'default',
    service,
    workload: service,
    instance: { kind: 'process', name: instance },
  };
}
