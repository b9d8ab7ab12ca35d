import type { RoutePolicy } from '@seawall/contract';
import { codingsOf, decodeContent } from '../content-coding.ts';
import type { After, HttpExchange } from '../exchange.ts';
import type { Answer } from '../upstream.ts';
import { fieldValue } from '../source.ts';
import { inspectionFailed } from './judge.ts';

export interface ReadAnswer {
  readonly bytes: Buffer;
  readonly complete: boolean;
}

type Readable = ReadAnswer | { readonly stopped: After } | 'uninspected';

/**
 * What of an answer the rules are to see; `read` is what came. The route decides what becomes of one whose coding cannot be undone:
 * `stopped`, or `uninspected`.
 */
export function decodeAnswer(
  exchange: HttpExchange,
  route: RoutePolicy,
  { head: { fields } }: Answer,
  read: ReadAnswer,
): Readable | Promise<Readable> {
  if (fieldValue(fields, 'content-encoding') === undefined) return read;
  const values = fields.filter((field) => field.name.toLowerCase() === 'content-encoding');
  const codings = codingsOf(values.map((field) => field.value));
  return codings.length === 0 ? read : decode(exchange, route.maxInspectedResponseBytes, codings, read);
}

async function decode(
  exchange: HttpExchange,
  maxBytes: number,
  codings: readonly string[],
  read: ReadAnswer,
): Promise<Readable> {
  const decoded = await decodeContent(read.bytes, codings, { maxBytes, whole: read.complete });
  const { counters } = exchange.gateway;
  if (decoded.kind === 'decoded') {
    counters.count('response_decoded');
    return decoded;
  }
  counters.count(decoded.kind === 'bomb' ? 'response_bomb' : 'response_undecodable');
  const stopped = await inspectionFailed(exchange, decoded.reason);
  return stopped === undefined ? 'uninspected' : { stopped };
}
