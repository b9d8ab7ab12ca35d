import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Role } from '@seawall/contract';
import { Redacted } from '@seawall/faults';
import type { Records, UserSession } from '@seawall/store';
import { fault } from '../fault-table.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { makeThrottle } from './throttle.ts';

// Who may come in. Invariants: secrets, session ids and tokens are stored as SHA-256 only (they are 32 random bytes, so
// nothing slower is needed); a secret opens one session; every way in is throttled and answers the same to a wrong
// account as to a wrong password.

export const ADMIN = 'admin';
const SECRET_PURPOSE = 'sign-in';
const SECRET_MICROS = 24 * 3600e6;
const IDLE_MICROS = 12 * 3600e6;
const ABSOLUTE_MICROS = 7 * 24 * 3600e6;
/** A session's last use is written this often at most. */
const TOUCH_MICROS = 600e6;
/** Sessions kept in memory; the others are looked up. */
const MAX_CACHED = 1000;

export interface Actor {
  /** `user:admin`, `cli`. */
  readonly name: string;
  readonly user: string;
  readonly role: Role;
  /** Undefined for a bearer token: no browser adds it by itself. */
  readonly csrf: string | undefined;
  readonly sessionHash: string | undefined;
}

export interface Opened {
  readonly cookie: Redacted;
  readonly actor: Actor;
}

type KnownSession = UserSession & { readonly role: Role };

export interface Accounts {
  /** Makes the administrator when there is no user yet. */
  provision(): Promise<void>;
  mintSecret(user?: string): Promise<Redacted>;
  signInWithSecret(secret: string, address: string): Promise<Opened>;
  signInWithPassword(user: string, password: string, address: string): Promise<Opened>;
  ofCookie(cookie: string): Promise<Actor | undefined>;
  ofBearer(token: string): Actor | undefined;
  /** Whether a session that was opened still is, without counting as a use of it. */
  isOpen(actor: Actor): Promise<boolean>;
  signOut(actor: Actor): Promise<void>;
  setPassword(actor: Actor, password: string): Promise<void>;
  hasPassword(user: string): Promise<boolean>;
}

export interface AccountNeeds {
  readonly records: Records;
  readonly apiToken: Redacted;
  /** After a one-time secret has opened a session. */
  readonly secretUsed: () => Promise<void>;
  readonly nowMicros: () => number;
}

export function makeAccounts({ records, apiToken, secretUsed, nowMicros }: AccountNeeds): Accounts {
  const throttle = makeThrottle();
  const cache = new Map<string, KnownSession>();
  const tokenHash = sha256(apiToken.reveal());

  const keep = (session: KnownSession) => {
    cache.delete(session.idHash);
    cache.set(session.idHash, session);
    const oldest = cache.keys().next();
    if (cache.size > MAX_CACHED && !oldest.done) cache.delete(oldest.value);
  };

  const open = async (name: string, role: Role): Promise<Opened> => {
    const id = randomBytes(32).toString('base64url');
    const now = nowMicros();
    const session: KnownSession = {
      idHash: sha256(id),
      user: name,
      role,
      csrf: randomBytes(32).toString('base64url'),
      createdMicros: now,
      expiresMicros: now + IDLE_MICROS,
    };
    await records.addSession(withoutRole(session));
    keep(session);
    return { cookie: new Redacted(id), actor: actorOf(session) };
  };

  /** Idle time runs anew, up to the absolute end. */
  const touch = async (session: KnownSession, now: number): Promise<void> => {
    const expiresMicros = Math.min(session.createdMicros + ABSOLUTE_MICROS, now + IDLE_MICROS);
    if (expiresMicros - session.expiresMicros < TOUCH_MICROS) return;
    const touched = { ...session, expiresMicros };
    keep(touched);
    await records.removeSession(session.idHash);
    await records.addSession(withoutRole(touched));
  };

  return {
    async provision() {
      if ((await records.countUsers()) > 0) return;
      await records.addUser({ name: ADMIN, role: 'admin', passwordHash: null, createdMicros: nowMicros() });
    },
    async mintSecret(user = ADMIN) {
      const secret = randomBytes(32).toString('base64url');
      const now = nowMicros();
      await records.addSecret({
        hash: sha256(secret),
        purpose: SECRET_PURPOSE,
        user,
        createdMicros: now,
        expiresMicros: now + SECRET_MICROS,
      });
      return new Redacted(secret);
    },
    async signInWithSecret(secret, address) {
      throttle.enter(address, '', nowMicros() / 1000);
      const taken = await records.takeSecret(sha256(secret), SECRET_PURPOSE, nowMicros());
      const user = taken && (await records.getUser(taken.user));
      if (!user) throw fault('server.sign-in-refused');
      throttle.succeeded(address, '');
      const opened = await open(user.name, user.role);
      await secretUsed();
      return opened;
    },
    async signInWithPassword(name, password, address) {
      throttle.enter(address, name, nowMicros() / 1000);
      const user = await records.getUser(name);
      const right = await verifyPassword(password, user?.passwordHash ?? null);
      if (!user || !right) throw fault('server.sign-in-refused');
      throttle.succeeded(address, name);
      return open(user.name, user.role);
    },
    async ofCookie(cookie) {
      // Longer ones are none of ours; hashing them would be work for nothing.
      if (cookie.length > 100) return undefined;
      const idHash = sha256(cookie);
      const now = nowMicros();
      const session = cache.get(idHash) ?? (await records.getSession(idHash, now));
      if (!session || session.expiresMicros <= now) return undefined;
      await touch(session, now);
      return actorOf(session);
    },
    ofBearer(token) {
      const given = Buffer.from(sha256(token), 'hex');
      if (!timingSafeEqual(given, Buffer.from(tokenHash, 'hex'))) return undefined;
      return { name: 'cli', user: 'cli', role: 'admin', csrf: undefined, sessionHash: undefined };
    },
    async isOpen({ sessionHash }) {
      if (sessionHash === undefined) return true;
      const now = nowMicros();
      const session = cache.get(sessionHash) ?? (await records.getSession(sessionHash, now));
      return session !== undefined && session.expiresMicros > now;
    },
    async signOut({ sessionHash }) {
      if (sessionHash === undefined) return;
      cache.delete(sessionHash);
      await records.removeSession(sessionHash);
    },
    async setPassword({ user, sessionHash }, password) {
      if (sessionHash === undefined) throw fault('server.forbidden', { role: 'cli', permission: 'an own session' });
      await records.setPassword(user, await hashPassword(password));
      await records.removeSessionsOf(user, sessionHash);
      for (const [key, session] of cache) if (session.user === user && key !== sessionHash) cache.delete(key);
    },
    async hasPassword(user) {
      return typeof (await records.getUser(user))?.passwordHash === 'string';
    },
  };
}

function actorOf({ user, role, csrf, idHash }: KnownSession): Actor {
  return { name: `user:${user}`, user, role, csrf, sessionHash: idHash };
}

function withoutRole({ role: _role, ...session }: KnownSession): UserSession {
  return session;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
