import { ESCAPE_LETTERS } from './escape-letters.ts';
import { hexByte, isOctal, octalRun, hexRun } from './hex.ts';

/** ANSI C escapes `\a … \v \\ \? \' \" \xHH \OOO`; before anything else the backslash just goes. */
export function escapeSeqDecode(value: string): string {
  let at = value.indexOf('\\');
  if (at < 0) return value;
  let out = '';
  let copied = 0;
  while (at >= 0 && at + 1 < value.length) {
    out += value.slice(copied, at);
    const letter = value.charAt(at + 1);
    const simple = ESCAPE_LETTERS.get(letter);
    if (simple !== undefined) {
      out += simple;
      copied = at + 2;
    } else if ((letter === 'x' || letter === 'X') && hexRun(value, at + 2, 2) === 2) {
      out += String.fromCharCode(hexByte(value, at + 2));
      copied = at + 4;
    } else if (isOctal(letter.charCodeAt(0))) {
      const digits = octalRun(value, at + 1);
      copied = at + 1 + digits;
      out += String.fromCharCode(Number.parseInt(value.slice(at + 1, copied), 8) & 0xff);
    } else {
      out += letter;
      copied = at + 2;
    }
    at = value.indexOf('\\', copied);
  }
  return out + value.slice(copied);
}
