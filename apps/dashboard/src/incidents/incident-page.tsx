import { Button } from '@mantine/core';
import { sourceKey, type ApiAnswer, type TimelineEntry } from '@seawall/contract';
import { useParams } from '@tanstack/react-router';
import { Check, ListTree, Radar, Theater } from 'lucide-react';
import { useState } from 'react';
import { ActDialog } from '../actions/act-dialog.tsx';
import { familyWord } from '../findings/family.ts';
import { useApi, useWrite } from '../server/queries.ts';
import { useMay } from '../session/session.tsx';
import { absoluteTime, clockTime, formatMicros } from '../show/format.ts';
import { Go } from '../show/go.tsx';
import { Card, Page } from '../show/page.tsx';
import { SourceName } from '../show/source.tsx';
import { Failed, Loading } from '../show/states.tsx';
import { Time } from '../show/time.tsx';
import { useTell } from '../show/toasts.tsx';
import { SeverityTag, VerdictTag } from '../show/verdict.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useLanguage, useText } from '../text/text.ts';
import { GotThrough } from './got-through.tsx';
import { storyOf, type Chapter } from './story.ts';
import './incidents.css';

type Answer = ApiAnswer<'incident'>;

export function IncidentPage() {
  const say = useText();
  const { id = '' } = useParams({ strict: false });
  const found = useApi('incident', { params: { id } });
  const title = found.data ? visibleLine(found.data.incident.title, 240) : say('column.incident');
  return (
    <Page
      title={title}
      question={say('incidents.question')}
      testId="incident-page"
      actions={found.data ? <Buttons incident={found.data.incident} /> : undefined}
    >
      {found.error ? <Failed error={found.error} retry={() => void found.refetch()} /> : null}
      {found.data ? <Story answer={found.data} /> : found.error ? null : <Loading lines={10} />}
    </Page>
  );
}

function Buttons({ incident }: { readonly incident: Answer['incident'] }) {
  const say = useText();
  const tell = useTell();
  const mayAct = useMay('act');
  const [kind, setKind] = useState<'block' | 'divert' | undefined>(undefined);
  const close = useWrite('closeIncident', ['incident', 'incidents', 'overview'], () => tell(say('incident.closed')));
  if (!mayAct) return null;
  const { source } = incident;
  return (
    <>
      {source ? (
        <>
          <Button size="xs" variant="default" onClick={() => setKind('divert')}>
            {say('finding.divert')}
          </Button>
          <Button size="xs" variant="default" onClick={() => setKind('block')}>
            {say('finding.block')}
          </Button>
        </>
      ) : null}
      {incident.state === 'closed' ? null : (
        <Button
          size="xs"
          variant="default"
          leftSection={<Check size={14} aria-hidden />}
          loading={close.isPending}
          onClick={() => close.mutate({ params: { id: incident.id }, body: { reason: '' } })}
        >
          {say('incident.close')}
        </Button>
      )}
      {source && kind ? (
        <ActDialog
          kind={kind}
          target={{ kind: 'source', source }}
          reason={say('finding.actReason', { title: visibleLine(incident.title, 120) })}
          close={() => setKind(undefined)}
        />
      ) : null}
    </>
  );
}

function Story({ answer: { incident, timeline } }: { readonly answer: Answer }) {
  const say = useText();
  const language = useLanguage();
  const lasted = incident.lastMicros - incident.firstMicros;
  return (
    <>
      <div className="verdict-strip card">
        <div>
          <span className="dim small">{say('incident.stands')}</span>
          <VerdictTag verdict={incident.state} />
        </div>
        <div>
          <span className="dim small">{say('column.severity')}</span>
          <SeverityTag severity={incident.severity} />
        </div>
        <div>
          <span className="dim small">{say('incident.got')}</span>
          <GotThrough count={incident.gotThrough} />
        </div>
        <div>
          <span className="dim small">{say('incident.who')}</span>
          <SourceName source={incident.source} />
        </div>
        <div>
          <span className="dim small">{say('incident.against')}</span>
          <Go to="/workloads" with={{ service: incident.service }}>
            {incident.service}
          </Go>
        </div>
        <div>
          <span className="dim small">{say('incident.tried')}</span>
          <span>{incident.families.map((family) => familyWord(family, say)).join(', ')}</span>
        </div>
        <div>
          <span className="dim small">{say('incident.lasted')}</span>
          <span>
            {formatMicros(lasted, language)} · <Time micros={incident.lastMicros} />
          </span>
        </div>
        <div>
          <span className="dim small">{say('nav.findings')}</span>
          <Go to="/findings" with={{ incident: incident.id }} className="go">
            {incident.findings}
          </Go>
        </div>
        {incident.source ? (
          <div>
            <span className="dim small">{say('nav.traffic')}</span>
            <Go to="/traffic" with={{ source: sourceKey(incident.source) }} className="go">
              {say('incident.traffic')}
            </Go>
          </div>
        ) : null}
      </div>
      <Card title={say('incident.timeline')}>
        <ol className="plain-list timeline">
          {storyOf(timeline).map((chapter) => (
            <ChapterLine key={chapter.key} chapter={chapter} startMicros={incident.firstMicros} />
          ))}
        </ol>
      </Card>
    </>
  );
}

const ICONS = { finding: Radar, action: ListTree, decoy: Theater };

function ChapterLine({ chapter, startMicros }: { readonly chapter: Chapter; readonly startMicros: number }) {
  const say = useText();
  const [open, setOpen] = useState(false);
  const { first, entries } = chapter;
  if (entries.length === 1) return <EntryLine entry={first} startMicros={startMicros} />;
  return (
    <>
      <EntryLine entry={first} startMicros={startMicros}>
        <Button size="compact-xs" variant="default" aria-expanded={open} onClick={() => setOpen(!open)}>
          {say(open ? 'incident.fold' : 'incident.unfold', { count: entries.length - 1 })}
        </Button>
      </EntryLine>
      {open
        ? entries
            .slice(1)
            .map((entry) => <EntryLine key={`${entry.id} ${entry.verdict}`} entry={entry} startMicros={startMicros} />)
        : null}
    </>
  );
}

function EntryLine({
  entry,
  startMicros,
  children,
}: {
  readonly entry: TimelineEntry;
  readonly startMicros: number;
  readonly children?: React.ReactNode;
}) {
  const language = useLanguage();
  const Icon = ICONS[entry.kind];
  return (
    <li className={`timeline-entry ${entry.kind}`}>
      <div className="timeline-time small dim" title={absoluteTime(entry.timeMicros / 1000, language)}>
        <div>{clockTime(entry.timeMicros / 1000, language)}</div>
        <div>+{formatMicros(Math.max(0, entry.timeMicros - startMicros), language)}</div>
      </div>
      <span className="timeline-dot">
        <Icon size={14} aria-hidden />
      </span>
      <div className="grow">
        <div className="row wrap">
          <Go to={placeOf(entry)}>{visibleLine(entry.title, 240)}</Go>
          <VerdictTag verdict={entry.verdict} />
          {children}
        </div>
        <div className="small dim timeline-detail">{visibleLine(entry.detail, 600)}</div>
      </div>
    </li>
  );
}

function placeOf(entry: TimelineEntry): string {
  if (entry.kind === 'finding') return `/findings/${entry.finding ?? entry.id}`;
  if (entry.kind === 'action') return `/actions/${entry.action ?? entry.id}`;
  return `/decoy/${entry.id}`;
}
