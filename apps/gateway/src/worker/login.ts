import type { ServicePolicy } from '@seawall/contract';
import { formValue } from './source.ts';

/** Longer names are nobody's account; they would only fill the store. */
const MAX_ACCOUNT = 200;
const MAX_DEPTH = 8;

export function isLogin(service: ServicePolicy, method: string, path: string): boolean {
  return service.login !== undefined && service.login.method === method && service.login.path === path;
}

/** The account that a log-in request is about, as UTF-8 text; undefined when it cannot be found. */
export function accountOf(service: ServicePolicy, query: string, body: Buffer): string | undefined {
  const place = service.login?.account;
  if (place === undefined) return undefined;
  const found =
    place.in === 'json'
      ? jsonMember(body, place.name)
      : place.in === 'form' || place.in === 'query'
        ? utf8(formValue(place.in === 'form' ? body.toString('latin1') : query, place.name))
        : undefined;
  return found === undefined || found === '' ? undefined : found.slice(0, MAX_ACCOUNT);
}

function jsonMember(body: Buffer, dotted: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    // Not JSON: then the service will not find an account in it either.
    return undefined;
  }
  for (const name of dotted.split('.', MAX_DEPTH)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name]; // an object that has this member
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function utf8(latin1: string | undefined): string | undefined {
  return latin1 === undefined ? undefined : Buffer.from(latin1, 'latin1').toString('utf8');
}
