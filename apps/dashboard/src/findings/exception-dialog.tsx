import { Button, Group, Modal, Select, TextInput } from '@mantine/core';
import type { Finding } from '@seawall/contract';
import { useState } from 'react';
import { useWrite } from '../server/queries.ts';
import { RawText } from '../show/raw-text.tsx';
import { Failed } from '../show/states.tsx';
import { useTell } from '../show/toasts.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { DURATIONS, durationWords } from '../actions/durations.ts';
import { useText } from '../text/text.ts';

/** Says in words what else gets through before the exception is made, and shows its rule. */
export function ExceptionDialog({
  finding,
  choice,
  close,
}: {
  readonly finding: Finding;
  /** Rule and target to begin with; else the loudest. */
  readonly choice?: string | undefined;
  readonly close: () => void;
}) {
  const say = useText();
  const tell = useTell();
  const choices = [...new Map(finding.matches.map((match) => [`${match.ruleId} ${match.target}`, match])).entries()];
  const [chosen, setChosen] = useState(
    choice ?? choices.find(([, match]) => match.ruleId === finding.rule.id)?.[0] ?? choices[0]?.[0] ?? '',
  );
  const [reason, setReason] = useState('');
  const [seconds, setSeconds] = useState('');
  const remove = useWrite('removeException', ['settings']);
  const make = useWrite('makeException', ['settings'], (made) => {
    tell(say('except.made', { rule: made.rule }), { undo: () => remove.mutate({ params: { id: made.id } }) });
    close();
  });
  const match = finding.matches.find((one) => `${one.ruleId} ${one.target}` === chosen);
  if (!match) return null;
  const facts = {
    rule: match.ruleId,
    target: visibleLine(match.target, 120),
    path: visibleLine(finding.request.path, 160),
    route: finding.request.route,
  };
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={say('except.title')}
      closeButtonProps={{ 'aria-label': say('general.close') }}
    >
      <div className="stack" data-testid="exception-dialog">
        <Select
          label={say('except.match')}
          value={chosen}
          data={choices.map(([value, one]) => ({
            value,
            label: `${one.ruleId} · ${visibleLine(one.target, 60)} · ${visibleLine(one.message, 60)}`,
          }))}
          onChange={(value) => setChosen(value ?? chosen)}
          allowDeselect={false}
        />
        <div className="notice tone-limited">
          <div className="grow">
            <strong>{say('except.effect')}</strong>
            <ul>
              <li>{say('except.stops', facts)}</li>
              <li>{say('except.opens', facts)}</li>
              <li>{say('except.stays', facts)}</li>
            </ul>
          </div>
        </div>
        {finding.exception !== undefined && match.ruleId === finding.rule.id ? (
          <div>
            <div className="small dim">{say('except.text')}</div>
            <RawText text={finding.exception} label={say('except.text')} />
          </div>
        ) : null}
        <Group grow align="flex-start">
          <TextInput
            label={say('act.reason')}
            description={say('except.reasonHelp')}
            required
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Select
            label={say('act.duration')}
            description={say('except.durationHelp')}
            value={seconds}
            data={[
              { value: '', label: say('except.forever') },
              ...DURATIONS.filter((one) => one >= 3600).map((one) => ({
                value: String(one),
                label: durationWords(one, say),
              })),
            ]}
            onChange={(value) => setSeconds(value ?? '')}
            allowDeselect={false}
          />
        </Group>
        {make.error ? <Failed error={make.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {say('general.cancel')}
          </Button>
          <Button
            disabled={reason.trim() === ''}
            loading={make.isPending}
            onClick={() =>
              make.mutate({
                body: {
                  finding: finding.id,
                  rule: match.ruleId,
                  target: match.target,
                  reason: reason.trim(),
                  ...(seconds === '' ? {} : { durationSeconds: Number(seconds) }),
                },
              })
            }
          >
            {say('except.make')}
          </Button>
        </Group>
      </div>
    </Modal>
  );
}
