import { searchAll } from './substring.ts';
import { textOperator } from './text-operator.ts';

/** The text, not touched by an ASCII letter on either side. */
export const containsWord = textOperator((value, text) => {
  if (text === '') return { span: [0, 0], captures: [''] };
  for (const at of searchAll(value, text)) {
    const end = at + text.length;
    if (!isLetter(value, at - 1) && !isLetter(value, end)) return { span: [at, end], captures: [text] };
  }
  return null;
});

function isLetter(value: string, at: number): boolean {
  if (at < 0 || at >= value.length) return false;
  const code = value.charCodeAt(at) | 0x20;
  return code >= 0x61 && code <= 0x7a;
}
