import { ROLE_PERMISSIONS, type Permission, type Session } from '@seawall/contract';
import { createContext, use, useEffect, type ReactNode } from 'react';
import { ApiProblem, keepCsrf } from '../server/call.ts';
import { live } from '../server/live.ts';
import { queries, touch, useApi } from '../server/queries.ts';
import { Failed, Loading } from '../show/states.tsx';
import { SignIn } from './sign-in.tsx';

const SessionContext = createContext<Session | undefined>(undefined);
/** Also how silence of the server is noticed. */
const ASK_MS = 10_000;

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('only within SessionGate');
  return session;
}

export function useMay(permission: Permission): boolean {
  return ROLE_PERMISSIONS[useSession().role].includes(permission);
}

/** Shows the pages to who is signed in, and the sign-in at the same address to everybody else. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const session = useApi('session', {}, { everyMs: ASK_MS });
  const signedOut = session.error instanceof ApiProblem && session.error.problem.status === 401;
  const { data } = session;
  const user = signedOut ? undefined : data?.user;
  if (data && !signedOut) keepCsrf(data.csrf);
  useEffect(() => {
    if (user === undefined) return undefined;
    const stop = live.onArrival(touch);
    const close = live.open();
    return () => {
      stop();
      close();
    };
  }, [user]);
  if (signedOut) return <SignIn signedIn={(opened) => queries.setQueryData(['session', {}], opened)} />;
  if (data) return <SessionContext value={data}>{children}</SessionContext>;
  return (
    <div className="page">
      {session.error ? <Failed error={session.error} retry={() => void session.refetch()} /> : <Loading />}
    </div>
  );
}

export function forgetSession(): void {
  live.forget();
  keepCsrf('');
  void queries.resetQueries();
}
