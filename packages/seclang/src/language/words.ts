import type { Complaints } from './complaints.ts';
import type { LogicalLine } from './logical-lines.ts';

export interface Word {
  readonly text: string;
  readonly quoted: boolean;
  /** Offset in the logical line of each character of `text`. */
  at(index: number): number;
}

/** Splits a directive into words. In double quotes `\"` is a quote, and so is one that no space follows; every other backslash stays, because patterns need it. */
export function splitWords(line: LogicalLine, complaints: Complaints): Word[] {
  const words: Word[] = [];
  const text = line.text;
  let index = 0;
  for (;;) {
    while (index < text.length && (text[index] === ' ' || text[index] === '\t')) index++;
    if (index >= text.length) return words;
    if (text[index] === '"') {
      const { word, end } = quotedWord(text, index);
      if (end === undefined) {
        // ModSecurity takes such a text as it is, and so do rules that live on.
        complaints.warn({
          code: 'unterminated-quote',
          at: line.at(index),
          text: 'this quote is never closed; the text is taken to the end of the line',
          hint: 'close it, or end the line with a backslash when the text goes on in the next line',
        });
      }
      words.push(word);
      index = end ?? text.length;
    } else {
      const start = index;
      while (index < text.length && text[index] !== ' ' && text[index] !== '\t') index++;
      words.push({ text: text.slice(start, index), quoted: false, at: (offset) => start + offset });
    }
  }
}

function quotedWord(text: string, start: number): { word: Word; end: number | undefined } {
  const escapes: number[] = [];
  let out = '';
  let from = start + 1;
  for (let index = start + 1; index < text.length; index++) {
    const character = text[index];
    if (character === '\\' && text[index + 1] === '"') {
      out += text.slice(from, index);
      escapes.push(out.length);
      from = index + 1;
      index++;
    } else if (character === '"' && !/[^\s]/.test(text[index + 1] ?? ' ')) {
      out += text.slice(from, index);
      const at = (offset: number): number => start + 1 + offset + escapes.filter((escape) => escape < offset).length;
      return { word: { text: out, quoted: true, at }, end: index + 1 };
    }
  }
  out += text.slice(from);
  return { word: { text: out, quoted: true, at: (offset) => start + 1 + offset }, end: undefined };
}
