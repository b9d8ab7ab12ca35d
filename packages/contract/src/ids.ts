import { z } from 'zod';

// An id type per kind, so that a finding's id cannot be passed where an action's is meant. All are UUIDv7 in lower case.
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const id = <T extends string>(kind: T) => z.string().regex(UUID).brand<T>().describe(`UUIDv7 of a ${kind}`);

export const ExchangeId = id('Exchange');
export const FindingId = id('Finding');
export const IncidentId = id('Incident');
export const ActionId = id('Action');
export const DecoySessionId = id('DecoySession');
export const EventId = id('Event');
export type ExchangeId = z.infer<typeof ExchangeId>;
export type FindingId = z.infer<typeof FindingId>;
export type IncidentId = z.infer<typeof IncidentId>;
export type ActionId = z.infer<typeof ActionId>;
export type DecoySessionId = z.infer<typeof DecoySessionId>;
export type EventId = z.infer<typeof EventId>;

/**
 * A UUIDv7 (RFC 9562, section 5.7) from a time and ten random bytes, which the caller passes in: this package is pure.
 * Sorts by time to the millisecond.
 */
export function uuidv7<T extends string>(timeMs: number, random: Uint8Array): T {
  const bytes = new Uint8Array(16);
  const time = BigInt(Math.floor(timeMs));
  for (let i = 0; i < 6; i++) bytes[i] = Number((time >> BigInt(8 * (5 - i))) & 0xffn);
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const text = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  return text as T; // shape made above
}
