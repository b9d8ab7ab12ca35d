import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { useWrite } from '../server/queries.ts';
import { useSession } from '../session/session.tsx';
import { Card } from '../show/page.tsx';
import { Failed } from '../show/states.tsx';
import { useTell } from '../show/toasts.tsx';
import { useText } from '../text/text.ts';

const MIN_LENGTH = 12;

export function Account() {
  const say = useText();
  const tell = useTell();
  const session = useSession();
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const set = useWrite('setPassword', ['session', 'overview'], () => {
    setPassword('');
    setAgain('');
    tell(say('account.done'));
  });
  const short = password !== '' && password.length < MIN_LENGTH;
  const different = again !== '' && again !== password;
  return (
    <Card title={say('account.title', { user: session.user })}>
      <form
        className="stack account-form"
        onSubmit={(event) => {
          event.preventDefault();
          set.mutate({ body: { password } });
        }}
      >
        <p className="dim">{say(session.hasPassword ? 'account.has' : 'account.hasNone')}</p>
        <PasswordInput
          label={say('account.password')}
          description={say('account.help', { length: MIN_LENGTH })}
          error={short ? say('account.short', { length: MIN_LENGTH }) : undefined}
          value={password}
          maxLength={200}
          autoComplete="new-password"
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': say('signIn.show') }}
        />
        <PasswordInput
          label={say('account.again')}
          error={different ? say('account.different') : undefined}
          value={again}
          maxLength={200}
          autoComplete="new-password"
          onChange={(event) => setAgain(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': say('signIn.show') }}
        />
        {set.error ? <Failed error={set.error} /> : null}
        <Button type="submit" disabled={password.length < MIN_LENGTH || again !== password} loading={set.isPending}>
          {say('account.set')}
        </Button>
      </form>
    </Card>
  );
}
