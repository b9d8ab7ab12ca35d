import type { LiveEvent } from '@seawall/contract';
import { SegmentedControl } from '@mantine/core';
import { useState, useSyncExternalStore } from 'react';
import { live } from '../server/live.ts';
import { useScope } from '../scope.ts';
import { Go, safePlace } from '../show/go.tsx';
import { Card } from '../show/page.tsx';
import { Empty } from '../show/states.tsx';
import { Time } from '../show/time.tsx';
import { SeverityTag, VerdictTag } from '../show/verdict.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useText } from '../text/text.ts';

const KINDS = ['all', 'finding', 'action', 'incident', 'decoy'] as const;
type Kind = (typeof KINDS)[number];
const SHOWN = 40;

export function LiveEvents() {
  const say = useText();
  const { service } = useScope();
  const { events } = useSyncExternalStore(live.subscribe, live.snapshot);
  const [kind, setKind] = useState<Kind>('all');
  const shown = events.filter((event) => isWanted(event, kind, service)).slice(0, SHOWN);
  return (
    <Card title={say('live.title')}>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={say('live.kind')}
        value={kind}
        onChange={(value) => setKind(KINDS.find((one) => one === value) ?? 'all')}
        data={KINDS.map((one) => ({ value: one, label: say(`kind.${one}`) }))}
      />
      <ol className="plain-list live-list" data-testid="live-events" aria-label={say('live.title')} tabIndex={0}>
        {shown.map((event) => (
          <EventRow key={event.id} event={event} />
        ))}
        {shown.length === 0 ? (
          <li>
            <Empty title={say('live.empty')}>{say('live.emptyHelp')}</Empty>
          </li>
        ) : null}
      </ol>
    </Card>
  );
}

function isWanted(event: LiveEvent, kind: Kind, service: string | undefined): boolean {
  return (
    (kind === 'all' || event.kind === kind) &&
    (service === undefined || event.service === '' || event.service === service)
  );
}

function EventRow({ event }: { readonly event: LiveEvent }) {
  return (
    <li className="event-row" data-testid="event-row" data-kind={event.kind}>
      <SeverityTag severity={event.severity} word={false} />
      <div className="grow">
        <Go {...safePlace(event.link)} className="event-title">
          {visibleLine(event.title, 160)}
        </Go>
        <div className="row small dim event-facts">
          <VerdictTag verdict={event.verdict} filled={false} />
          {event.service === '' ? null : <span>{event.service}</span>}
          <span className="grow" />
          <Time micros={event.timeMicros} />
        </div>
      </div>
    </li>
  );
}
