import { Refusal } from './refusal.ts';

export interface Part {
  readonly name: string;
  readonly fileName?: string;
  readonly content: Buffer;
}

/** multipart/form-data (RFC 7578) as browsers write it. */
export function parseMultipart(type: string, body: Buffer): Part[] {
  const boundary = /boundary="?([^";]{1,70})"?/.exec(type)?.[1];
  if (boundary === undefined) throw new Refusal(400, 'the boundary is missing');
  const parts: Part[] = [];
  const mark = Buffer.from(`--${boundary}`);
  let at = body.indexOf(mark);
  while (at !== -1 && parts.length < 20) {
    const start = at + mark.length + 2;
    const next = body.indexOf(mark, start);
    if (next === -1) break;
    const headEnd = body.indexOf('\r\n\r\n', start);
    if (headEnd === -1 || headEnd > next) throw new Refusal(400, 'a part has no head');
    const head = body.subarray(start, headEnd).toString('utf8');
    const name = /\bname="([^"]*)"/.exec(head)?.[1] ?? '';
    const fileName = /filename="([^"]*)"/.exec(head)?.[1];
    const content = body.subarray(headEnd + 4, next - 2);
    parts.push(fileName === undefined ? { name, content } : { name, fileName, content });
    at = next;
  }
  return parts;
}
