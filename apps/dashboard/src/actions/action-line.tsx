import { Button } from '@mantine/core';
import type { Action } from '@seawall/contract';
import { Undo2 } from 'lucide-react';
import { useWrite } from '../server/queries.ts';
import { useMay } from '../session/session.tsx';
import { countdown } from '../show/format.ts';
import { Go } from '../show/go.tsx';
import { useNow } from '../show/now.ts';
import { targetWords } from '../show/source.tsx';
import { useTell } from '../show/toasts.tsx';
import { VerdictTag } from '../show/verdict.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useText } from '../text/text.ts';
import './actions.css';

export function canUndo({ state }: Pick<Action, 'state'>): boolean {
  return state === 'active' || state === 'running';
}

export function UndoButton({
  action,
  size = 'compact-sm',
}: {
  readonly action: Action;
  readonly size?: 'compact-sm' | 'xs';
}) {
  const say = useText();
  const tell = useTell();
  const mayAct = useMay('act');
  const undo = useWrite('undoAction', ['actions', 'action', 'finding', 'incident', 'workloads', 'overview']);
  if (!mayAct || !canUndo(action)) return null;
  return (
    <Button
      size={size}
      variant="default"
      leftSection={<Undo2 size={14} aria-hidden />}
      loading={undo.isPending}
      data-testid="undo-button"
      aria-label={say('action.undoNamed', { kind: say(`act.${action.kind}`), target: targetWords(action.target, say) })}
      onClick={() =>
        undo.mutate(
          { params: { id: action.id }, body: { reason: '' } },
          {
            onSuccess: () => tell(say('action.undone', { target: targetWords(action.target, say) })),
            onError: (error) => tell(error.message, { failed: true }),
          },
        )
      }
    >
      {say('action.undo')}
    </Button>
  );
}

/** Time that is left of an action in force. */
export function Expiry({ action }: { readonly action: Action }) {
  const say = useText();
  const now = useNow();
  if (action.expiresMicros === undefined || !canUndo(action)) return <span className="dim">–</span>;
  return <span className="nowrap">{say('action.left', { time: countdown(action.expiresMicros / 1000 - now) })}</span>;
}

/** An action in the place of another thing: a finding, a timeline. */
export function ActionLine({ action }: { readonly action: Action }) {
  const say = useText();
  return (
    <div className="action-line">
      <div className="row wrap">
        <VerdictTag verdict={action.state} />
        <Go to={`/actions/${action.id}`} className="grow">
          {say('act.name', { kind: say(`act.${action.kind}`), target: targetWords(action.target, say) })}
        </Go>
        {action.dryRun ? <span className="tag filled tone-noted">{say('act.dryRun')}</span> : null}
        <UndoButton action={action} />
      </div>
      <div className="small dim">
        {visibleLine(action.cause.reason, 300)} {canUndo(action) ? <Expiry action={action} /> : null}
      </div>
    </div>
  );
}
