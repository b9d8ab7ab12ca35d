import { isIPv6 } from 'node:net';
import {
  type Field,
  type Framing,
  HeadWriter,
  type HeadField,
  hopByHop,
  type RequestHead1,
  type ResponseHead1,
  writeResponseHead,
} from '@seawall/wire';
import { DIVERTED_FIELD } from './orders.ts';

// What travels on. Everything else of the head goes as it came: order, case and duplicates kept.

/** Ours to say: a client that wrote them would speak for the gateway. */
const OURS = new Set(['expect', 'trailer', DIVERTED_FIELD, 'x-real-ip']);
/** What proxies say of the client. */
const OF_PROXIES = new Set(['x-forwarded-for', 'forwarded', 'x-forwarded-proto', 'x-forwarded-host']);

export interface ForwardOptions {
  readonly method: string;
  readonly target: string;
  readonly framing: Framing;
  /** Of the peer: the client, or the proxy that it came through. */
  readonly address: string;
  /** Lower-case names of the fields about the client that the peer may write; others of them do not travel. */
  readonly told: ReadonlySet<string>;
  /** Answers of this route are inspected: in this version only uncoded ones can be, so the service is asked for those. */
  readonly plainAnswer: boolean;
  /** First field of a request that goes to the decoy. */
  readonly diverted: Field | undefined;
  /** For requests of HTTP/1.0 that name no host. */
  readonly fallbackHost: string;
  /** A handshake writes some fields itself: lower-case names that do not travel, and what is added. */
  readonly own?: { readonly names: ReadonlySet<string>; readonly fields: readonly Field[] };
}

const PLAIN: Field = { name: 'accept-encoding', value: 'identity' };
const PROTO: Field = { name: 'x-forwarded-proto', value: 'http' };

/** The head of a request as it goes upstream. */
export function requestHead(head: RequestHead1, options: ForwardOptions): string {
  const writer = new HeadWriter(head.text);
  writer.startRequest(options.method, options.target);
  if (options.diverted !== undefined) writer.add(options.diverted);
  const met = copyRequestFields(head, options, writer);
  if (!met.host) writer.add({ name: 'host', value: head.host || options.fallbackHost });
  if (options.plainAnswer) writer.add(PLAIN);
  const { address } = options;
  writer.add({
    name: 'x-forwarded-for',
    value: met.forwardedFor === undefined ? address : `${met.forwardedFor}, ${address}`,
  });
  if (!met.proto) writer.add(PROTO);
  if (met.forwarded !== undefined) {
    writer.add({ name: 'forwarded', value: `${met.forwarded}, ${forwardedItem(address)}` });
  }
  for (const field of options.own?.fields ?? []) writer.add(field);
  return writer.end(options.framing);
}

interface Met {
  host: boolean;
  proto: boolean;
  forwardedFor: string | undefined;
  forwarded: string | undefined;
}

function copyRequestFields(head: RequestHead1, options: ForwardOptions, writer: HeadWriter): Met {
  const dropped = hopByHop(head.fields);
  const met: Met = { host: false, proto: false, forwardedFor: undefined, forwarded: undefined };
  for (const field of head.fields) {
    const { lower, value } = field;
    if (dropped.has(lower) || OURS.has(lower) || options.own?.names.has(lower) === true) continue;
    if (OF_PROXIES.has(lower) && !options.told.has(lower)) continue;
    if (lower === 'x-forwarded-proto') met.proto = true;
    if (lower === 'x-forwarded-for') {
      met.forwardedFor = met.forwardedFor === undefined ? value : `${met.forwardedFor}, ${value}`;
    } else if (lower === 'forwarded')
      met.forwarded = met.forwarded === undefined ? value : `${met.forwarded}, ${value}`;
    else if (lower === 'accept-encoding' && options.plainAnswer) continue;
    else if (lower === 'host') {
      met.host = true;
      // RFC 9112, 3.2.2: the authority of an absolute target replaces the Host field.
      if (head.targetForm === 'absolute') writer.add({ name: field.name, value: head.host });
      else writer.copy(field);
    } else writer.copy(field);
  }
  return met;
}

/** RFC 7239, sections 4 and 6: IPv6 in brackets and quotes. */
function forwardedItem(address: string): string {
  return `for=${isIPv6(address) ? `"[${address}]"` : address};proto=http`;
}

/** The fields of an answer that travel on. */
export function responseFields(head: ResponseHead1): HeadField[] {
  const dropped = hopByHop(head.fields);
  return head.fields.filter(({ lower }) => lower !== 'trailer' && !dropped.has(lower));
}

/** The head of an answer as it goes to the client; `more` is what it says about the connection. */
export function answerHead(head: ResponseHead1, framing: Framing, more: readonly Field[]): string {
  const { status, reason } = head;
  if (framing.kind !== 'length' && framing.kind !== 'chunked') {
    const fields = [...responseFields(head), ...more];
    return writeResponseHead({ status, reason, fields, framing }).toString('latin1');
  }
  const writer = new HeadWriter(head.text);
  writer.startResponse(status, reason);
  const dropped = hopByHop(head.fields);
  for (const field of head.fields) {
    if (field.lower !== 'trailer' && !dropped.has(field.lower)) writer.copy(field);
  }
  for (const field of more) writer.add(field);
  return writer.end(framing);
}
