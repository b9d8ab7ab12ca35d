import type { Command, Word } from './lexer.ts';
import {
  ALONE,
  ALONE_WORDS,
  DECODERS,
  isProgram,
  isWord,
  NUMERIC,
  PROGRAMS,
  RESERVED,
  RUNNERS,
  SENSITIVE,
  SENTENCE,
  SHELLS,
  WINDOWS,
} from './words.ts';

/**
 * How sure a command is one: 1 in the place of a value, 2 behind a short text too, 3 behind any text, 4 whatever stands before it.
 */
export interface Evidence {
  readonly level: 1 | 2 | 3 | 4;
  readonly what: string;
}

/** Where programs lie, holes of patterns included. */
const PLACE = /^(?:\.{1,2}\/|~\/|(?:.*[\\/])?(?:s?bin|[?*[\]\w]*[?*[][?*[\]\w]*|system32|busybox)[\\/])[^/\\]+$/i;
/** Other languages go on so after a name. */
const NOT_OPERAND = /^(?:[-+*/.|&^%]?=|=[=>~]|->|::|\(|\?$|:$)/;
const FLAG = /^-{1,2}[A-Za-z0-9]/;
const ADDRESS = /^(?:[a-z][a-z0-9+.-]*:\/\/|\d{1,3}(?:\.\d{1,3}){3}|[A-Za-z]:(?:[\\/]|$))/i;
const FILE = /[/\\*~%]|\?\w|\w\.[A-Za-z_]\w*$|^\.\w|^\.{1,2}$|\[[^\]]+\]/;

export function evidenceOf(command: Command, previous: Command | null): Evidence | null {
  const words = command.words.filter(({ text, expands, isQuoted }) => text !== '' || expands || isQuoted);
  let first = 0;
  while (first < words.length && isPassedOver(words, first)) first++;
  const word = words[first];
  if (word === undefined) return readsOnly(command);
  const rest = words.slice(first + 1);
  return loopOf(word, rest) ?? braceList(word) ?? named(command, word, rest, previous) ?? globbed(word);
}

/** Reserved words, assignments and runs of braces stand before the command's name. */
function isPassedOver(words: readonly Word[], index: number): boolean {
  const { text, isQuoted } = words[index] ?? { text: '', isQuoted: false };
  if (isQuoted && !text.includes('=')) return false;
  return RESERVED.has(text) || (/^[A-Za-z_]\w*=/.test(text) && index < words.length - 1);
}

/** `$(<file)` gives what is in the file. */
function readsOnly({ inside, redirections, words }: Command): Evidence | null {
  const target = redirections[0];
  if (inside === null || inside.open === '<(' || words.length > 0 || target?.operator !== '<' || target.target === null)
    return null;
  return { level: 2, what: 'reads a file' };
}

function loopOf(word: Word, rest: readonly Word[]): Evidence | null {
  const text = rest
    .map((one) => one.text)
    .slice(0, 4)
    .join(' ');
  if (/^for$/i.test(word.text) && (/^\/[dflr]\b/i.test(text) || /^%{1,2}\S in\b/i.test(text))) {
    return { level: 3, what: 'a loop of cmd.exe' };
  }
  if (word.text === 'read' && rest.length === 1) return { level: 1, what: 'read into a variable' };
  return null;
}

/** `{cat,file}` is a command without blanks. */
function braceList({ text }: Word): Evidence | null {
  const list = /^\{([\w/.-]+),([^{}\t-\r ,]+)[^{}\t-\r ]*\}$/.exec(text);
  return list !== null && isProgram(baseName(list[1] ?? ''))
    ? { level: 4, what: `the command ${list[1]} in a brace list` }
    : null;
}

const baseName = (text: string): string => text.replace(/^.*[/\\]/s, '');

function named(command: Command, word: Word, rest: readonly Word[], previous: Command | null): Evidence | null {
  if (word.text.length > 120 || word.isUnclosed) return null;
  const [head = '', ...inner] = word.text.split(/[\t-\r ]+/);
  const name = baseName(head);
  if (!isProgram(name) || (head !== name && !PLACE.test(head)) || NOT_OPERAND.test(rest[0]?.text ?? '')) return null;
  const what = `the command ${name}`;
  const operand = operandOf(command, name, rest) ?? (inner.length > 0 ? 'an operand' : null);
  const ends = rest.length === 0;
  const isPlain = rest.length <= 3 && !rest.some(({ text }) => SENTENCE.has(text.toLowerCase()));
  if (word.isSplit && inner.length === 0 && (operand !== null || isPlain))
    return { level: 4, what: `${what} in pieces` };
  if (word.expands && word.fromVariables && (operand !== null || ends))
    return { level: 4, what: `${what} out of variables` };
  if (
    rest.some(({ text }) => SENSITIVE.test(text)) ||
    command.redirections.some(({ target }) => SENSITIVE.test(target?.text ?? ''))
  ) {
    return { level: 3, what: `${what} on a sensitive file` };
  }
  if (/^\|&?$/.test(command.lead) && SHELLS.has(name) && isPipeEnd(command, rest)) return pipeInto(name, previous);
  if (operand !== null)
    return { level: operand === 'a flag' || operand === 'a number' ? 1 : 2, what: `${what} with ${operand}` };
  return ends ? alone(command, name, head, what) : plainOperands(command, name, rest, what);
}

/** People send a download into a shell, too; what was decoded on the way hides. */
function pipeInto(name: string, previous: Command | null): Evidence {
  const from = previous?.words[0]?.text ?? '';
  if (!DECODERS.has(from)) return { level: 3, what: `a pipe into ${name}` };
  return { level: 4, what: `a pipe from ${from} into ${name}` };
}

function isPipeEnd(command: Command, rest: readonly Word[]): boolean {
  return (
    (rest.length === 0 || FLAG.test(rest[0]?.text ?? '') || rest[0]?.text === '-') && !command.follow.startsWith('|')
  );
}

function alone(command: Command, name: string, head: string, what: string): Evidence | null {
  const tight = command.isTight || /&&|\|\|/.test(command.lead);
  if (head !== name && head.startsWith('/')) return { level: 2, what: `${what} by its path` };
  if (ALONE.has(name.toLowerCase()) && !(isWord(name) && !tight && /&/.test(command.lead))) {
    return { level: command.inside === null ? 1 : 2, what };
  }
  return ALONE_WORDS.has(name) && tight && command.lead !== '&' ? { level: 1, what } : null;
}

/** `;cat secret`: an operand that could be a word, but no sentence has its blanks like that. */
function plainOperands(command: Command, name: string, rest: readonly Word[], what: string): Evidence | null {
  const tight = command.isTight && !/[\r\n]/.test(command.lead) && command.lead !== '&';
  const joined = tight || /&&|\|\|/.test(command.lead);
  if (!joined || rest.length > (isWord(name) ? 1 : 3) || name.length < 2) return null;
  const isPlain = rest.every(({ text }) => /^[\w.@+-]*\w[\w.@+-]*$/.test(text) && !SENTENCE.has(text.toLowerCase()));
  return isPlain ? { level: 1, what: `${what} with an operand` } : null;
}

/** What of the operands no sentence would have, in words. */
function operandOf(command: Command, name: string, rest: readonly Word[]): string | null {
  const isEnglish = isWord(name) || (!PROGRAMS.has(name) && !WINDOWS.has(name.toLowerCase()));
  if (isEnglish && rest.some(({ text }) => SENTENCE.has(text.toLowerCase()) || /[,;:!?]$/.test(text))) return null;
  for (const { operator, target, isTight } of command.redirections) {
    if (operator === '<(') return 'a process substitution';
    if (target !== null && (isTight || target.isQuoted || target.expands || FILE.test(target.text)))
      return 'a redirection';
  }
  const shown = rest.map(kindOf);
  const [word] = rest;
  if (word === undefined) return null;
  if (SHELLS.has(name) && rest.length > 1 && /^-[a-z]*[cer]$/.test(word.text)) return 'a script';
  if (RUNNERS.has(name) && isProgram(baseName(word.text))) return `the command ${word.text}`;
  const strong = shown.find((kind) => kind !== null && kind !== 'a flag');
  if (strong !== undefined && strong !== null && (!isEnglish || shown[0] !== null || rest.length <= 3)) return strong;
  if (shown.includes('a flag')) return 'a flag';
  if (NUMERIC.has(name) && /^\d+(?:\.\d+)?[smhd]?$/.test(word.text)) return 'a number';
  return /^(?:echo|printf|print|eval|type)$/.test(name) && word.isQuoted && !word.isUnclosed ? 'a quoted text' : null;
}

function kindOf({ text, isSplit, isQuoted, isUnclosed, expands }: Word): string | null {
  if (isUnclosed) return null;
  if (FLAG.test(text)) return 'a flag';
  if (/^[a-z/]$/.test(text.slice(0, 1)) && /^\/[a-z]$/i.test(text)) return 'a flag';
  if (ADDRESS.test(text)) return 'an address';
  if (isSplit) return 'an operand in pieces';
  if (expands) return 'an expansion';
  if (isQuoted && !/[\t-\r ]/.test(text)) return 'a quoted name';
  return FILE.test(text.replace(/[.,:;!?)]+$/, (end) => (end.startsWith('.') && text === end ? end : '')))
    ? 'a file'
    : null;
}

/** `/???/c?t`: a path of a program's name with holes. */
function globbed({ text }: Word): Evidence | null {
  const parts = /^\/([\w?*[\]!-]{1,12}\/){1,4}([\w?*[\]!-]{1,12})$/.exec(text);
  if (parts === null || !/[?*[]/.test(text)) return null;
  const name = (parts[2] ?? '').replace(/\[[^\]]*\]/g, '?');
  const isHole = /^\/(?:\?{3}|usr|bin|[?*[\]\w]*(?:bin|b\?n|\?in|bi\?))\//.test(text.replace(/\[[^\]]*\]/g, '?'));
  if (!isHole || /^[*]+$/.test(name)) return null;
  const fits = [...PROGRAMS].some((program) => matches(name, program));
  return fits ? { level: 4, what: 'a program by a pattern of its path' } : null;
}

/** Glob against name: `?` one, `*` any; both are short. */
function matches(glob: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let mark = 0;
  let index = 0;
  while (index < name.length) {
    if (glob[at] === '*') {
      star = at++;
      mark = index;
    } else if (glob[at] === '?' || glob[at] === name[index]) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++mark;
    } else return false;
  }
  while (glob[at] === '*') at++;
  return at === glob.length;
}
