import { Buffer } from 'node:buffer';

// The PROXY protocol, versions 1 and 2 (HAProxy, doc/proxy-protocol.txt, sections 2.1 and 2.2).

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface ProxyHeader {
  readonly kind: 'proxy';
  readonly version: 1 | 2;
  /** `local`: the sender speaks for itself (health checks); its own address counts. */
  readonly command: 'proxy' | 'local';
  readonly source: Endpoint | undefined;
  readonly destination: Endpoint | undefined;
  readonly bytesUsed: number;
}

type Result = ProxyHeader | { readonly kind: 'need-more' } | { readonly kind: 'unknown'; readonly reason: string };

const V1_START = Buffer.from('PROXY ', 'latin1');
const V2_START = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]);
/** 2.1: the longest line of version 1. */
const MAX_V1_BYTES = 107;
/** Room for addresses and the usual TLVs; the protocol's own 65,535 would let a peer make us hold that much. */
const MAX_V2_BYTES = 4096;

const unknown = (reason: string): Result => ({ kind: 'unknown', reason });

function startsLike(bytes: Buffer, pattern: Buffer): boolean {
  const length = Math.min(bytes.length, pattern.length);
  return bytes.compare(pattern, 0, length, 0, length) === 0;
}

/** Undefined when the bytes start no PROXY header. */
export function readProxyHeader(bytes: Buffer): Result | undefined {
  if (startsLike(bytes, V2_START)) {
    // A lone CR LF may also begin an HTTP/1 request, but one more byte tells.
    return bytes.length < V2_START.length ? { kind: 'need-more' } : readVersion2(bytes);
  }
  if (startsLike(bytes, V1_START)) return bytes.length < V1_START.length ? { kind: 'need-more' } : readVersion1(bytes);
  return undefined;
}

function readVersion1(bytes: Buffer): Result {
  const end = bytes.subarray(0, MAX_V1_BYTES).indexOf('\r\n');
  if (end < 0) {
    return bytes.length < MAX_V1_BYTES ? { kind: 'need-more' } : unknown('a PROXY line that is too long');
  }
  const words = bytes.toString('latin1', 0, end).split(' ');
  const base = { kind: 'proxy', version: 1, bytesUsed: end + 2 } as const;
  // 2.1: after UNKNOWN the rest of the line is ignored.
  if (words[1] === 'UNKNOWN') return { ...base, command: 'local', source: undefined, destination: undefined };
  const [, family, from, to, fromPort, toPort, ...more] = words;
  const isAddress = family === 'TCP4' ? isIpv4 : family === 'TCP6' ? isIpv6 : undefined;
  if (!isAddress || more.length > 0 || !isAddress(from) || !isAddress(to))
    return unknown('a PROXY line with wrong addresses');
  const source = { address: from, port: portOf(fromPort) };
  const destination = { address: to, port: portOf(toPort) };
  if (source.port < 0 || destination.port < 0) return unknown('a PROXY line with a wrong port');
  return { ...base, command: 'proxy', source, destination };
}

function portOf(text: string | undefined): number {
  if (text === undefined || !/^(?:0|[1-9][0-9]{0,4})$/.test(text)) return -1;
  return Number(text) <= 65_535 ? Number(text) : -1;
}

function isIpv4(text: string | undefined): text is string {
  return text !== undefined && /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/.test(text);
}

/** RFC 4291, 2.2, without zones. */
function isIpv6(text: string | undefined): text is string {
  if (text === undefined || !/^[0-9A-Fa-f:.]{2,45}$/.test(text)) return false;
  const [before = '', after, more] = text.split('::');
  if (more !== undefined) return false;
  const left = groupsOf(before);
  const right = after === undefined ? [] : groupsOf(after);
  if (!left || !right) return false;
  const count = left.length + right.length;
  return after === undefined ? count === 8 : count <= 7;
}

/** 16-bit groups of a part, an IPv4 tail as two; undefined when one is malformed. */
function groupsOf(part: string): readonly string[] | undefined {
  if (part === '') return [];
  const groups = part.split(':');
  const last = groups.at(-1) ?? '';
  if (last.includes('.')) {
    if (!isIpv4(last)) return undefined;
    groups.splice(-1, 1, '0', '0');
  }
  return groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group)) ? groups : undefined;
}

function readVersion2(bytes: Buffer): Result {
  if (bytes.length < 16) return { kind: 'need-more' };
  const versionAndCommand = bytes.readUInt8(12);
  const family = bytes.readUInt8(13);
  const length = bytes.readUInt16BE(14);
  const command = versionAndCommand & 0x0f;
  if (versionAndCommand >> 4 !== 2 || command > 1) return unknown('a PROXY header with unknown version or command');
  if (length > MAX_V2_BYTES) return unknown('a PROXY header that is too long');
  if (bytes.length < 16 + length) return { kind: 'need-more' };
  const base = { kind: 'proxy', version: 2, bytesUsed: 16 + length } as const;
  const local = { ...base, command: 'local', source: undefined, destination: undefined } as const;
  // 2.2: LOCAL ignores the addresses; families other than TCP over IPv4 or IPv6 carry none that we use.
  if (command === 0) return local;
  const body = bytes.subarray(16, 16 + length);
  if (family === 0x11) {
    if (length < 12) return unknown('a PROXY header with addresses cut off');
    return {
      ...base,
      command: 'proxy',
      source: { address: ipv4At(body, 0), port: body.readUInt16BE(8) },
      destination: { address: ipv4At(body, 4), port: body.readUInt16BE(10) },
    };
  }
  if (family === 0x21) {
    if (length < 36) return unknown('a PROXY header with addresses cut off');
    return {
      ...base,
      command: 'proxy',
      source: { address: ipv6At(body, 0), port: body.readUInt16BE(32) },
      destination: { address: ipv6At(body, 16), port: body.readUInt16BE(34) },
    };
  }
  return local;
}

const ipv4At = (bytes: Buffer, at: number): string => bytes.subarray(at, at + 4).join('.');

/** Shortest form (RFC 5952, 4): the longest run of zero groups is cut. */
function ipv6At(bytes: Buffer, at: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(at + 2 * index).toString(16));
  const text = groups.join(':');
  const run = [...text.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].sort((a, b) => b[0].length - a[0].length)[0];
  if (!run) return text;
  const before = text.slice(0, run.index);
  const after = text.slice(run.index + run[0].length);
  return `${before}::${after.replace(/^:/, '')}`;
}
