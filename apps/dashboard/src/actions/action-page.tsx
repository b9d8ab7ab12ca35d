import type { Action } from '@seawall/contract';
import { useParams } from '@tanstack/react-router';
import { useApi } from '../server/queries.ts';
import { Go } from '../show/go.tsx';
import { Card, Page } from '../show/page.tsx';
import { TargetName, targetWords } from '../show/source.tsx';
import { Failed, Loading } from '../show/states.tsx';
import { Time } from '../show/time.tsx';
import { VerdictTag } from '../show/verdict.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useText } from '../text/text.ts';
import { Guards } from './act-dialog.tsx';
import { Expiry, UndoButton } from './action-line.tsx';

const REFRESH_MS = 3000;
const MOVING: readonly Action['state'][] = ['planned', 'running', 'undoing'];

export function ActionPage() {
  const say = useText();
  const { id = '' } = useParams({ strict: false });
  const found = useApi('action', { params: { id } }, { everyMs: REFRESH_MS });
  const action = found.data;
  const title = action
    ? say('act.name', { kind: say(`act.${action.kind}`), target: targetWords(action.target, say) })
    : say('column.action');
  return (
    <Page
      title={title}
      question={say('actions.question')}
      testId="action-page"
      actions={action ? <UndoButton action={action} size="xs" /> : undefined}
    >
      {found.error ? <Failed error={found.error} retry={() => void found.refetch()} /> : null}
      {action ? <Shown action={action} /> : found.error ? null : <Loading lines={8} />}
    </Page>
  );
}

function Shown({ action }: { readonly action: Action }) {
  const say = useText();
  return (
    <>
      <div className="row wrap">
        <VerdictTag verdict={action.state} />
        {action.dryRun ? <span className="tag filled tone-noted">{say('act.dryRun')}</span> : null}
        <Expiry action={action} />
        {MOVING.includes(action.state) ? <span className="dim small">{say('action.moving')}</span> : null}
      </div>
      <div className="columns half">
        <div className="stack">
          <Facts action={action} />
          <Card title={say('action.undoTitle')}>
            <p className="done-words">{visibleLine(action.undo, 500)}</p>
            {action.undoneBy === undefined ? null : (
              <p className="dim">{say('action.undoneBy', { who: visibleLine(action.undoneBy) })}</p>
            )}
          </Card>
        </div>
        <div className="stack">
          <Card title={say('action.outcome')}>
            {action.outcome ? (
              <>
                <span className={`tag filled tone-${action.outcome.verified ? 'ok' : 'unknown'}`}>
                  {say(action.outcome.verified ? 'outcome.verified' : 'outcome.notVerified')}
                </span>
                <p className="done-words">{visibleLine(action.outcome.detail, 800)}</p>
                <Time micros={action.outcome.timeMicros} />
              </>
            ) : (
              <p className="dim">{say('action.noOutcome')}</p>
            )}
          </Card>
          <Card title={say('guards.title')}>
            <Guards guards={action.guards} />
          </Card>
        </div>
      </div>
    </>
  );
}

function Facts({ action }: { readonly action: Action }) {
  const say = useText();
  const { cause } = action;
  return (
    <Card title={say('action.why')}>
      <dl className="facts">
        <dt>{say('column.cause')}</dt>
        <dd>{visibleLine(cause.reason, 800)}</dd>
        <dt>{say('action.actor')}</dt>
        <dd>{visibleLine(cause.actor)}</dd>
        <dt>{say('column.target')}</dt>
        <dd>
          <TargetName target={action.target} />
        </dd>
        {cause.incident === undefined ? null : (
          <>
            <dt>{say('column.incident')}</dt>
            <dd>
              <Go to={`/incidents/${cause.incident}`} className="go">
                {say('finding.incident')}
              </Go>
            </dd>
          </>
        )}
        {cause.findings.length === 0 ? null : (
          <>
            <dt>{say('nav.findings')}</dt>
            <dd>
              {cause.findings.slice(0, 10).map((id) => (
                <div key={id}>
                  <Go to={`/findings/${id}`} className="mono go">
                    {id}
                  </Go>
                </div>
              ))}
            </dd>
          </>
        )}
        <dt>{say('action.created')}</dt>
        <dd>
          <Time micros={action.createdMicros} />
        </dd>
        <dt>{say('action.updated')}</dt>
        <dd>
          <Time micros={action.updatedMicros} />
        </dd>
        {action.expiresMicros === undefined ? null : (
          <>
            <dt>{say('column.expiry')}</dt>
            <dd>
              <Time micros={action.expiresMicros} />
            </dd>
          </>
        )}
      </dl>
    </Card>
  );
}
