import { Button, Group, Modal, SegmentedControl } from '@mantine/core';
import { Mode, type Settings } from '@seawall/contract';
import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useWrite } from '../server/queries.ts';
import { useMay } from '../session/session.tsx';
import { formatCount } from '../show/format.ts';
import { Card } from '../show/page.tsx';
import { Empty } from '../show/states.tsx';
import { useTell } from '../show/toasts.tsx';
import { VerdictTag } from '../show/verdict.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useLanguage, useText } from '../text/text.ts';

/** All routes at once, as the API names them. */
const ALL = '*';
const STRENGTH: Readonly<Record<Mode, number>> = { off: 0, monitor: 1, protect: 2 };

export function Modes({ settings }: { readonly settings: Settings }) {
  const say = useText();
  const tell = useTell();
  const [asked, setAsked] = useState<{ route: string; mode: Mode; before: Mode | undefined } | undefined>(undefined);
  const setMode = useWrite('setMode', ['settings', 'overview']);
  const apply = (route: string, mode: Mode, before: Mode | undefined) => {
    const name = route === ALL ? say('modes.all') : route;
    setMode.mutate(
      { body: { route, mode } },
      {
        onSuccess: () =>
          tell(
            say('modes.changed', { route: name, mode: say(`mode.${mode}`) }),
            before === undefined ? {} : { undo: () => setMode.mutate({ body: { route, mode: before } }) },
          ),
        onError: (error) => tell(error.message, { failed: true }),
      },
    );
  };
  const choose = (route: string, mode: Mode, before: Mode | undefined) => {
    const weaker = before === undefined ? mode !== 'protect' : STRENGTH[mode] < STRENGTH[before];
    if (weaker) setAsked({ route, mode, before });
    else apply(route, mode, before);
  };
  const common = settings.routes.every(({ mode }) => mode === settings.routes[0]?.mode)
    ? settings.routes[0]?.mode
    : undefined;
  return (
    <div className="stack">
      <Card title={say('modes.title')}>
        {settings.routes.length === 0 ? <Empty title={say('modes.empty')}>{say('modes.emptyHelp')}</Empty> : null}
        {settings.routes.length > 1 ? (
          <div className="mode-row all">
            <strong className="grow">{say('modes.all')}</strong>
            <ModeSwitch
              name="all"
              label={say('modes.all')}
              mode={common}
              choose={(mode) => choose(ALL, mode, common)}
            />
          </div>
        ) : null}
        {settings.routes.map((route) => (
          <RouteRow key={route.name} route={route} choose={(mode) => choose(route.name, mode, route.mode)} />
        ))}
        <dl className="facts mode-help small">
          {Mode.options.map((mode) => [
            <dt key={mode}>
              <VerdictTag verdict={mode} filled={false} />
            </dt>,
            <dd key={`${mode} help`}>{say(`mode.${mode}.help`)}</dd>,
          ])}
        </dl>
      </Card>
      <Rules settings={settings} />
      {asked ? (
        <WeakerDialog
          route={asked.route === ALL ? say('modes.all') : asked.route}
          mode={asked.mode}
          close={() => setAsked(undefined)}
          confirm={() => {
            apply(asked.route, asked.mode, asked.before);
            setAsked(undefined);
          }}
        />
      ) : null}
    </div>
  );
}

function RouteRow({
  route,
  choose,
}: {
  readonly route: Settings['routes'][number];
  readonly choose: (mode: Mode) => void;
}) {
  const say = useText();
  return (
    <div className={`mode-row ${route.mode}`}>
      <div className="grow">
        <div className="row wrap">
          <strong>{route.name}</strong>
          <span className="mono dim">
            {route.host}
            {route.path} → {route.service}
          </span>
          <span className="dim small">{say('modes.rules', { ruleSet: route.ruleSet })}</span>
        </div>
        {route.mode === route.fileMode ? null : (
          <div className="small dim">{say('modes.fileSays', { mode: say(`mode.${route.fileMode}`) })}</div>
        )}
        {route.mode === 'protect' ? null : (
          <div className={`tag tone-${route.mode === 'off' ? 'blocked' : 'limited'} mode-warning`}>
            <TriangleAlert size={13} aria-hidden />
            {say(route.mode === 'off' ? 'modes.offWarning' : 'modes.monitorWarning')}
          </div>
        )}
      </div>
      <ModeSwitch name={route.name} label={say('modes.of', { route: route.name })} mode={route.mode} choose={choose} />
    </div>
  );
}

function ModeSwitch({
  name,
  label,
  mode,
  choose,
}: {
  readonly name: string;
  readonly label: string;
  readonly mode: Mode | undefined;
  readonly choose: (mode: Mode) => void;
}) {
  const say = useText();
  const mayConfigure = useMay('configure');
  return (
    <SegmentedControl
      size="xs"
      className={`mode-switch ${mode ?? 'mixed'}`}
      data-testid={`mode-switch-${name}`}
      aria-label={label}
      title={mayConfigure ? undefined : say('failed.forbidden')}
      disabled={!mayConfigure}
      value={mode ?? ''}
      onChange={(value) => {
        const chosen = Mode.options.find((one) => one === value);
        if (chosen && chosen !== mode) choose(chosen);
      }}
      data={Mode.options.map((value) => ({ value, label: say(`mode.${value}`) }))}
    />
  );
}

function WeakerDialog({
  route,
  mode,
  close,
  confirm,
}: {
  readonly route: string;
  readonly mode: Mode;
  readonly close: () => void;
  readonly confirm: () => void;
}) {
  const say = useText();
  return (
    <Modal
      opened
      onClose={close}
      title={say('modes.weaken', { route, mode: say(`mode.${mode}`) })}
      closeButtonProps={{ 'aria-label': say('general.close') }}
    >
      <div className="stack">
        <div className={`notice tone-${mode === 'off' ? 'blocked' : 'limited'}`}>
          <TriangleAlert size={16} aria-hidden />
          <div className="grow">
            <strong>{say(mode === 'off' ? 'modes.offWarning' : 'modes.monitorWarning')}</strong>
            <div>{say(`mode.${mode}.help`)}</div>
          </div>
        </div>
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {say('general.cancel')}
          </Button>
          <Button color="red.9" onClick={confirm} data-testid="mode-confirm">
            {say('modes.set', { mode: say(`mode.${mode}`) })}
          </Button>
        </Group>
      </div>
    </Modal>
  );
}

function Rules({ settings }: { readonly settings: Settings }) {
  const say = useText();
  const language = useLanguage();
  return (
    <Card title={say('settings.ruleSets')}>
      {settings.ruleSets.length === 0 ? <p className="dim">{say('settings.noRuleSets')}</p> : null}
      <ul className="plain-list stack">
        {settings.ruleSets.map((set) => (
          <li key={set.name} className="row wrap">
            <strong>{set.name}</strong>
            <span>{say('settings.rules', { rules: formatCount(set.rules, language) })}</span>
            <span className="dim">{visibleLine(set.version)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
