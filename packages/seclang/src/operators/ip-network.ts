/** Bytes of an address: 4 or 16. */
export type Address = readonly number[];

export interface Network {
  readonly text: string;
  readonly address: Address;
  readonly prefix: number;
}

/** An IPv4 address in dotted form or an IPv6 address (RFC 4291 section 2.2), else undefined. */
export function parseAddress(text: string): Address | undefined {
  return text.length > 45 ? undefined : text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const prefix = slash < 0 ? address.length * 8 : parsePrefix(text.slice(slash + 1), address);
  return prefix === undefined ? undefined : { text, address, prefix };
}

/** Addresses of different families never contain one another, except IPv4 mapped into IPv6 (RFC 4291 section 2.5.5.2). */
export function contains(network: Network, candidate: Address): boolean {
  const address = network.address.length === 4 ? unmapped(candidate) : candidate;
  if (address.length !== network.address.length) return false;
  const whole = network.prefix >> 3;
  for (let at = 0; at < whole; at++) if (address[at] !== network.address[at]) return false;
  const rest = network.prefix & 7;
  if (rest === 0) return true;
  return (((address[whole] ?? 0) ^ (network.address[whole] ?? 0)) & (0xff00 >> rest) & 0xff) === 0;
}

function unmapped(address: Address): Address {
  const mapped = address.length === 16 && address.every((byte, at) => at > 11 || byte === (at < 10 ? 0 : 0xff));
  return mapped ? address.slice(12) : address;
}

function parsePrefix(text: string, address: Address): number | undefined {
  if (/^[0-9]{1,3}$/.test(text)) {
    const prefix = Number(text);
    return prefix <= address.length * 8 ? prefix : undefined;
  }
  const mask = address.length === 4 ? parseIpv4(text) : undefined;
  if (mask === undefined) return undefined;
  const bits = mask.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits) ? bits.lastIndexOf('1') + 1 : undefined;
}

function parseIpv4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes = parts.map((part) => (/^[0-9]{1,3}$/.test(part) ? Number(part) : 256));
  return bytes.every((byte) => byte < 256) ? bytes : undefined;
}

function parseIpv6(text: string): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groups(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  // "::" stands for at least one group of zeros.
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

function groups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      const number = Number.parseInt(part, 16);
      bytes.push(number >> 8, number & 0xff);
    } else {
      const last = mayEndInIpv4 && index === parts.length - 1 ? parseIpv4(part) : undefined;
      if (last === undefined) return undefined;
      bytes.push(...last);
    }
  }
  return bytes;
}
