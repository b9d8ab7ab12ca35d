import { sourceKey, type ActionRequest, type IncidentId } from '@seawall/contract';
import { DEFAULT_GUARDS, type GuardSettings } from '@seawall/respond';
import { isGatewayAction } from '../act/action-book.ts';
import type { Draft } from '../act/draft.ts';
import type { Actor } from '../auth/accounts.ts';
import type { Core } from '../core.ts';
import { fault } from '../fault-table.ts';
import type { Handlers } from '../http/handlers.ts';

type Names = 'actions' | 'action' | 'previewAction' | 'act' | 'undoAction';

export function actionHandlers({ records, engine, playbooks }: Core): Pick<Handlers, Names> {
  /** A person is not counted against the playbooks' rate, but all that is protected anywhere is. */
  const guards = (): GuardSettings => {
    const { maxPerMinute: _unlimited, ...rest } = DEFAULT_GUARDS;
    return { ...rest, protect: playbooks().flatMap((playbook) => playbook.guards.protect) };
  };

  const draftOf = async (request: ActionRequest, actor: Actor): Promise<Draft> => {
    const incident = await openIncidentOf(request);
    return {
      kind: request.kind,
      target: request.target,
      actor: actor.name,
      reason: request.reason,
      findings: [],
      ...(incident === undefined ? {} : { incident }),
      durationMs: request.durationSeconds === undefined ? undefined : request.durationSeconds * 1000,
      dryRun: request.dryRun,
      guards: guards(),
    };
  };

  const openIncidentOf = async ({ target }: ActionRequest): Promise<IncidentId | undefined> => {
    if (target.kind !== 'source') return undefined;
    const page = await records.pageIncidents({ source: sourceKey(target.source) }, { limit: 1 });
    const newest = page.rows[0];
    return newest && newest.state !== 'closed' ? newest.id : undefined;
  };

  return {
    actions: ({ query }) =>
      records.pageActions(
        { state: query.state, incident: query.incident },
        { cursor: query.cursor, limit: query.limit },
      ),
    async action({ params }) {
      const action = await records.getAction(params.id);
      if (!action) throw fault('server.no-such-row', { what: 'action' });
      return action;
    },
    previewAction: async ({ body, actor }) => engine.preview(await draftOf(body, actor)),
    async act({ body, actor }) {
      const acting = engine.act(await draftOf(body, actor));
      const intent = await acting.intent;
      // A responder may take a while; the gateways' acknowledgement is worth waiting for.
      return isGatewayAction(intent.kind) || intent.dryRun || intent.guards.some((check) => !check.passed)
        ? acting.settled
        : intent;
    },
    undoAction: ({ params, body, actor }) => engine.undo(params.id, actor.name, body.reason),
  };
}
