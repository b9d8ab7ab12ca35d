import { Outlet } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { live } from '../server/live.ts';
import { useScope } from '../scope.ts';
import { SessionGate } from '../session/session.tsx';
import { Go } from '../show/go.tsx';
import { Toasts } from '../show/toasts.tsx';
import { useText } from '../text/text.ts';
import { Header } from './header.tsx';
import { KeyHelp } from './key-help.tsx';
import { Palette } from './palette.tsx';
import { PAGES } from './pages.ts';
import { useKeys } from './use-keys.ts';
import './shell.css';

export function Shell() {
  return (
    <SessionGate>
      <Toasts>
        <Frame />
      </Toasts>
    </SessionGate>
  );
}

function Frame() {
  const say = useText();
  const { to } = useScope();
  const [open, setOpen] = useState<'palette' | 'keys' | undefined>(undefined);
  useKeys({ openPalette: () => setOpen('palette'), openHelp: () => setOpen('keys') });
  useEffect(() => live.pause(to !== undefined), [to]);
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {say('header.skip')}
      </a>
      <Header openPalette={() => setOpen('palette')} openKeys={() => setOpen('keys')} />
      <nav className="nav" aria-label={say('nav.label')}>
        {PAGES.map(({ to: place, name, icon: Icon }) => (
          <Go key={place} to={place} className="nav-item" title={say(name)}>
            <Icon size={17} aria-hidden />
            <span>{say(name)}</span>
          </Go>
        ))}
      </nav>
      <main id="content" className="content" tabIndex={-1}>
        <Outlet />
      </main>
      <Palette opened={open === 'palette'} close={() => setOpen(undefined)} />
      <KeyHelp opened={open === 'keys'} close={() => setOpen(undefined)} />
    </div>
  );
}
