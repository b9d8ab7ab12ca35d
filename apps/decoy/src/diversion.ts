import { createHmac, timingSafeEqual } from 'node:crypto';
import { ExchangeId, Source } from '@seawall/contract';
import type { Field } from '@seawall/wire';

/** What the gateway says about a request that it forwards here. */
export interface Diversion {
  readonly source: Source;
  readonly service: string;
  readonly exchange: ExchangeId;
}

export const DIVERTED_FIELD = 'seawall-diverted';
/** A sealed text is some hundred bytes; hashing more would be a stranger's way to spend our time. */
const MAX_VALUE = 8_192;

/** Who spoke for the request; undefined unless exactly one field, the first, is sealed with the policy's secret. */
export function readDiversion(fields: readonly Field[], secret: string | undefined): Diversion | undefined {
  const [first, ...rest] = fields;
  if (!secret || !first || first.name.toLowerCase() !== DIVERTED_FIELD || first.value.length > MAX_VALUE)
    return undefined;
  if (rest.some(({ name }) => name.toLowerCase() === DIVERTED_FIELD)) return undefined;
  const cut = first.value.lastIndexOf('.');
  const text = first.value.slice(0, Math.max(0, cut));
  const seal = Buffer.from(first.value.slice(cut + 1), 'hex');
  const expected = createHmac('sha256', secret).update(text).digest();
  if (seal.length !== expected.length || !timingSafeEqual(seal, expected)) return undefined;
  try {
    return typed(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    // Sealed, yet not JSON: another version of the gateway. It is refused like a stranger, and counted there.
    return undefined;
  }
}

function typed(value: unknown): Diversion | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { source, service, exchange }: Readonly<Record<string, unknown>> = { ...value };
  const from = Source.safeParse(source);
  const id = ExchangeId.safeParse(exchange);
  if (!from.success || !id.success || typeof service !== 'string' || service === '') return undefined;
  return { source: from.data, service: service.slice(0, 200), exchange: id.data };
}

/** The head as the attacker sent it: our own field is cut out, so that evidence holds no seal. */
export function headWithoutDiversion(head: string): string {
  return head.replace(/\nseawall-diverted:[^\n]*\n/gi, '\n');
}
