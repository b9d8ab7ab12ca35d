import type { MessageEvidence } from '@seawall/contract';

const MAX_HEAD = 16_384;
export const MASK = '***';
const SECRET_FIELDS = /^(cookie|set-cookie|authorization|proxy-authorization|sec-websocket-key):.*$/gim;
/** Shorter values stand in too many places by chance. */
const MIN_SECRET = 6;

export interface EvidenceInput {
  /** Start line and fields as received. */
  readonly head: string;
  readonly body: Buffer;
  readonly bodyBytes: number;
  readonly keepBodyBytes: number;
  readonly maskCookies: boolean;
  /** A piece of text that matched, to cut the body around it. */
  readonly near: string | undefined;
  /** The session value: it must not leave the gateway anywhere. */
  readonly secret: string | undefined;
}

export function evidenceOf(input: EvidenceInput): MessageEvidence {
  const { head, body, near, secret } = input;
  const keep = Math.min(input.keepBodyBytes, 4096);
  const text = body.toString('latin1');
  const at = near === undefined || near === '' ? -1 : text.indexOf(near.slice(0, 64));
  const start = at < 0 ? 0 : Math.max(0, Math.min(at - (keep >> 1), text.length - keep));
  const cut = text.slice(start, start + keep);
  return {
    head: masked(maskFields(head.slice(0, MAX_HEAD), input.maskCookies), secret),
    body: masked(cut, secret),
    bodyBytes: input.bodyBytes,
    truncated: head.length > MAX_HEAD || cut.length < input.bodyBytes,
  };
}

function maskFields(head: string, maskCookies: boolean): string {
  return head.replace(SECRET_FIELDS, (line, name: string) => {
    if (!maskCookies && /cookie/i.test(name)) return line;
    // The names of cookies explain; their values are secrets.
    if (/^cookie$/i.test(name)) return line.replace(/=[^;\r\n]*/g, `=${MASK}`);
    return `${name}: ${MASK}`;
  });
}

/** Takes a secret out of any text that leaves the gateway. */
export function masked(text: string, secret: string | undefined): string {
  if (secret === undefined || secret.length < MIN_SECRET) return text;
  const encoded = encodeURIComponent(secret);
  const plain = text.replaceAll(secret, MASK);
  return encoded === secret ? plain : plain.replaceAll(encoded, MASK);
}
