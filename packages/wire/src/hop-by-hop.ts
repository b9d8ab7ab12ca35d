import { listOf } from './characters.ts';
import type { HeadField } from './http1-api.ts';

const ALWAYS: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'te', 'transfer-encoding', 'upgrade']);

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
export function hopByHop(fields: readonly HeadField[]): ReadonlySet<string> {
  let names: Set<string> | undefined;
  for (const { lower, value } of fields) {
    if (lower === 'connection') {
      if (value === 'keep-alive') continue;
      names ??= new Set(ALWAYS);
      for (const member of listOf(value)) if (!END_TO_END.has(member)) names.add(member);
    } else if (lower.startsWith('proxy-')) {
      names ??= new Set(ALWAYS);
      names.add(lower);
    }
  }
  return names ?? ALWAYS;
}
