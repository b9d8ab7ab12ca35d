import {
  sourceKey,
  type Action,
  type EventId,
  type FindingRow,
  type Incident,
  type IncidentId,
  type LiveEvent,
} from '@seawall/contract';
import {
  CORRELATION_WINDOW_MS,
  addFinding,
  belongs,
  correlationKey,
  openIncident,
  withActions,
  type Sighting,
} from '@seawall/respond';
import type { Records } from '@seawall/store';
import { makeId, nowMicros, Turns } from '../clock.ts';
import { fault } from '../fault-table.ts';
import { incidentEvent } from '../show/live-events.ts';

// Puts findings into incidents and keeps both in one commit. One change at a time: an incident is read, changed and
// written as a whole.

/** Incidents kept in memory; the others are looked up in the store. */
const CACHED = 2000;
/** An incident in which nothing got through and that was silent this long is over without a person's word. */
const OVER_MICROS = 3600e6;

export interface Incidents {
  /** Correlates and commits. Answers the rows that were new, each with its incident. */
  commit(
    sightings: readonly (Sighting & { event: EventId; node: string; instance: string })[],
  ): Promise<readonly FindingRow[]>;
  onAction(action: Action): Promise<void>;
  close(id: string): Promise<void>;
  /** Closes those that are over. */
  sweep(): Promise<void>;
}

export function makeIncidents(records: Records, publish: (event: LiveEvent) => void): Incidents {
  const turns = new Turns();
  const cache = new Map<string, Incident>();

  const remember = (incident: Incident) => {
    const key = correlationKey(incident.source, incident.service);
    cache.delete(key);
    cache.set(key, incident);
    if (cache.size <= CACHED) return;
    const oldest = cache.keys().next();
    if (!oldest.done) cache.delete(oldest.value);
  };

  const find = async ({ source, service, timeMicros }: Sighting): Promise<Incident | undefined> => {
    const cached = cache.get(correlationKey(source, service));
    if (cached) return cached;
    const since = timeMicros - CORRELATION_WINDOW_MS * 1000;
    return records.openIncident(source ? sourceKey(source) : null, service, since);
  };

  const update = (id: string, change: (incident: Incident) => Incident) =>
    turns.take('incidents', async () => {
      const stored = await records.getIncident(id);
      if (!stored) throw fault('server.no-such-row', { what: 'incident' });
      const next = change(stored);
      if (JSON.stringify(next) === JSON.stringify(stored)) return;
      await records.putIncident({ incident: next });
      remember(next);
      if (next.state !== stored.state) publish(incidentEvent(next));
    });

  return {
    commit: (sightings) =>
      turns.take('incidents', async () => {
        const unseen = new Set(await records.unseenEvents(sightings.map((one) => one.event)));
        const changed = new Map<string, Incident>();
        const told = new Map<string, Incident>();
        const findings = [];
        for (const sighting of sightings) {
          if (!unseen.delete(sighting.event)) continue;
          const key = correlationKey(sighting.source, sighting.service);
          const known = changed.get(key) ?? (await find(sighting));
          const same = known && belongs(known, sighting.timeMicros) ? known : undefined;
          const incident = same ? addFinding(same, sighting) : openIncident(makeId<IncidentId>(), sighting);
          if (!same || same.severity !== incident.severity) told.set(incident.id, incident);
          // An incident that ended within this batch is stored beside the one that follows it.
          if (known && !same && changed.has(key)) changed.set(`${key} ${known.id}`, known);
          changed.set(key, incident);
          findings.push({ event: sighting.event, row: rowOf(sighting, incident) });
        }
        if (findings.length === 0) return [];
        const incidents = [...changed.values()].map((incident) => ({ incident }));
        await records.commitFindings({ findings, incidents });
        for (const { incident } of incidents) {
          remember(incident);
          if (told.has(incident.id)) publish(incidentEvent(incident));
        }
        return findings.map((finding) => finding.row);
      }),
    async onAction(action) {
      const id = action.cause.incident;
      if (id === undefined || action.dryRun) return;
      const actions = await records.actionsOfIncident(id);
      const contained = actions.some((one) => one.state === 'active' || (one.state === 'done' && !one.dryRun));
      await update(id, (incident) => withActions(incident, { started: action.state === 'planned' ? 1 : 0, contained }));
    },
    close: (id) => update(id, (incident) => ({ ...incident, state: 'closed' })),
    async sweep() {
      const before = nowMicros() - OVER_MICROS;
      for (const state of ['open', 'contained'] as const) {
        const page = await records.pageIncidents({ state, toMicros: before }, { limit: 200 });
        for (const { id, gotThrough } of page.rows) {
          if (gotThrough > 0) continue;
          const actions = await records.actionsOfIncident(id);
          if (actions.some((action) => action.state === 'active')) continue;
          await update(id, (incident) => ({ ...incident, state: 'closed' }));
        }
      }
    },
  };
}

function rowOf(
  sighting: Sighting & { readonly node: string; readonly instance: string },
  incident: Incident,
): FindingRow {
  const { timeMicros, node, source, service, instance, finding } = sighting;
  return { timeMicros, node, ...(source ? { source } : {}), service, instance, incident: incident.id, finding };
}
