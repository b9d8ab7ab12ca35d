import { Modal, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { CornerDownLeft, Globe, Radar, Search as SearchIcon, type LucideIcon } from 'lucide-react';
import { useState, type KeyboardEvent } from 'react';
import type { Search } from '../scope.ts';
import { scopeIn, type Place } from '../show/go.tsx';
import { useText, type Say } from '../text/text.ts';
import { PAGES } from './pages.ts';

interface Command {
  readonly key: string;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly place: Place;
}

/** Search and go: pages by name; an address, a source or an id opens what belongs to it. */
export function Palette({ opened, close }: { readonly opened: boolean; readonly close: () => void }) {
  const say = useText();
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={say('palette.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': say('general.close') }}
    >
      <Search close={close} />
    </Modal>
  );
}

function Search({ close }: { readonly close: () => void }) {
  const say = useText();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const commands = commandsFor(text.trim(), say);
  const run = (command: Command | undefined) => {
    if (!command) return;
    close();
    void navigate({
      to: command.place.to as '/', // our own pages
      search: (before: Search) => ({ ...scopeIn(before), ...command.place.with }),
    });
  };
  const pressed = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setAt((now) => (now + step + commands.length) % Math.max(1, commands.length));
    } else if (event.key === 'Enter') run(commands[at]);
  };
  return (
    <>
      <TextInput
        data-autofocus
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={commands[at] ? `palette-${at}` : undefined}
        aria-label={say('palette.label')}
        placeholder={say('palette.label')}
        leftSection={<SearchIcon size={15} aria-hidden />}
        value={text}
        maxLength={300}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={pressed}
      />
      <div className="palette-list" role="listbox" id="palette-list" aria-label={say('palette.title')}>
        {commands.map((command, index) => (
          <button
            type="button"
            role="option"
            key={command.key}
            id={`palette-${index}`}
            aria-selected={index === at}
            className="palette-item"
            tabIndex={-1}
            onMouseEnter={() => setAt(index)}
            onClick={() => run(command)}
          >
            <command.icon size={15} aria-hidden />
            <span className="grow cut">{command.label}</span>
            {index === at ? <CornerDownLeft size={13} aria-hidden className="dim" /> : null}
          </button>
        ))}
      </div>
    </>
  );
}

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{22}$/;

function commandsFor(text: string, say: Say): Command[] {
  const lower = text.toLowerCase();
  const pages = PAGES.filter((page) => say(page.name).toLowerCase().includes(lower)).map((page) => ({
    key: page.to,
    label: say(page.name),
    icon: page.icon,
    place: { to: page.to },
  }));
  if (text === '') return pages;
  const found: Command[] = [];
  const isAddress = /^[0-9.]{4,}$|^[0-9a-f:]*:[0-9a-f:.]+$/i.test(text);
  const source = /^(address|session|token):/.test(text) ? text : isAddress ? `address:${text}` : undefined;
  if (source !== undefined) {
    found.push({
      key: 'source',
      label: say('palette.source', { source }),
      icon: Globe,
      place: { to: '/findings', with: { source } },
    });
  }
  if (isAddress) {
    found.push({
      key: 'address',
      label: say('palette.traffic', { address: text }),
      icon: Globe,
      place: { to: '/traffic', with: { address: text } },
    });
  }
  if (ID.test(lower)) {
    for (const page of PAGES.filter(({ to }) => ['/incidents', '/findings', '/actions', '/decoy'].includes(to))) {
      found.push({
        key: `${page.to}/id`,
        label: say('palette.open', { page: say(page.name), id: lower }),
        icon: page.icon,
        place: { to: `${page.to}/${lower}` },
      });
    }
  }
  found.push({
    key: 'text',
    label: say('palette.findings', { text }),
    icon: Radar,
    place: { to: '/findings', with: { q: text } },
  });
  return [...found, ...pages];
}
