import { listOf } from './characters.ts';
import type { Field } from './http1-api.ts';

const ALWAYS = ['connection', 'keep-alive', 'te', 'transfer-encoding', 'upgrade'];

/** Fields that Connection may not take away: a client could strip what upstream relies on (RFC 9110, 7.6.1). */
export const END_TO_END: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'cookie',
  'set-cookie',
  'authorization',
  'origin',
  'referer',
  'cache-control',
  'location',
  'date',
]);

/** Lower-case names that do not travel on: Connection and what it lists, and the fields of RFC 9110, 7.6.1. */
export function hopByHop(fields: readonly Field[]): Set<string> {
  const names = new Set(ALWAYS);
  for (const { name, value } of fields) {
    const lower = name.toLowerCase();
    if (lower === 'connection') {
      for (const member of listOf(value)) if (!END_TO_END.has(member)) names.add(member);
    } else if (lower.startsWith('proxy-')) names.add(lower);
  }
  return names;
}
