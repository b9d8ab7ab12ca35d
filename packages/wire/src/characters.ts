// Character classes of RFC 9110, 5.6.2 and RFC 3986, as tables over one byte.

export const TOKEN: Uint8Array = classOf(
  "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
);

export const CR = 13;
export const LF = 10;
export const SP = 32;
export const HTAB = 9;
export const COLON = 58;

function classOf(members: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const member of members) table[member.charCodeAt(0)] = 1;
  return table;
}

export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (TOKEN[text.charCodeAt(i)] !== 1) return false;
  return text.length > 0;
}

const isBlank = (code: number): boolean => code === SP || code === HTAB;

/** Cuts surrounding SP and HTAB only (OWS, RFC 9110, 5.6.3); `trim` would also cut bytes that are part of a value. */
export function trimOws(text: string, start: number, end: number): string {
  let from = start;
  let to = end;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

/** Members of a comma-separated list without empty ones (RFC 9110, 5.6.1.2), lower case. */
export function listOf(value: string): string[] {
  return value
    .split(',')
    .map((member) => trimOws(member, 0, member.length).toLowerCase())
    .filter((member) => member !== '');
}
