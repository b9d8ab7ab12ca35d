import type { Settings } from '@seawall/contract';
import { Card } from '../show/page.tsx';
import { RawText } from '../show/raw-text.tsx';
import { Empty } from '../show/states.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useText } from '../text/text.ts';

export function Playbooks({ settings }: { readonly settings: Settings }) {
  const say = useText();
  if (settings.playbooks.length === 0) {
    return (
      <Card>
        <Empty title={say('playbooks.empty')}>{say('playbooks.emptyHelp')}</Empty>
      </Card>
    );
  }
  return (
    <div className="columns half">
      {settings.playbooks.map((playbook) => (
        <Card
          key={playbook.name}
          title={playbook.name}
          aside={
            <span className={`tag filled tone-${playbook.enabled ? 'ok' : 'unknown'}`}>
              {say(playbook.enabled ? 'playbooks.on' : 'playbooks.off')}
            </span>
          }
        >
          <p className="done-words">{visibleLine(playbook.summary, 500)}</p>
          {playbook.text === '' ? null : <RawText text={playbook.text} label={playbook.name} />}
          <p className="dim small">{say('playbooks.file', { file: visibleLine(playbook.file) })}</p>
        </Card>
      ))}
    </div>
  );
}
