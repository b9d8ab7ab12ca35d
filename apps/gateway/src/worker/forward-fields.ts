import { isIPv6 } from 'node:net';
import type { Field, RequestHead1, ResponseHead1 } from '@seawall/wire';
import { hopByHop } from '@seawall/wire';
import { DIVERTED_FIELD } from './orders.ts';

// What travels on. Everything else of the head goes as it came: order, case and duplicates kept.

/** Ours to say: a client that wrote them would speak for the gateway. */
const OURS = new Set(['expect', 'trailer', DIVERTED_FIELD, 'x-forwarded-proto', 'x-forwarded-host', 'x-real-ip']);

export interface ForwardOptions {
  readonly address: string;
  /** Answers of this route are inspected: in this version only uncoded ones can be, so the service is asked for those. */
  readonly plainAnswer: boolean;
  /** First field of a request that goes to the decoy. */
  readonly diverted: Field | undefined;
  /** For requests of HTTP/1.0 that name no host. */
  readonly fallbackHost: string;
}

export function requestFields(head: RequestHead1, options: ForwardOptions): Field[] {
  const dropped = hopByHop(head.fields);
  const fields: Field[] = options.diverted === undefined ? [] : [options.diverted];
  const seen: string[] = [];
  let forwarded: string | undefined;
  let hasHost = false;
  for (const field of head.fields) {
    const name = field.name.toLowerCase();
    if (dropped.has(name) || OURS.has(name)) continue;
    if (name === 'x-forwarded-for') seen.push(field.value);
    else if (name === 'forwarded') forwarded = forwarded === undefined ? field.value : `${forwarded}, ${field.value}`;
    else if (name === 'accept-encoding' && options.plainAnswer) continue;
    else if (name === 'host') {
      hasHost = true;
      // RFC 9112, 3.2.2: the authority of an absolute target replaces the Host field.
      fields.push(head.targetForm === 'absolute' ? { name: field.name, value: head.host } : field);
    } else fields.push(field);
  }
  if (!hasHost) fields.push({ name: 'host', value: head.host || options.fallbackHost });
  if (options.plainAnswer) fields.push({ name: 'accept-encoding', value: 'identity' });
  fields.push({ name: 'x-forwarded-for', value: [...seen, options.address].join(', ') });
  fields.push({ name: 'x-forwarded-proto', value: 'http' });
  if (forwarded !== undefined) fields.push({ name: 'forwarded', value: `${forwarded}, ${forwardedItem(options)}` });
  return fields;
}

/** RFC 7239, sections 4 and 6: IPv6 in brackets and quotes. */
function forwardedItem(options: ForwardOptions): string {
  const { address } = options;
  return `for=${isIPv6(address) ? `"[${address}]"` : address};proto=http`;
}

export function responseFields(head: ResponseHead1): Field[] {
  const dropped = hopByHop(head.fields);
  return head.fields.filter(({ lower }) => lower !== 'trailer' && !dropped.has(lower));
}
