const NAMED: ReadonlyMap<string, string> = new Map([
  ['quot', '"'],
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['nbsp', '\xa0'],
]);

// No nested repetition: each alternative is one run, so a scan is linear.
const ENTITY = /&(?:#[xX]([0-9a-fA-F]+)|#([0-9]+)|([0-9A-Za-z]+));?/g;

/** Numeric entities (their low byte) and the five names `quot amp lt gt nbsp`; the semicolon may be missing. */
export function htmlEntityDecode(value: string): string {
  if (!value.includes('&')) return value;
  return value.replace(ENTITY, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return lowByte(`0x${trimZeros(hex)}`, hex.length);
    if (decimal !== undefined) return lowByte(trimZeros(decimal), decimal.length);
    return NAMED.get((name ?? '').toLowerCase()) ?? whole;
  });
}

const LONG_MAX = 0x7fff_ffff_ffff_ffffn;

function lowByte(digits: string, length: number): string {
  // strtol saturates at LONG_MAX, whose low byte is 0xff; 40 digits are far above it and keep BigInt cheap.
  if (digits.length > 40) return '\xff';
  const number = length === 0 ? 0n : BigInt(digits);
  return String.fromCharCode(Number((number > LONG_MAX ? LONG_MAX : number) & 0xffn));
}

function trimZeros(digits: string): string {
  let at = 0;
  while (at < digits.length - 1 && digits.charCodeAt(at) === 0x30) at++;
  return digits.slice(at);
}
