import { Button, Group, Modal, Select, TextInput } from '@mantine/core';
import { ActionKind, GATEWAY_ACTIONS, parseSourceKey, type ActionTarget } from '@seawall/contract';
import { useState } from 'react';
import { useApi } from '../server/queries.ts';
import { useText } from '../text/text.ts';
import { ActDialog } from './act-dialog.tsx';

interface Props {
  readonly kind: ActionKind | undefined;
  /** Key of a source. */
  readonly given: string | undefined;
  readonly close: () => void;
}

/** Chooses what and whom; the next step shows what it would hit. */
export function HandForm({ kind: first, given, close }: Props) {
  const say = useText();
  const [kind, setKind] = useState<ActionKind>(first ?? 'block');
  const [source, setSource] = useState(given ?? '');
  const [instance, setInstance] = useState<string | null>(null);
  const [chosen, setChosen] = useState<ActionTarget | undefined>(undefined);
  const workloads = useApi('workloads', {});
  const items = workloads.data?.items ?? [];
  const aimsAtSource = GATEWAY_ACTIONS.includes(kind);
  const target = aimsAtSource ? targetOfText(source) : targetOfItem(items[Number(instance ?? Number.NaN)]);
  if (chosen) return <ActDialog kind={kind} target={chosen} reason="" close={close} />;
  return (
    <Modal
      opened
      onClose={close}
      title={say('actions.byHand')}
      closeButtonProps={{ 'aria-label': say('general.close') }}
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          setChosen(target);
        }}
      >
        <Select
          label={say('column.action')}
          value={kind}
          data={ActionKind.options.map((value) => ({
            value,
            label: `${say(`act.${value}`)} – ${say(`act.${value}.help`)}`,
          }))}
          onChange={(value) => setKind(ActionKind.options.find((one) => one === value) ?? kind)}
          allowDeselect={false}
        />
        {aimsAtSource ? (
          <TextInput
            label={say('column.source')}
            description={say('act.sourceHelp')}
            placeholder="address:192.0.2.7"
            value={source}
            maxLength={300}
            error={source !== '' && target === undefined ? say('act.sourceWrong') : undefined}
            onChange={(event) => setSource(event.currentTarget.value)}
          />
        ) : (
          <Select
            label={say('column.workload')}
            value={instance}
            searchable
            nothingFoundMessage={say('workloads.empty')}
            data={items.map((item, index) => ({
              value: String(index),
              label: `${item.workload.service} / ${item.workload.instance?.name ?? item.workload.workload}`,
            }))}
            onChange={setInstance}
          />
        )}
        <p className="dim small">{say('act.releaseHelp')}</p>
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {say('general.cancel')}
          </Button>
          <Button type="submit" disabled={target === undefined}>
            {say('act.preview')}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

/** A source's key, or a bare address. */
function targetOfText(text: string): ActionTarget | undefined {
  const given = text.trim();
  const bare = /^[0-9a-f:.]+(?:\/\d+)?$/i.test(given) && /[.:]/.test(given);
  const source = bare ? { kind: 'address' as const, address: given } : parseSourceKey(given);
  return source && { kind: 'source', source };
}

function targetOfItem(
  item: { readonly workload: Extract<ActionTarget, { kind: 'workload' }>['workload'] } | undefined,
): ActionTarget | undefined {
  return item && { kind: 'workload', workload: item.workload };
}
