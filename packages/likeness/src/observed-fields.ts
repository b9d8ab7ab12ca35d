import type { AnswerLikeness } from '@seawall/contract';
import { isPlainName, templateLink } from './path-template.ts';

/** Fields whose values are set by the server's configuration and are the same for everybody. */
const STATIC_FIELDS = new Set(
  `server content-type cache-control x-powered-by vary strict-transport-security x-content-type-options x-frame-options
  referrer-policy content-security-policy permissions-policy x-xss-protection accept-ranges allow content-language pragma
  access-control-allow-methods access-control-allow-headers access-control-allow-credentials cross-origin-opener-policy
  cross-origin-resource-policy cross-origin-embedder-policy origin-agent-cluster x-dns-prefetch-control
  x-permitted-cross-domain-policies x-download-options x-ua-compatible`.split(/\s+/),
);

/** Framing and connection are made anew by whoever answers. */
const NOT_KEPT = new Set(
  'content-length transfer-encoding connection keep-alive content-encoding trailer upgrade set-cookie'.split(' '),
);
const MAX_FIELDS = 40;

interface Named {
  readonly name: string;
  readonly value: string;
}

/** Names in order and case; values only where they are static, else null. Links of Location are templated. */
export function observeFields(fields: readonly Named[]): AnswerLikeness['fields'] {
  const kept: AnswerLikeness['fields'] = [];
  for (const { name, value } of fields.slice(0, MAX_FIELDS)) {
    const lower = name.toLowerCase();
    if (NOT_KEPT.has(lower) || lower.startsWith('sec-websocket-') || !/^[A-Za-z][\w-]{0,60}$/.test(name)) continue;
    if (lower === 'location') kept.push([name, templateLink(value)]);
    else kept.push([name, isStatic(lower, value) ? value : null]);
  }
  return kept;
}

function isStatic(name: string, value: string): boolean {
  if (value.length > 500 || !/^[\x20-\x7e]*$/.test(value)) return false;
  // A nonce, boundary or long number is made for one answer.
  if (/nonce-|boundary=|[0-9a-f]{16}|[0-9]{9}/i.test(value)) return false;
  return STATIC_FIELDS.has(name);
}

const ATTRIBUTES = /^(?:path|httponly|secure|samesite|max-age|partitioned|priority)(?:=|$)/i;

/** Names and attributes of cookies; of their values only the length. */
export function observeCookies(fields: readonly Named[]): AnswerLikeness['cookies'] {
  const cookies = new Map<string, AnswerLikeness['cookies'][number]>();
  for (const { name, value } of fields) {
    if (name.toLowerCase() !== 'set-cookie' || cookies.size >= 10) continue;
    const [pair = '', ...attributes] = value.split(';').map((part) => part.trim());
    const mark = pair.indexOf('=');
    const cookie = pair.slice(0, Math.max(0, mark));
    if (!isPlainName(cookie)) continue;
    const kept = attributes.filter((attribute) => ATTRIBUTES.test(attribute) && /^[\w=/-]{1,60}$/.test(attribute));
    cookies.set(cookie, {
      name: cookie,
      attributes: kept.slice(0, 8).join('; '),
      length: Math.min(pair.length - mark - 1, 512),
    });
  }
  return [...cookies.values()];
}
