import { hexByte, hexRun, isFullWidth, isSpace } from './hex.ts';

/** CSS 2 escapes: `\` and one to six hex digits (the low byte counts, full-width ASCII is folded), or a literal byte. */
export function cssDecode(value: string): string {
  let at = value.indexOf('\\');
  if (at < 0) return value;
  let out = value.slice(0, at);
  while (at < value.length) {
    if (value.charCodeAt(at) !== 0x5c) {
      const next = value.indexOf('\\', at);
      const end = next < 0 ? value.length : next;
      out += value.slice(at, end);
      at = end;
      continue;
    }
    at++;
    const digits = hexRun(value, at, 6);
    if (digits > 0) {
      out += String.fromCharCode(escaped(value, at, digits));
      at += digits;
      // One white space ends the escape and belongs to it.
      if (at < value.length && isSpace(value.charCodeAt(at))) at++;
    } else if (at < value.length) {
      if (value.charCodeAt(at) !== 0x0a) out += value.charAt(at);
      at++;
    }
  }
  return out;
}

function escaped(value: string, at: number, digits: number): number {
  if (digits === 1) return Number.parseInt(value.charAt(at), 16);
  const low = hexByte(value, at + digits - 2);
  const high = digits > 4 && /[^0]/.test(value.slice(at, at + digits - 4));
  return digits >= 4 && !high && isFullWidth(value, at + digits - 4, low) ? low + 0x20 : low;
}
