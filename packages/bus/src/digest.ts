import { createHash } from 'node:crypto';
import type { PolicyBundle, PolicyPartName, PolicyParts } from '@seawall/contract';

export type PartDigests = Readonly<Record<PolicyPartName, string>>;
export const PART_NAMES: readonly PolicyPartName[] = ['routes', 'rules', 'orders', 'decoy', 'likeness'];

const known = new WeakMap<object, string>();

/** The same text for the same value, whatever the order of its members. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`);
  return `{${members.join(',')}}`;
}

/** SHA-256, hex. Remembered by object: parts are never changed in place. */
export function partDigest(part: object): string {
  const digest = known.get(part) ?? createHash('sha256').update(canonical(part)).digest('hex');
  known.set(part, digest);
  return digest;
}

export function partDigests(parts: PolicyParts): PartDigests {
  const { routes, rules, orders, decoy, likeness } = parts;
  return {
    routes: partDigest(routes),
    rules: partDigest(rules),
    orders: partDigest(orders),
    decoy: partDigest(decoy),
    likeness: partDigest(likeness),
  };
}

export function bundleDigest(digests: PartDigests): string {
  const lines = PART_NAMES.map((name) => `${name}:${digests[name]}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex');
}

/** A bundle with its digest. Parts must not be changed afterwards; pass the same objects again for parts that stay. */
export function makeBundle(version: number, parts: PolicyParts): PolicyBundle {
  return { version, digest: bundleDigest(partDigests(parts)), parts };
}
