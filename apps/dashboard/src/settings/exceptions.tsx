import { Button } from '@mantine/core';
import type { Settings } from '@seawall/contract';
import { useWrite } from '../server/queries.ts';
import { useMay } from '../session/session.tsx';
import { Card } from '../show/page.tsx';
import { RawText } from '../show/raw-text.tsx';
import { Empty } from '../show/states.tsx';
import { Time } from '../show/time.tsx';
import { useTell } from '../show/toasts.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useText } from '../text/text.ts';

export function Exceptions({ settings }: { readonly settings: Settings }) {
  const say = useText();
  const tell = useTell();
  const mayConfigure = useMay('configure');
  const remove = useWrite('removeException', ['settings'], () => tell(say('except.removed')));
  return (
    <Card title={say('settings.exceptions')}>
      {settings.exceptions.length === 0 ? <Empty title={say('except.empty')}>{say('except.emptyHelp')}</Empty> : null}
      <ul className="plain-list stack">
        {settings.exceptions.map((exception) => (
          <li key={exception.id} className="exception">
            <div className="row wrap">
              <code>{exception.rule}</code>
              <RawText inline text={exception.target} />
              <RawText inline text={exception.path} />
              <span className="dim">{exception.route}</span>
              <span className="grow" />
              {mayConfigure ? (
                <Button
                  size="compact-sm"
                  variant="default"
                  loading={remove.isPending}
                  onClick={() => remove.mutate({ params: { id: exception.id } })}
                  aria-label={say('except.removeNamed', {
                    rule: exception.rule,
                    target: visibleLine(exception.target, 60),
                  })}
                >
                  {say('except.remove')}
                </Button>
              ) : null}
            </div>
            <div className="small dim">
              {visibleLine(exception.reason, 300)} · {exception.owner} · <Time micros={exception.createdMicros} /> ·{' '}
              {exception.expiresMicros === null ? say('except.forever') : <Time micros={exception.expiresMicros} />}
            </div>
            <RawText text={exception.text} label={say('except.text')} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
