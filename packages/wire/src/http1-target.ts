import { isToken } from './characters.ts';
import type { RequestHead1 } from './http1-api.ts';
import type { ControlFields } from './http1-framing.ts';
import type { ViolationList } from './http1-violations.ts';

/** reg-name, IPv4 or IP-literal with an optional port (RFC 3986, 3.2.2); no user information, no list. */
const AUTHORITY = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~!$&'()*+;=%]+)(?::[0-9]{0,5})?$/;
/** Escapes that are none, and those of control characters: what they name depends on who decodes them. */
const UNSAFE_ESCAPE = /%(?:(?![2-9A-Fa-f][0-9A-Fa-f])|7[Ff])/;
const PLAIN_TARGET = /^[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=]*$/;

export interface Target {
  readonly form: RequestHead1['targetForm'];
  /** Authority of the target itself; undefined when the Host field gives it. */
  readonly authority: string | undefined;
  readonly scheme: string | undefined;
}

/** RFC 9112, 3.2: the four forms. */
export function readTarget(method: string, target: string, found: ViolationList): Target {
  if (target === '') {
    found.add('target-missing');
    return { form: 'invalid', authority: undefined, scheme: undefined };
  }
  if (!PLAIN_TARGET.test(target)) checkCharacters(target, found);
  if (method === 'CONNECT') return authorityForm(target, found);
  if (target.charCodeAt(0) === 47) return { form: 'origin', authority: undefined, scheme: undefined };
  // 3.2.4: only for a server-wide OPTIONS.
  if (target === '*' && method === 'OPTIONS') return { form: 'asterisk', authority: undefined, scheme: undefined };
  return absoluteForm(target, found);
}

function checkCharacters(target: string, found: ViolationList): void {
  if (/[ \t]/.test(target)) found.add('target-space');
  if (/[\0-\x08\x0a-\x1f\x7f]/.test(target)) found.add('target-control');
  if (/[\x80-\xff]/.test(target)) found.add('target-raw-8bit');
  if (/["<>^`{|}\\]/.test(target)) found.add('target-unsafe-character');
  if (/%(?![0-9A-Fa-f]{2})/.test(target)) found.add('target-percent');
  const fragment = target.indexOf('#');
  if (fragment >= 0) found.add('target-fragment');
  const backslash = target.indexOf('\\');
  const query = target.indexOf('?');
  if (backslash >= 0 && (query < 0 || backslash < query)) found.add('target-backslash');
}

/** 3.2.3: host and port, nothing else. */
function authorityForm(target: string, found: ViolationList): Target {
  if (isAuthority(target) && /:[0-9]+$/.test(target)) {
    return { form: 'authority', authority: target.toLowerCase(), scheme: undefined };
  }
  found.add('target-invalid', target);
  return { form: 'invalid', authority: undefined, scheme: undefined };
}

/** 3.2.2: a whole http(s) URI. */
function absoluteForm(target: string, found: ViolationList): Target {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)/.exec(target);
  const scheme = match?.[1]?.toLowerCase();
  let authority = match?.[2] ?? '';
  if (!match || (scheme !== 'http' && scheme !== 'https')) {
    found.add('target-invalid', target);
    return { form: 'invalid', authority: undefined, scheme: undefined };
  }
  // RFC 9110, 4.2.4: user information in a URI from elsewhere is an error.
  const at = authority.lastIndexOf('@');
  if (at >= 0) {
    found.add('target-userinfo');
    authority = authority.slice(at + 1);
  }
  if (!isAuthority(authority)) found.add('target-invalid', target);
  return { form: 'absolute', authority: authority.toLowerCase(), scheme };
}

function isAuthority(text: string): boolean {
  return AUTHORITY.test(text) && !(text.includes('%') && UNSAFE_ESCAPE.test(text));
}

/** RFC 9112, 3.2: exactly one valid Host in HTTP/1.1; the absolute form must say the same. */
export function readHost(target: Target, control: ControlFields, version: string, found: ViolationList): string {
  const [host, ...more] = control.host;
  if (more.length > 0) found.add('host-repeated');
  if (host === undefined) {
    if (version !== 'HTTP/1.0') found.add('host-missing');
  } else if (host === '') found.add('host-empty');
  else if (!isAuthority(host)) found.add('host-invalid', host);
  const named = host?.toLowerCase() ?? '';
  if (target.authority === undefined) return named;
  if (
    host !== undefined &&
    withoutDefaultPort(named, target.scheme) !== withoutDefaultPort(target.authority, target.scheme)
  ) {
    found.add('host-mismatch', host);
  }
  return target.authority;
}

function withoutDefaultPort(authority: string, scheme: string | undefined): string {
  if (scheme === undefined) return authority;
  const port = scheme === 'https' ? ':443' : ':80';
  if (authority.endsWith(port)) return authority.slice(0, -port.length);
  return authority.endsWith(':') ? authority.slice(0, -1) : authority;
}

const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']);

/** RFC 9110, 9.1: a case-sensitive token. */
export function checkMethod(method: string, found: ViolationList): void {
  if (KNOWN_METHODS.has(method)) return;
  if (!isToken(method)) found.add('method-invalid', method);
  else if (KNOWN_METHODS.has(method.toUpperCase())) found.add('method-case', method);
}
