import { Button } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import type { Action, ActionKind, FindingRow } from '@seawall/contract';
import { Ban, Route as RouteIcon, ShieldOff } from 'lucide-react';
import { useState } from 'react';
import { ActDialog } from '../actions/act-dialog.tsx';
import { ActionLine } from '../actions/action-line.tsx';
import { useApi } from '../server/queries.ts';
import { useMay } from '../session/session.tsx';
import { Go } from '../show/go.tsx';
import { Card, Page } from '../show/page.tsx';
import { RawText } from '../show/raw-text.tsx';
import { SourceName } from '../show/source.tsx';
import { Failed, Loading } from '../show/states.tsx';
import { Time } from '../show/time.tsx';
import { SeverityTag, VerdictTag } from '../show/verdict.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useText } from '../text/text.ts';
import { familyWord } from './family.ts';
import { ExceptionDialog } from './exception-dialog.tsx';
import { Evidence } from './evidence.tsx';
import { ExplainedMatches } from './explained-matches.tsx';
import { ExplanationNotes } from './explanation-notes.tsx';
import { Matches } from './matches.tsx';
import { RuleFates } from './rule-fates.tsx';
import { ScoreLadder } from './score-ladder.tsx';
import { WhatIf } from './what-if.tsx';
import './findings.css';

export function FindingPage() {
  const say = useText();
  const { id = '' } = useParams({ strict: false });
  const found = useApi('finding', { params: { id } });
  if (found.error) {
    return (
      <Page title={say('finding.name')}>
        <Failed error={found.error} retry={() => void found.refetch()} />
      </Page>
    );
  }
  if (!found.data) {
    return (
      <Page title={say('finding.name')}>
        <Loading lines={12} />
      </Page>
    );
  }
  return <Shown row={found.data.row} actions={found.data.actions} />;
}

/** An exception of the loudest match, or of the one that was chosen. */
type Dialog = Extract<ActionKind, 'block' | 'divert'> | 'exception' | { readonly except: string };

function Shown({ row, actions }: { readonly row: FindingRow; readonly actions: readonly Action[] }) {
  const say = useText();
  const mayAct = useMay('act');
  const mayConfigure = useMay('configure');
  const [dialog, setDialog] = useState<Dialog | undefined>(undefined);
  const { finding, source } = row;
  const canExcept = finding.matches.length > 0;
  const found = useApi('explainFinding', { params: { id: finding.id } }, { enabled: finding.detector === 'seclang' });
  const explained = found.data?.state === 'explained' ? found.data : undefined;
  const same = explained !== undefined && explained.notAgain.length === 0 && !explained.gaps.includes('otherScore');
  const whole = same ? explained.explanation : undefined;
  return (
    <Page
      testId="finding-page"
      title={visibleLine(finding.title, 200)}
      question={say('finding.question')}
      actions={
        <>
          {mayAct && source ? (
            <>
              <Button
                size="xs"
                variant="default"
                leftSection={<RouteIcon size={14} />}
                onClick={() => setDialog('divert')}
              >
                {say('finding.divert')}
              </Button>
              <Button size="xs" variant="default" leftSection={<Ban size={14} />} onClick={() => setDialog('block')}>
                {say('finding.block')}
              </Button>
            </>
          ) : null}
          {mayConfigure && canExcept ? (
            <Button
              size="xs"
              variant="default"
              leftSection={<ShieldOff size={14} />}
              onClick={() => setDialog('exception')}
              data-testid="make-exception"
            >
              {say('finding.except')}
            </Button>
          ) : null}
        </>
      }
    >
      <Summary row={row} />
      <div className="columns two">
        <div className="stack">
          <Evidence finding={finding} />
          {whole === undefined ? <Matches finding={finding} /> : <ExplainedMatches matches={whole.matches} />}
        </div>
        <div className="stack">
          <ScoreLadder finding={finding} explanation={whole} />
          {finding.detector === 'seclang' && found.isPending ? <Loading lines={4} /> : null}
          {found.error ? <Failed error={found.error} retry={() => void found.refetch()} /> : null}
          {found.data ? <ExplanationNotes found={found.data} /> : null}
          {explained === undefined ? null : (
            <>
              <WhatIf
                finding={finding}
                explanation={explained.explanation}
                whole={same}
                except={mayConfigure && canExcept ? (choice) => setDialog({ except: choice }) : undefined}
              />
              <RuleFates explanation={explained.explanation} />
            </>
          )}
          <Done row={row} actions={actions} />
          <Facts row={row} />
        </div>
      </div>
      {source && (dialog === 'block' || dialog === 'divert') ? (
        <ActDialog
          kind={dialog}
          target={{ kind: 'source', source }}
          reason={say('finding.actReason', { title: visibleLine(finding.title, 120) })}
          close={() => setDialog(undefined)}
        />
      ) : null}
      {dialog === 'exception' || typeof dialog === 'object' ? (
        <ExceptionDialog
          finding={finding}
          choice={typeof dialog === 'object' ? dialog.except : undefined}
          close={() => setDialog(undefined)}
        />
      ) : null}
    </Page>
  );
}

function Summary({ row }: { readonly row: FindingRow }) {
  const say = useText();
  const { finding } = row;
  return (
    <div className="row wrap summary">
      <VerdictTag verdict={finding.verdict} />
      <SeverityTag severity={finding.severity} />
      <Go to="/findings" with={{ family: finding.family }} className="tag filled">
        {familyWord(finding.family, say)}
      </Go>
      <span>{visibleLine(finding.done, 300)}</span>
      <span className="grow" />
      <Time micros={row.timeMicros} />
    </div>
  );
}

function Done({ row, actions }: { readonly row: FindingRow; readonly actions: readonly Action[] }) {
  const say = useText();
  return (
    <Card title={say('finding.done')}>
      <p className="done-words">{visibleLine(row.finding.done, 500)}</p>
      {actions.length === 0 ? <p className="dim small">{say('finding.noActions')}</p> : null}
      {actions.map((action) => (
        <ActionLine key={action.id} action={action} />
      ))}
      {row.incident === null ? null : (
        <Go to={`/incidents/${row.incident}`} className="go">
          {say('finding.incident')}
        </Go>
      )}
    </Card>
  );
}

function Facts({ row }: { readonly row: FindingRow }) {
  const say = useText();
  const { finding } = row;
  const { request } = finding;
  return (
    <Card title={say('finding.facts')}>
      <dl className="facts">
        <dt>{say('column.source')}</dt>
        <dd>
          <SourceName source={row.source} />
        </dd>
        <dt>{say('column.address')}</dt>
        <dd>
          <Go to="/traffic" with={{ address: request.address }}>
            {request.address}
          </Go>
        </dd>
        <dt>{say('column.agent')}</dt>
        <dd>
          <RawText inline text={request.userAgent.slice(0, 300)} />
        </dd>
        {finding.account === undefined ? null : (
          <>
            <dt>{say('column.account')}</dt>
            <dd>
              <RawText inline text={finding.account} />
            </dd>
          </>
        )}
        <dt>{say('column.service')}</dt>
        <dd>
          {row.service} {row.instance === '' ? null : <span className="dim">/ {row.instance}</span>}
        </dd>
        <dt>{say('column.route')}</dt>
        <dd>
          {request.route} <VerdictTag verdict={finding.mode} filled={false} />
        </dd>
        <dt>{say('finding.answer')}</dt>
        <dd>{request.status === 0 ? say('finding.noAnswer') : request.status}</dd>
        <dt>{say('finding.rule')}</dt>
        <dd>
          <code>{finding.rule.id}</code> {visibleLine(finding.rule.name)}{' '}
          <span className="dim">{finding.rule.version}</span>
        </dd>
        <dt>{say('finding.detector')}</dt>
        <dd>{finding.detector}</dd>
        <dt>{say('finding.id')}</dt>
        <dd className="mono">{finding.id}</dd>
        <dt>{say('column.node')}</dt>
        <dd>{row.node}</dd>
      </dl>
    </Card>
  );
}
