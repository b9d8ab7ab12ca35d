import { Button, Group, Modal, Select, Switch, TextInput } from '@mantine/core';
import type { ActionKind, ActionTarget } from '@seawall/contract';
import { useNavigate } from '@tanstack/react-router';
import { Check, X } from 'lucide-react';
import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { call } from '../server/call.ts';
import { useWrite } from '../server/queries.ts';
import type { Search } from '../scope.ts';
import { scopeIn } from '../show/go.tsx';
import { targetWords } from '../show/source.tsx';
import { Failed, Loading } from '../show/states.tsx';
import { useTell } from '../show/toasts.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useText } from '../text/text.ts';
import { DURATIONS, durationWords } from './durations.ts';

/** A restart is over when it is done; the others last. */
const ENDS_AT_ONCE: readonly ActionKind[] = ['restart'];
const DEFAULT_SECONDS = 3600;

interface Props {
  readonly kind: ActionKind;
  readonly target: ActionTarget;
  readonly reason: string;
  readonly close: () => void;
}

/** What it will hit, whether the guards let it, how it is taken back: all before it is done. */
export function ActDialog({ kind, target, reason: given, close }: Props) {
  const say = useText();
  const tell = useTell();
  const navigate = useNavigate();
  const [reason, setReason] = useState(given);
  const [seconds, setSeconds] = useState(DEFAULT_SECONDS);
  const [dryRun, setDryRun] = useState(false);
  const lasting = !ENDS_AT_ONCE.includes(kind);
  const request = { kind, target, dryRun, ...(lasting ? { durationSeconds: seconds } : {}) };
  const preview = useQuery({
    queryKey: ['previewAction', request],
    queryFn: ({ signal }) => call('previewAction', { body: { ...request, reason: 'preview' } }, signal),
    staleTime: 10_000,
  });
  const undo = useWrite('undoAction', ['actions', 'action', 'finding']);
  const act = useWrite('act', ['actions', 'finding', 'incident', 'workloads', 'overview'], (action) => {
    tell(say('act.made', { kind: say(`act.${action.kind}`), target: targetWords(target, say) }), {
      undo: () => undo.mutate({ params: { id: action.id }, body: { reason: '' } }),
    });
    close();
    void navigate({ to: '/actions/$id', params: { id: action.id }, search: (before: Search) => scopeIn(before) });
  });
  const name = say('act.name', { kind: say(`act.${kind}`), target: targetWords(target, say) });
  return (
    <Modal opened onClose={close} size="lg" title={name} closeButtonProps={{ 'aria-label': say('general.close') }}>
      <div className="stack" data-testid="act-dialog">
        {preview.error ? <Failed error={preview.error} retry={() => void preview.refetch()} /> : null}
        {preview.data ? <Preview preview={preview.data} /> : preview.error ? null : <Loading />}
        <TextInput
          label={say('act.reason')}
          required
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group align="flex-end">
          {lasting ? (
            <Select
              label={say('act.duration')}
              value={String(seconds)}
              data={DURATIONS.map((one) => ({ value: String(one), label: durationWords(one, say) }))}
              onChange={(value) => setSeconds(Number(value ?? DEFAULT_SECONDS))}
              allowDeselect={false}
            />
          ) : null}
          <Switch
            label={say('act.dryRun')}
            checked={dryRun}
            onChange={(event) => setDryRun(event.currentTarget.checked)}
          />
        </Group>
        {act.error ? <Failed error={act.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {say('general.cancel')}
          </Button>
          <Button
            disabled={reason.trim() === '' || preview.data?.allowed === false}
            loading={act.isPending}
            onClick={() => act.mutate({ body: { ...request, reason: reason.trim() } })}
            data-testid="act-confirm"
          >
            {name}
          </Button>
        </Group>
      </div>
    </Modal>
  );
}

interface PreviewFacts {
  readonly guards: readonly { readonly guard: string; readonly passed: boolean; readonly detail: string }[];
  readonly allowed: boolean;
  readonly blastRadius: readonly string[];
  readonly undo: string;
}

function Preview({ preview }: { readonly preview: PreviewFacts }) {
  const say = useText();
  return (
    <>
      <div className="notice tone-acted">
        <div className="grow">
          <strong>{say('act.hits')}</strong>
          <ul>
            {preview.blastRadius.map((line) => (
              <li key={line}>{visibleLine(line, 300)}</li>
            ))}
          </ul>
          <div className="dim">
            {say('act.undoing')} {visibleLine(preview.undo, 300)}
          </div>
        </div>
      </div>
      <Guards guards={preview.guards} />
      {preview.allowed ? null : <p className="tag tone-blocked">{say('act.refused')}</p>}
    </>
  );
}

export function Guards({ guards }: { readonly guards: PreviewFacts['guards'] }) {
  const say = useText();
  if (guards.length === 0) return <p className="dim small">{say('guards.none')}</p>;
  return (
    <ul className="plain-list guards">
      {guards.map((check) => (
        <li key={`${check.guard} ${check.detail}`} className="row">
          <span className={`tag tone-${check.passed ? 'ok' : 'blocked'}`}>
            {check.passed ? <Check size={13} aria-hidden /> : <X size={13} aria-hidden />}
            {say(check.passed ? 'guards.passed' : 'guards.refused')}
          </span>
          <span>
            <strong>{check.guard}</strong> <span className="dim">{visibleLine(check.detail, 300)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
