import { Buffer } from 'node:buffer';
import { TOKEN } from './characters.ts';
import { readClientHello } from './client-hello.ts';
import { readProxyHeader, type ProxyHeader } from './proxy-header.ts';

/** What the first bytes of a connection are. `bytesUsed` of a PROXY header are to be cut before sniffing again. */
export type Sniffed =
  | { readonly kind: 'need-more' }
  | { readonly kind: 'http1' }
  | { readonly kind: 'tls'; readonly sni: string | undefined; readonly alpn: readonly string[] }
  | { readonly kind: 'h2' }
  | ProxyHeader
  | { readonly kind: 'unknown'; readonly reason: string };

/** RFC 9113, 3.4. */
const H2_PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

/**
 * Decides from all bytes received so far; never needs more than MAX_SNIFF_BYTES. The caller bounds the time, since a peer
 * may stop anywhere. Whether a PROXY header is believed is the caller's decision too: anybody can write one.
 */
export function sniff(bytes: Buffer): Sniffed {
  const first = bytes[0];
  if (first === undefined) return { kind: 'need-more' };
  if (first === 0x16) return readClientHello(bytes);
  const proxy = readProxyHeader(bytes);
  if (proxy) return proxy;
  const preface = comparePrefix(bytes, H2_PREFACE);
  if (preface === 'whole') return { kind: 'h2' };
  if (preface === 'part') return { kind: 'need-more' };
  // RFC 9112, 3 and 2.2: a method is a token, and empty lines may come before it. White space too, so that the reader can
  // name the breach.
  if (TOKEN[first] === 1 || first === 13 || first === 10 || first === 32 || first === 9) return { kind: 'http1' };
  return { kind: 'unknown', reason: 'the first byte starts no protocol that is known here' };
}

export const MAX_SNIFF_BYTES = 17_000;

/** How far `bytes` agree with `pattern`. */
export function comparePrefix(bytes: Buffer, pattern: Buffer): 'whole' | 'part' | 'none' {
  const length = Math.min(bytes.length, pattern.length);
  if (bytes.compare(pattern, 0, length, 0, length) !== 0) return 'none';
  return length === pattern.length ? 'whole' : 'part';
}
