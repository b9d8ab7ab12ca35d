import { Buffer } from 'node:buffer';
import type { AnswerLikeness, JsonShape } from '@seawall/contract';
import { shapeOf } from './json-shape.ts';
import { observeCookies, observeFields } from './observed-fields.ts';
import { skeletonOf } from './page-skeleton.ts';
import { templatePath } from './path-template.ts';
import { STATIC_WORDS } from './static-words.ts';

export interface ObservedAnswer {
  readonly service: string;
  /** `WEBSOCKET` for one text message of the service, with status 101 and the path of the handshake. */
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  /** Latin1, as received after decoding; absent when it was not kept or is too long. */
  readonly body?: string | undefined;
  /** False when the request carried no cookie and no credentials: then nobody's data can be on the page. Default true. */
  readonly session?: boolean;
}

/** Above this a body is not looked at: parsing it would cost more than its likeness is worth. */
const MAX_BODY = 262_144;

/** How an answer looks, without a value of its data. Throws nothing; what cannot be read leaves only the head. */
export function observe(answer: ObservedAnswer): AnswerLikeness {
  const { method, fields } = answer;
  const type = contentTypeOf(fields);
  const isSocket = method === 'WEBSOCKET';
  const json = isSocket || /[/+]json\b/.test(type) ? readJson(answer.body) : undefined;
  const isPage = type.startsWith('text/html') && answer.body !== undefined;
  const page = isPage ? skeletonOf(decode(answer.body ?? ''), { session: answer.session ?? true }) : undefined;
  return {
    method: /^[A-Z]{1,16}$/.test(method) ? method : 'GET',
    path: templatePath(answer.path) + (isSocket ? messageKind(answer.body) : ''),
    status: answer.status,
    fields: observeFields(fields),
    contentType: type,
    ...(json ? { json } : {}),
    ...(page === undefined ? {} : { page }),
    cookies: observeCookies(fields),
    seen: 1,
  };
}

function contentTypeOf(fields: ObservedAnswer['fields']): string {
  const value = fields.find((field) => field.name.toLowerCase() === 'content-type')?.value ?? '';
  const kept = /^[\w.+-]+\/[\w.+-]+(?:; ?charset=[\w-]+)?/.exec(value)?.[0] ?? '';
  return kept.length <= 100 ? kept : '';
}

const decode = (latin1: string): string => Buffer.from(latin1.slice(0, MAX_BODY), 'latin1').toString('utf8');

function parsed(body: string | undefined): unknown {
  if (body === undefined || body.length > MAX_BODY) return undefined;
  try {
    return JSON.parse(decode(body));
  } catch {
    // Not JSON after all, or cut off: the head alone is kept.
    return undefined;
  }
}

function readJson(body: string | undefined): JsonShape | undefined {
  const value = parsed(body);
  return value === undefined ? undefined : shapeOf(value);
}

/** WebSocket messages are told apart by the one static word that they hold at the top, if any: `#ok`. */
function messageKind(body: string | undefined): string {
  const value = parsed(body);
  if (typeof value !== 'object' || value === null) return '';
  const word = Object.values(value).find((one) => typeof one === 'string' && STATIC_WORDS.has(one));
  return typeof word === 'string' ? `#${word}` : '';
}
