import { ActionIcon, Menu, Select } from '@mantine/core';
import { CircleUser, Keyboard, LogOut, Search as SearchIcon } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { lastHeardMs } from '../server/call.ts';
import { STALE_MS } from '../show/stale.ts';
import { live } from '../server/live.ts';
import { useApi, useWrite } from '../server/queries.ts';
import { RANGE_NAMES, useScope, useSetSearch } from '../scope.ts';
import { forgetSession, useSession } from '../session/session.tsx';
import { clockTime, formatCount, relativeTime } from '../show/format.ts';
import { Go } from '../show/go.tsx';
import { useNow } from '../show/now.ts';
import { useLanguage, useText } from '../text/text.ts';
import { LanguageMenu, ThemeButton } from './appearance.tsx';
import { Logo } from './logo.tsx';

export function Header({ openPalette, openKeys }: { readonly openPalette: () => void; readonly openKeys: () => void }) {
  const say = useText();
  return (
    <header className="header">
      <Go to="/" className="home" aria-label={say('header.home')}>
        <Logo />
      </Go>
      <ServiceChoice />
      <RangeChoice />
      <LiveButton />
      <span className="grow" />
      <button type="button" className="search-button" onClick={openPalette}>
        <SearchIcon size={15} aria-hidden />
        <span className="grow search-words">{say('header.search')}</span>
        <kbd>/</kbd>
        <kbd>Ctrl K</kbd>
      </button>
      <LanguageMenu />
      <ThemeButton />
      <UserMenu openKeys={openKeys} />
      <StaleBar />
    </header>
  );
}

function ServiceChoice() {
  const say = useText();
  const setSearch = useSetSearch();
  const { service } = useScope();
  const settings = useApi('settings', {}, { everyMs: 60_000 });
  const names = new Set((settings.data?.routes ?? []).map((route) => route.service));
  if (service !== undefined) names.add(service);
  return (
    <Select
      size="xs"
      className="header-scope"
      aria-label={say('header.service')}
      value={service ?? ''}
      data={[
        { value: '', label: say('header.allServices') },
        ...[...names].toSorted().map((name) => ({ value: name, label: name })),
      ]}
      onChange={(value) => setSearch({ service: value || undefined }, false)}
      allowDeselect={false}
    />
  );
}

function RangeChoice() {
  const say = useText();
  const setSearch = useSetSearch();
  const { range } = useScope();
  return (
    <Select
      size="xs"
      className="header-range"
      aria-label={say('header.range')}
      value={range}
      data={RANGE_NAMES.map((name) => ({ value: name, label: say(`range.${name}`) }))}
      onChange={(value) => setSearch({ range: value ?? undefined }, false)}
      allowDeselect={false}
    />
  );
}

function LiveButton() {
  const say = useText();
  const language = useLanguage();
  const setSearch = useSetSearch();
  const { to } = useScope();
  const feed = useSyncExternalStore(live.subscribe, live.snapshot);
  const paused = to !== undefined;
  const tone = paused ? 'limited' : feed.connected ? 'ok' : 'unknown';
  const words = paused
    ? say('live.paused', { time: clockTime(to, language) })
    : say(feed.connected ? 'live.on' : 'live.connecting');
  return (
    <button
      type="button"
      className={`live tone-${tone}`}
      aria-pressed={paused}
      title={say(paused ? 'live.resume' : 'live.pause')}
      onClick={() => setSearch({ to: paused ? undefined : String(Date.now()) })}
    >
      <span className="dot" aria-hidden />
      {words}
      {paused && feed.waiting > 0 ? ` · ${say('live.waiting', { events: formatCount(feed.waiting, language) })}` : ''}
    </button>
  );
}

function StaleBar() {
  const say = useText();
  const language = useLanguage();
  const now = useNow();
  const heard = lastHeardMs();
  if (heard === 0 || now - heard < STALE_MS) return null;
  return (
    <div className="stale-bar" role="alert">
      {say('live.stale', { when: relativeTime(heard, now, language) })}
    </div>
  );
}

function UserMenu({ openKeys }: { readonly openKeys: () => void }) {
  const say = useText();
  const session = useSession();
  const signOut = useWrite('signOut', [], forgetSession);
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={say('header.user', { user: session.user })}
          data-testid="user-menu"
        >
          <CircleUser size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {session.user} · {say(`role.${session.role}`)}
        </Menu.Label>
        <Menu.Item leftSection={<Keyboard size={15} />} onClick={openKeys}>
          {say('keys.title')}
        </Menu.Item>
        <Menu.Item leftSection={<LogOut size={15} />} onClick={() => signOut.mutate({})} data-testid="sign-out">
          {say('header.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
