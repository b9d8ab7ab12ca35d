import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { ServicePolicy, Source, ValuePlace } from '@seawall/contract';
import type { HeadField } from '@seawall/wire';

/** Who sent a request (DESIGN 3a.7), and the session value itself, which never leaves the gateway and is masked in evidence. */
export interface Sender {
  readonly source: Source;
  readonly secret: string | undefined;
}

export interface SenderInput {
  readonly address: string;
  readonly fields: readonly HeadField[];
  readonly query: string;
}

/** Longer values are no session ids: hashing them would be the client's way to spend our time. */
const MAX_SECRET = 4096;
/** Hashes of sessions seen lately: made-up sessions push each other out, at the price of a hash each. */
const MAX_REMEMBERED = 10_000;
const MAX_REMEMBERED_LENGTH = 256;

/** Tells senders apart; one for a worker. */
export class Senders {
  readonly #key: KeyObject;
  readonly #hashes = new Map<string, string>();
  readonly #addresses = new Map<string, Sender>();

  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key);
  }

  of(service: ServicePolicy | undefined, input: SenderInput): Sender {
    const place = service?.session;
    const secret = service === undefined || place === undefined ? undefined : valueAt(place, input);
    if (service === undefined || place === undefined || !secret || secret.length > MAX_SECRET) {
      return this.#byAddress(input.address);
    }
    const kind = place.in === 'cookie' ? 'session' : 'token';
    return { source: { kind, service: service.name, hash: this.#hash(service.name, secret) }, secret };
  }

  #byAddress(address: string): Sender {
    const known = this.#addresses.get(address);
    if (known !== undefined) return known;
    const sender: Sender = { source: { kind: 'address', address: addressKey(address) }, secret: undefined };
    if (this.#addresses.size >= MAX_REMEMBERED) this.#addresses.clear();
    this.#addresses.set(address, sender);
    return sender;
  }

  #hash(service: string, secret: string): string {
    const text = `${service}\0${secret}`;
    const known = this.#hashes.get(text);
    if (known !== undefined) return known;
    const hash = createHmac('sha256', this.#key).update(text, 'latin1').digest('hex').slice(0, 32);
    if (text.length > MAX_REMEMBERED_LENGTH) return hash;
    if (this.#hashes.size >= MAX_REMEMBERED) this.#hashes.clear();
    this.#hashes.set(text, hash);
    return hash;
  }
}

function valueAt(place: ValuePlace, input: SenderInput): string | undefined {
  switch (place.in) {
    case 'cookie':
      return cookieValue(input.fields, place.name);
    case 'header': {
      const value = fieldValue(input.fields, place.name.toLowerCase());
      // RFC 6750, section 2.1: the scheme is no part of the token.
      return value?.replace(/^bearer +/i, '').trim();
    }
    case 'query':
      return formValue(input.query, place.name);
    // The source must be known before the body is read: sessions inside bodies are told apart by address.
    case 'json':
    case 'form':
      return undefined;
    default:
      return place satisfies never;
  }
}

/** IPv4-mapped addresses become IPv4; of IPv6 the /64 is the key, since one customer has at least that. */
export function addressKey(address: string): string {
  const plain = plainAddress(address);
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = (plain.split('%')[0] ?? '').split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  const groups = [...front, ...Array.from({ length: zeros }, () => '0'), ...back];
  const prefix = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(':')}::/64`;
}

export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

export function fieldValue(fields: readonly HeadField[], lowerName: string): string | undefined {
  for (const { lower, value } of fields) if (lower === lowerName) return value;
  return undefined;
}

export function hasCredentials(fields: readonly HeadField[]): boolean {
  return fields.some(({ lower }) => lower === 'cookie' || lower === 'authorization');
}

/** RFC 6265, section 4.2: pairs separated by semicolons; the first of a name counts. */
export function cookieValue(fields: readonly HeadField[], name: string): string | undefined {
  for (const field of fields) {
    if (field.lower !== 'cookie') continue;
    for (const pair of field.value.split(';')) {
      const cut = pair.indexOf('=');
      if (cut > 0 && pair.slice(0, cut).trim() === name) return unquoted(pair.slice(cut + 1).trim());
    }
  }
  return undefined;
}

function unquoted(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}

/** The first value of a name in `a=b&c=d` (query or form), percent-decoded; latin1 in and out. */
export function formValue(text: string, name: string): string | undefined {
  for (const pair of text.split('&', 500)) {
    const cut = pair.indexOf('=');
    const key = cut < 0 ? pair : pair.slice(0, cut);
    if (percentDecoded(key) === name) return cut < 0 ? '' : percentDecoded(pair.slice(cut + 1));
  }
  return undefined;
}

export function percentDecoded(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-fA-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
