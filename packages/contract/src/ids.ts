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

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const hex = (byte: number): string => HEX[byte & 0xff] ?? '';

/**
 * A UUIDv7 (RFC 9562, section 5.7) from a time and ten random bytes, which the caller passes in: this package is pure.
 * Sorts by time to the millisecond.
 */
export function uuidv7<T extends string>(timeMs: number, random: Uint8Array): T {
  // Bit operations work on 32 bits: the 48 of the time are 16 above 32.
  const high = Math.floor(timeMs / 0x1_0000_0000);
  const low = timeMs >>> 0;
  const at = (index: number): number => random[index] ?? 0;
  const time = `${hex(high >>> 8)}${hex(high)}${hex(low >>> 24)}${hex(low >>> 16)}-${hex(low >>> 8)}${hex(low)}`;
  const middle = `${hex(0x70 | (at(0) & 0x0f))}${hex(at(1))}-${hex(0x80 | (at(2) & 0x3f))}${hex(at(3))}`;
  const end = `${hex(at(4))}${hex(at(5))}${hex(at(6))}${hex(at(7))}${hex(at(8))}${hex(at(9))}`;
  return `${time}-${middle}-${end}` as T; // shape made above
}
