import type { Mode, RoutePolicy } from '@seawall/contract';
import { percentDecoded } from './source.ts';

const STRICTNESS: Readonly<Record<Mode, number>> = { off: 0, monitor: 1, protect: 2 };

/** Routes by host and path prefix: an exact host before `*`, then the longest prefix. */
export class RouteTable {
  readonly #hosts = new Map<string, RoutePolicy[]>();

  constructor(routes: readonly RoutePolicy[]) {
    for (const route of routes) {
      const list = this.#hosts.get(route.host) ?? [];
      list.push(route);
      this.#hosts.set(route.host, list);
    }
    for (const list of this.#hosts.values()) list.sort((a, b) => b.path.length - a.path.length);
  }

  /**
   * The route of the path as it is written, since that is what the service gets. When the service may read it as another path
   * (dots, double slashes, percent-encoding) whose route is stricter, the request is inspected as that route says.
   */
  find(host: string, path: string): RoutePolicy | undefined {
    const written = this.#find(host, path);
    const plain = plainPath(path);
    if (written === undefined || plain === path) return written;
    const meant = this.#find(host, plain);
    if (meant === undefined || STRICTNESS[meant.mode] <= STRICTNESS[written.mode]) return written;
    return { ...meant, service: written.service };
  }

  #find(host: string, path: string): RoutePolicy | undefined {
    return matching(this.#hosts.get(host), path) ?? matching(this.#hosts.get('*'), path);
  }
}

function matching(routes: readonly RoutePolicy[] | undefined, path: string): RoutePolicy | undefined {
  if (routes === undefined) return undefined;
  for (const route of routes) if (isPrefix(route.path, path)) return route;
  return undefined;
}

/** A prefix ends where a segment ends: `/api` is one of `/api/x`, not of `/apix`. */
function isPrefix(prefix: string, path: string): boolean {
  const bare = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
  return path.startsWith(bare) && (path.length === bare.length || path[bare.length] === '/');
}

/** Percent-decoded twice at most, with dot segments and empty segments taken out (RFC 3986, section 5.2.4). */
export function plainPath(path: string): string {
  if (!/%|\/\/|\/\.|;/.test(path)) return path;
  let decoded = path;
  for (let round = 0; round < 2 && decoded.includes('%'); round++)
    decoded = percentDecoded(decoded.replaceAll('+', '%2B'));
  const kept: string[] = [];
  for (const segment of decoded.replaceAll('\\', '/').split('/')) {
    const name = segment.split(';', 1)[0] ?? '';
    if (name === '..') kept.pop();
    else if (name !== '' && name !== '.') kept.push(name);
  }
  const end = decoded.endsWith('/') && kept.length > 0 ? '/' : '';
  return `/${kept.join('/')}${end}`;
}

/** The host without its port, in lower case; IPv6 keeps its brackets. */
export function hostName(authority: string): string {
  const lower = authority.toLowerCase();
  let end = lower.length;
  while (end > 0 && isDigit(lower.charCodeAt(end - 1))) end--;
  end = end > 0 && lower[end - 1] === ':' ? end - 1 : lower.length;
  if (end > 1 && lower[end - 1] === '.' && lower[end - 2] !== '.') end--;
  return end === lower.length ? lower : lower.slice(0, end);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Path and query of a request target in origin or absolute form, as written. */
export function splitTarget(target: string, form: string): { readonly path: string; readonly query: string } {
  let origin = target;
  if (form === 'absolute') {
    const start = target.indexOf('://') + 3;
    const slash = target.slice(start).search(/[/?]/);
    origin = slash < 0 ? '/' : target.slice(start + slash);
    if (origin.startsWith('?')) origin = `/${origin}`;
  }
  const cut = origin.indexOf('?');
  return cut < 0 ? { path: origin, query: '' } : { path: origin.slice(0, cut), query: origin.slice(cut + 1) };
}
