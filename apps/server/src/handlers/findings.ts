import type { Core } from '../core.ts';
import { explainFinding } from '../explain/explain-finding.ts';
import { fault } from '../fault-table.ts';
import { rangeMicros, type Handlers } from '../http/handlers.ts';
import { timelineOf } from '../show/timeline.ts';

type Names =
  | 'incidents'
  | 'incident'
  | 'closeIncident'
  | 'findings'
  | 'finding'
  | 'explainFinding'
  | 'decoySessions'
  | 'decoySession';

export function findingHandlers({ records, incidents, policy, explainer }: Core): Pick<Handlers, Names> {
  return {
    incidents: ({ query }) =>
      records.pageIncidents(
        { ...rangeMicros(query), state: query.state, service: query.service, source: query.source },
        { cursor: query.cursor, limit: query.limit },
      ),
    async incident({ params }) {
      const incident = await records.getIncident(params.id);
      if (!incident) throw fault('server.no-such-row', { what: 'incident' });
      return { incident, timeline: await timelineOf(records, incident) };
    },
    async closeIncident({ params }) {
      await incidents.close(params.id);
      return { ok: true };
    },
    findings: ({ query }) =>
      records.pageFindings(
        {
          ...rangeMicros(query),
          service: query.service,
          family: query.family,
          verdict: query.verdict,
          source: query.source,
          incident: query.incident,
        },
        { cursor: query.cursor, limit: query.limit },
      ),
    async finding({ params }) {
      const row = await records.getFinding(params.id);
      if (!row) throw fault('server.no-such-row', { what: 'finding' });
      return { row, actions: await records.actionsOfFinding(params.id) };
    },
    async explainFinding({ params }) {
      const row = await records.getFinding(params.id);
      if (!row) throw fault('server.no-such-row', { what: 'finding' });
      return explainFinding(row, policy.current()?.parts, explainer);
    },
    decoySessions: ({ query }) => records.pageDecoySessions({ cursor: query.cursor, limit: query.limit }),
    async decoySession({ params }) {
      const found = await records.getDecoySession(params.id);
      if (!found) throw fault('server.no-such-row', { what: 'decoy session' });
      return found;
    },
  };
}
