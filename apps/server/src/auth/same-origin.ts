import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { fault } from '../fault-table.ts';
import type { Actor } from './accounts.ts';

// A page of another site can make a browser send requests here. Three walls, each enough alone: the cookie is
// SameSite=Strict; what the browser says about the origin must be ours; a write needs a header that another site cannot set.

/** Throws Fault `server.cross-site`. Clients that are no browser send neither header. */
export function checkOrigin(headers: IncomingHttpHeaders): void {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw fault('server.cross-site');
  const { origin, host } = headers;
  if (origin === undefined) return;
  if (host === undefined || (origin !== `http://${host}` && origin !== `https://${host}`)) {
    throw fault('server.cross-site');
  }
}

/** Throws Fault `server.csrf`. A bearer token needs none: no browser sends it by itself. */
export function checkCsrf(headers: IncomingHttpHeaders, actor: Actor): void {
  if (actor.csrf === undefined) return;
  const given = headers['x-csrf-token'];
  if (typeof given !== 'string' || !sameText(given, actor.csrf)) throw fault('server.csrf');
}

export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The name in a Host field, without port; undefined when it is none (RFC 9110, section 7.2). */
export function hostName(host: string | undefined): string | undefined {
  const parts = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9.-]{1,253})(?::\d{1,5})?$/.exec((host ?? '').toLowerCase());
  return parts?.[1]?.replace(/^\[|\]$/g, '');
}
