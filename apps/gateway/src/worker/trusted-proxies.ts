import { BlockList, isIP, isIPv4, SocketAddress } from 'node:net';
import type { PolicyParts } from '@seawall/contract';
import { visible } from '@seawall/faults';
import type { HeadField } from '@seawall/wire';
import { plainAddress } from './source.ts';

type Policy = NonNullable<PolicyParts['routes']['trustedProxies']>;

/** Longer lists are nobody's chain of proxies: what is read of them is the end, which the nearest proxies wrote. */
const MAX_LIST = 4096;
/** Proxies in a row that are believed; a list of more would be the client's way to spend our time. */
const MAX_HOPS = 32;

/** Where no proxy is named, each hop adds its own, and the service decides what to believe. */
export const TOLD_BY_ANYBODY: ReadonlySet<string> = new Set(['x-forwarded-for', 'forwarded']);
const TOLD_BY_NOBODY: ReadonlySet<string> = new Set();

/**
 * Who a client is when trusted proxies stand before the gateway. Each proxy adds, at the end of the list, the address it was
 * called from; so the list is read from its end for as long as the one who wrote an entry is trusted. What stands before the
 * first address that is not trusted was written by the client and means nothing.
 */
export class TrustedProxies {
  readonly #networks = new BlockList();
  readonly #header: Policy['header'];
  readonly #told: ReadonlySet<string>;

  /** @throws Error when a network is none, such as `10.0.0.0/99` */
  constructor(policy: Policy) {
    this.#header = policy.header;
    this.#told = new Set([policy.header, 'x-forwarded-proto', 'x-forwarded-host']);
    for (const network of policy.networks) addNetwork(this.#networks, network);
  }

  /** @param address as `plainAddress` gives it */
  trusts(address: string): boolean {
    if (isIP(address) === 0) return false;
    return this.#networks.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
  }

  /** The fields about the client that travel on when this peer wrote them. */
  toldBy(peer: string): ReadonlySet<string> {
    return this.trusts(peer) ? this.#told : TOLD_BY_NOBODY;
  }

  /** The address of the client; that of `peer` when it is not trusted, or says nothing that can be read. */
  clientOf(peer: string, fields: readonly HeadField[]): string {
    if (!this.trusts(peer)) return peer;
    const list = fields
      .filter(({ lower }) => lower === this.#header)
      .map(({ value }) => value)
      .join(',')
      .slice(-MAX_LIST);
    const entries = this.#header === 'forwarded' ? forwardedFor(list) : list.split(',');
    let client = peer;
    for (const entry of entries.toReversed().slice(0, MAX_HOPS)) {
      const address = addressIn(entry);
      // `unknown`, a hidden name or garbage: nobody further away can be known, and the last proxy answers for it.
      if (address === undefined) return client;
      client = address;
      if (!this.trusts(client)) return client;
    }
    return client;
  }
}

function addNetwork(networks: BlockList, network: string): void {
  const [address = '', bits] = network.split('/');
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  try {
    if (bits === undefined) networks.addAddress(address, family);
    else networks.addSubnet(address, Number(bits), family);
  } catch (cause) {
    throw new Error(`${visible(network)} is no network`, { cause });
  }
}

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`; in the one form that an address has. */
function addressIn(entry: string): string | undefined {
  const text = entry.trim();
  const bare = /^\[([^\]]*)\](:\d{1,5})?$/.exec(text)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(text)?.[1] ?? text;
  // A zone names an interface of the one who wrote it.
  if (isIP(bare) === 0 || bare.includes('%')) return undefined;
  if (isIPv4(bare)) return bare;
  return plainAddress(new SocketAddress({ address: bare, family: 'ipv6' }).address);
}

/** RFC 7239, section 4: the `for` of each element; '' where there is none. A quoted text may hold commas and semicolons. */
function forwardedFor(list: string): string[] {
  return splitOutside(list, ',').map((element) => {
    for (const pair of splitOutside(element, ';')) {
      const cut = pair.indexOf('=');
      if (pair.slice(0, Math.max(cut, 0)).trim().toLowerCase() !== 'for') continue;
      const value = pair.slice(cut + 1).trim();
      return value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
    }
    return '';
  });
}

/**
 * Splits where the mark stands outside of quotes. Read from the end, which a trusted proxy wrote: a quote that a client left open
 * further ahead can so swallow nothing of it.
 */
function splitOutside(text: string, mark: string): string[] {
  const parts: string[] = [];
  let end = text.length;
  let quoted = false;
  for (let at = text.length - 1; at >= 0; at--) {
    const sign = text[at];
    if (sign === '"') quoted = !quoted || isEscaped(text, at);
    else if (!quoted && sign === mark) {
      parts.push(text.slice(at + 1, end));
      end = at;
    }
  }
  parts.push(text.slice(0, end));
  return parts.toReversed();
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text[at - 1 - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1;
}
