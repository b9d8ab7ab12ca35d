import type { Session } from '@seawall/contract';
import { Button, PasswordInput, SegmentedControl, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useEffect, useState } from 'react';
import { call } from '../server/call.ts';
import { LanguageMenu, ThemeButton } from '../shell/appearance.tsx';
import { Logo } from '../shell/logo.tsx';
import { Failed } from '../show/states.tsx';
import { useText } from '../text/text.ts';
import './sign-in.css';

/** The secret of a link like `/#secret=…`; taken out of the address at once, so that it stays in no history. */
function takeSecret(): string {
  const secret = new URLSearchParams(location.hash.slice(1)).get('secret') ?? '';
  if (secret !== '') history.replaceState(history.state, '', location.pathname + location.search);
  return secret.slice(0, 200);
}

export function SignIn({ signedIn }: { readonly signedIn: (session: Session) => void }) {
  const say = useText();
  const [secret, setSecret] = useState('');
  useEffect(() => {
    const given = takeSecret();
    if (given !== '') setSecret(given);
  }, []);
  const [way, setWay] = useState<'secret' | 'password'>('secret');
  const [user, setUser] = useState('admin');
  const [password, setPassword] = useState('');
  const opening = useMutation({
    mutationFn: () => call('signIn', { body: way === 'secret' ? { secret: secret.trim() } : { user, password } }),
    onSuccess: signedIn,
  });
  useEffect(() => {
    document.title = `${say('signIn.title')} · Seawall`;
  }, [say]);
  const ready = way === 'secret' ? secret.trim() !== '' : user !== '' && password !== '';
  return (
    <main className="sign-in">
      <form
        className="sign-in-card card"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) opening.mutate();
        }}
      >
        <div className="row">
          <Logo />
          <span className="grow" />
          <LanguageMenu />
          <ThemeButton />
        </div>
        <div>
          <h1>{say('signIn.title')}</h1>
          <p className="question">{say('signIn.question')}</p>
        </div>
        <SegmentedControl
          fullWidth
          aria-label={say('signIn.way')}
          value={way}
          onChange={(value) => setWay(value === 'secret' ? 'secret' : 'password')}
          data={[
            { value: 'secret', label: say('signIn.bySecret') },
            { value: 'password', label: say('signIn.byPassword') },
          ]}
        />
        {way === 'secret' ? (
          <PasswordInput
            label={say('signIn.secret')}
            description={say('signIn.secretHelp')}
            value={secret}
            onChange={(event) => setSecret(event.currentTarget.value)}
            autoComplete="one-time-code"
            maxLength={200}
            data-autofocus
            data-testid="sign-in-secret"
            visibilityToggleButtonProps={{ 'aria-label': say('signIn.show') }}
          />
        ) : (
          <>
            <TextInput
              label={say('signIn.user')}
              value={user}
              onChange={(event) => setUser(event.currentTarget.value)}
              autoComplete="username"
              maxLength={100}
              data-testid="sign-in-user"
            />
            <PasswordInput
              label={say('signIn.password')}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              autoComplete="current-password"
              maxLength={200}
              data-testid="sign-in-password"
              visibilityToggleButtonProps={{ 'aria-label': say('signIn.show') }}
            />
          </>
        )}
        {opening.error ? <Failed error={opening.error} /> : null}
        <Button
          type="submit"
          disabled={!ready}
          loading={opening.isPending}
          leftSection={<KeyRound size={16} aria-hidden />}
          data-testid="sign-in-button"
        >
          {say('signIn.button')}
        </Button>
      </form>
    </main>
  );
}
