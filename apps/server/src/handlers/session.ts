import type { Core } from '../core.ts';
import type { Actor } from '../auth/accounts.ts';
import type { Handlers } from '../http/handlers.ts';

type Names = 'signIn' | 'session' | 'signOut' | 'setPassword';

export function sessionHandlers({ accounts, audit, meters }: Core): Pick<Handlers, Names> {
  const describe = async ({ user, role, csrf }: Actor) => ({
    user,
    role,
    csrf: csrf ?? '',
    hasPassword: await accounts.hasPassword(user),
  });

  return {
    async signIn({ body, address, setCookie }) {
      const byWhat = 'secret' in body ? 'one-time secret' : 'password';
      const who = 'secret' in body ? '' : body.user;
      try {
        const opened =
          'secret' in body
            ? await accounts.signInWithSecret(body.secret, address)
            : await accounts.signInWithPassword(body.user, body.password, address);
        setCookie(opened);
        meters.signIns.inc({ outcome: 'opened' });
        await audit(opened.actor.name, 'session.open', opened.actor.user, `with ${byWhat} from ${address}`);
        return await describe(opened.actor);
      } catch (error) {
        meters.signIns.inc({ outcome: 'refused' });
        await audit(`address:${address}`, 'session.refused', who, `with ${byWhat}`);
        throw error;
      }
    },
    session: ({ actor }) => describe(actor),
    async signOut({ actor, setCookie }) {
      await accounts.signOut(actor);
      setCookie(undefined);
      return { ok: true };
    },
    async setPassword({ actor, body }) {
      await accounts.setPassword(actor, body.password);
      return { ok: true };
    },
  };
}
