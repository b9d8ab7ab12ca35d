// What stands before a command says whether the value was an argument, a text or a lesson.
//
// What an attacker gains by dressing up: behind a sentence only tricks, sensitive files and pipes into a shell are found, behind a command
// of its own only tricks.

import { PROGRAMS, TOOLS, WINDOWS, WORDS } from './words.ts';

/** A value of a few plain words, a short text, a sentence or code, or a lesson that begins with its own command. */
export type Surroundings = 'a value' | 'a short text' | 'a text' | 'a lesson';

const MAX_READ = 400;

export function surroundingsOf(before: string): Surroundings {
  const text = before.slice(0, MAX_READ).replace(/^[\t-\r "']+|[\t-\r "'\])}]+$/g, '');
  if (text === '') return 'a value';
  const words = text.split(/[\t-\r ]+/, 12);
  const first = words[0] ?? '';
  if (isLesson(text, first, words.length)) return 'a lesson';
  if (text.includes('```') || text.endsWith(':') || text.endsWith(',') || (text.includes('://') && words.length > 1))
    return 'a text';
  if (!words.every((word) => /^[\w.@%+,:/=~^#*?!\\'"&$\x80-\xff-]+$/.test(word))) return 'a text';
  if (words.some((word) => /^(?:[=:#*>-]+|[+*/%<>&|^-]=)$/.test(word))) return 'a text';
  if (words.length === 1) return 'a value';
  const plain = words.filter((word) => /^[A-Za-z\x80-\xff'"]{2,}[.,:;!?]*$/.test(word)).length;
  if (plain <= 1 && words.length <= 6) return 'a value';
  const isShort = words.length <= 4 && text.length < 60 && !/[.,:!?](?:[\t-\r ]|$)/.test(text);
  return isShort ? 'a short text' : 'a text';
}

function isLesson(text: string, first: string, count: number): boolean {
  if (/^(?:[$>%][\t-\r ]|#!|[A-Z][A-Z_]+=)/.test(text)) return true;
  const name = first.replace(/^.*\//, '');
  const isOwn = PROGRAMS.has(name) || WORDS.has(name) || WINDOWS.has(name);
  return TOOLS.has(first) || (isOwn && (count > 1 || (PROGRAMS.has(name) && !WORDS.has(name) && name === first)));
}
