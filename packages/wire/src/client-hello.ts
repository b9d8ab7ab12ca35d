import { Buffer } from 'node:buffer';

type Result =
  | { readonly kind: 'tls'; readonly sni: string | undefined; readonly alpn: readonly string[] }
  | { readonly kind: 'need-more' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Above this a peer makes us hold bytes; the largest greetings (post-quantum keys, many tickets) stay below 4 kB. */
const MAX_HELLO_BYTES = 16_384;
const MAX_RECORDS = 16;

const unknown = (reason: string): Result => ({ kind: 'unknown', reason });

/** Reads a ClientHello (RFC 8446, 4.1.2), which may lie in several records (5.1). */
export function readClientHello(bytes: Buffer): Result {
  const parts: Buffer[] = [];
  let gathered = 0;
  let at = 0;
  for (let record = 0; record < MAX_RECORDS; record++) {
    if (bytes.length < at + 5) return plausible(bytes, at);
    // TLSPlaintext: type 22, version 3.x, length.
    if (bytes[at] !== 0x16 || bytes[at + 1] !== 3) return unknown('no TLS handshake record');
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0 || length > MAX_HELLO_BYTES) return unknown('a TLS record of wrong size');
    const part = bytes.subarray(at + 5, at + 5 + length);
    parts.push(part);
    gathered += part.length;
    const hello = Buffer.concat(parts);
    if (hello.length >= 4) {
      // Handshake: type 1, 24-bit length.
      if (hello[0] !== 1) return unknown('the first handshake message is no ClientHello');
      const size = hello.readUIntBE(1, 3);
      if (size > MAX_HELLO_BYTES) return unknown('a ClientHello that is too large');
      if (hello.length >= 4 + size) return readHelloBody(hello.subarray(4, 4 + size));
    }
    if (part.length < length) return { kind: 'need-more' };
    if (gathered > MAX_HELLO_BYTES) return unknown('a ClientHello that is too large');
    at += 5 + length;
  }
  return unknown('a ClientHello in too many records');
}

/** A record head that is still incomplete, yet may already be wrong. */
function plausible(bytes: Buffer, at: number): Result {
  const wrong = (bytes.length > at && bytes[at] !== 0x16) || (bytes.length > at + 1 && bytes[at + 1] !== 3);
  return wrong ? unknown('no TLS handshake record') : { kind: 'need-more' };
}

/** Walks length-prefixed vectors without ever reading past their end. */
class Cursor {
  readonly #bytes: Buffer;
  #at = 0;
  broken = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  skip(count: number): void {
    if (count > this.left) this.broken = true;
    this.#at = Math.min(this.#bytes.length, this.#at + count);
  }

  uint(size: 1 | 2): number {
    if (this.left < size) {
      this.broken = true;
      this.#at = this.#bytes.length;
      return 0;
    }
    const value = this.#bytes.readUIntBE(this.#at, size);
    this.#at += size;
    return value;
  }

  vector(lengthSize: 1 | 2): Buffer {
    const length = this.uint(lengthSize);
    if (length > this.left) this.broken = true;
    const start = this.#at;
    this.#at = Math.min(this.#bytes.length, start + length);
    return this.#bytes.subarray(start, this.#at);
  }
}

function readHelloBody(body: Buffer): Result {
  const hello = new Cursor(body);
  hello.skip(2 + 32); // legacy_version, random
  hello.vector(1); // legacy_session_id
  hello.vector(2); // cipher_suites
  hello.vector(1); // legacy_compression_methods
  if (hello.broken) return unknown('a ClientHello that is cut off');
  let sni: string | undefined;
  let alpn: readonly string[] = [];
  if (hello.left > 0) {
    const extensions = new Cursor(hello.vector(2));
    while (extensions.left > 0 && !extensions.broken) {
      const type = extensions.uint(2);
      const data = extensions.vector(2);
      if (type === 0) sni ??= readServerName(data);
      if (type === 16) alpn = readProtocols(data);
    }
    if (hello.broken || extensions.broken) return unknown('a ClientHello whose extensions are cut off');
  }
  return { kind: 'tls', sni, alpn };
}

/** RFC 6066, 3: the first host name; undefined when it could not be one. */
function readServerName(data: Buffer): string | undefined {
  const list = new Cursor(new Cursor(data).vector(2));
  while (list.left > 0 && !list.broken) {
    const type = list.uint(1);
    const name = list.vector(2).toString('latin1');
    if (type === 0 && !list.broken) return /^[A-Za-z0-9._-]{1,253}$/.test(name) ? name.toLowerCase() : undefined;
  }
  return undefined;
}

/** RFC 7301, 3.1. */
function readProtocols(data: Buffer): readonly string[] {
  const list = new Cursor(new Cursor(data).vector(2));
  const names: string[] = [];
  while (list.left > 0 && !list.broken && names.length < 16) names.push(list.vector(1).toString('latin1'));
  return list.broken ? [] : names;
}
