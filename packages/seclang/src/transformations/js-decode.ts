import { ESCAPE_LETTERS } from './escape-letters.ts';
import { hexByte, hexRun, isFullWidth, isOctal, octalRun } from './hex.ts';

/** JavaScript escapes `\uHHHH` (low byte, full-width ASCII folded), `\xHH`, `\OOO`, `\n` …; else the backslash just goes. */
export function jsDecode(value: string): string {
  let at = value.indexOf('\\');
  if (at < 0) return value;
  let out = '';
  let copied = 0;
  while (at >= 0 && at + 1 < value.length) {
    out += value.slice(copied, at);
    const [text, length] = decodeEscape(value, at);
    out += text;
    copied = at + length;
    at = value.indexOf('\\', copied);
  }
  return out + value.slice(copied);
}

function decodeEscape(value: string, at: number): [text: string, length: number] {
  const letter = value.charAt(at + 1);
  if (letter === 'u' && hexRun(value, at + 2, 4) === 4) {
    const low = hexByte(value, at + 4);
    return [String.fromCharCode(isFullWidth(value, at + 2, low) ? low + 0x20 : low), 6];
  }
  if (letter === 'x' && hexRun(value, at + 2, 2) === 2) return [String.fromCharCode(hexByte(value, at + 2)), 4];
  if (isOctal(letter.charCodeAt(0))) {
    // Three digits only up to \377, one byte.
    const digits = octalRun(value, at + 1);
    const taken = digits === 3 && letter > '3' ? 2 : digits;
    return [String.fromCharCode(Number.parseInt(value.slice(at + 1, at + 1 + taken), 8)), 1 + taken];
  }
  return [ESCAPE_LETTERS.get(letter) ?? letter, 2];
}
