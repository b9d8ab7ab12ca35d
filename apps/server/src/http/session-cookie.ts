import type { CookieSerializeOptions } from '@fastify/cookie';

export const COOKIE = 'seawall_session';

/** No Secure: the console is served on loopback without TLS. The server side ends the session; seven days are its most. */
export const cookieOptions: CookieSerializeOptions = {
  path: '/',
  httpOnly: true,
  sameSite: 'strict',
  maxAge: 7 * 24 * 3600,
};
