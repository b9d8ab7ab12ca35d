import type { Detection } from '../detection.ts';
import { evidenceOf, type Evidence } from './evidence.ts';
import { Lexer, type Command } from './lexer.ts';
import { surroundingsOf, type Surroundings } from './surroundings.ts';
import { ALONE, isProgram, RESERVED, TOOLS } from './words.ts';

/** What a test may watch: characters looked at, over all contexts. */
export interface Effort {
  steps: number;
}

interface Context {
  readonly value: string;
  readonly from: number;
  readonly name: string;
}

/**
 * Does this value, pasted into a command line as a bare word or inside quotes, go on with a command of its own?
 * Linear in the length of the value; no state.
 */
export function detectShell(value: string, effort: Effort = { steps: 0 }): Detection | null {
  if (!/[;|&\n\r`^\\{?*"']|\$[('{A-Za-z]|<\(|\/(?:etc|proc|dev)\//.test(value)) return null;
  const bare = read({ value, from: 0, name: 'as a bare word' }, effort);
  if (bare !== null) return bare;
  for (const [quote, name] of [
    ["'", 'inside single quotes'],
    ['"', 'inside double quotes'],
  ] as const) {
    const at = value.indexOf(quote);
    const found = at < 0 ? null : read({ value, from: at + 1, name }, effort);
    if (found !== null) return found;
  }
  return null;
}

const NEEDED: Readonly<Record<Surroundings, number>> = {
  'a value': 1,
  'a short text': 2,
  'a text': 3,
  'a lesson': 4,
};

function read(context: Context, effort: Effort): Detection | null {
  let found: Detection | null = null;
  // What stood before the last separator at the outside; a stretch that is no command makes the whole a text.
  let before: Surroundings | null = null;
  let previous: Command | null = null;
  const lexer = new Lexer(context.value, context.from, (commands) => {
    for (const command of commands) {
      effort.steps++;
      const around: Surroundings = before ?? surroundingsOf(context.value.slice(0, Math.min(command.leadStart, 400)));
      const evidence = evidenceOf(command, previous);
      previous = command;
      if (evidence !== null && isPlausible(context, command, evidence, around)) {
        found = detection(context, command, evidence);
        return true;
      }
      if (command.lead !== '' && command.inside === null) before = isBetween(command) ? around : worse(around);
    }
    return false;
  });
  lexer.run();
  effort.steps += lexer.steps;
  return found;
}

function detection({ name, value }: Context, command: Command, { what }: Evidence): Detection {
  const start = command.leadStart;
  const lead = command.lead.replaceAll('\r', '\\r').replaceAll('\n', '\\n');
  const how = lead === '' ? 'the value is' : `${lead} followed by`;
  return { span: [start, Math.min(value.length, Math.max(start + 1, command.end))], detail: `${name}: ${how} ${what}` };
}

/** Commands, reserved words, assignments and single names stand between commands. */
function isBetween({ words }: Command): boolean {
  const name = words[0]?.text ?? '';
  if (words.length <= 1 || isProgram(name) || RESERVED.has(name)) return true;
  return (
    /^[A-Za-z_]\w*=/.test(name) ||
    name === 'false' ||
    name === 'true' ||
    name === ':' ||
    name === 'done' ||
    /^(?:for|case|select|read)$/.test(name)
  );
}

const worse = (around: Surroundings): Surroundings => (around === 'a lesson' ? around : 'a text');

function isPlausible(context: Context, command: Command, evidence: Evidence, around: Surroundings): boolean {
  const { value } = context;
  const { lead, leadStart, inside } = command;
  if (lead === '') return leadStart === 0 && context.from === 0 && isOwnTrick(value, command, evidence);
  if (lead.startsWith(')')) return false;
  if (lead.startsWith('&;')) return evidence.level >= 4;
  if (inside?.open === '`') return isBackTicked(value, command, evidence, around);
  if (inside !== null) {
    const isCall = /^[.[]/.test(value.slice(inside.end, inside.end + 1)) && evidence.level < 3;
    const needed = NEEDED[around] - (NEEDED[around] > 2 ? 1 : 0);
    return !isCall && evidence.level >= needed;
  }
  if (/[\r\n]/.test(lead) && isListOfLines(value, command, evidence)) return false;
  if (lead === '|' && isTable(value, command, evidence)) return false;
  if (lead === '&' && isQueryString(value, command, evidence)) return false;
  return evidence.level >= NEEDED[around];
}

/** A value that is nothing but a command is a lesson, unless its name is hidden or it reads what nobody shows. */
function isOwnTrick(value: string, { words, end }: Command, { level }: Evidence): boolean {
  const first = words[0];
  if (first === undefined || words.length > 7 || first.text.includes('(')) return false;
  if (level === 3) return words.length <= 4 && end >= value.trimEnd().length;
  return (
    level === 4 && ((first.isSplit && words.length > 1) || /^\/.*[?[]/.test(first.text) || first.text.startsWith('{'))
  );
}

/** A line end or tab within a string of JSON. */
const JSON_BLANK = /\\[nrt]$/;

/** What attackers leave behind a substitution: nothing, a comment, a command that does nothing. */
const ENDING = /^["'\t-\r ]*(?:#.*|[;|&]+ ?(?:(?:true|false|:|echo \w+) ?)?)?$/s;

/** Markdown sets code between back-ticks that stand apart; a substitution hangs on a value, or is all of it. */
function isBackTicked(
  value: string,
  { inside, words, redirections }: Command,
  evidence: Evidence,
  around: Surroundings,
): boolean {
  if (inside === null) return false;
  const { start, end } = inside;
  const opens =
    start === 0 ||
    /[\t-\r ([*_`>|:,"'\x80-\xff-]/.test(value[start - 1] ?? '') ||
    JSON_BLANK.test(value.slice(Math.max(0, start - 2), start));
  const closes = end >= value.length || /[\\\t-\r .,:;!?)\]*_`|"'\x80-\xff-]/.test(value[end] ?? '');
  if (!opens || !closes) return evidence.level >= (around === 'a text' ? 2 : NEEDED[around]);
  const isAll =
    start < 40 && /^[\d\t-\r ."'-]*$/.test(value.slice(0, start)) && ENDING.test(value.slice(end, end + 60));
  if (!isAll || value.includes('```')) return false;
  const isTelling =
    words.length + redirections.length > 1 ||
    /^(?:whoami|id|uname|ifconfig|ipconfig|netstat|hostname)$/.test(words[0]?.text ?? '');
  return isTelling && (evidence.level >= 2 || evidence.what.endsWith(' a number'));
}

/** Names of columns, one a line; a paragraph under a heading of one word. */
function isListOfLines(value: string, command: Command, evidence: Evidence): boolean {
  if (evidence.level > 2) return false;
  const isParagraph =
    /\n\r?\n/.test(command.lead) && /^[A-Z][a-z]+[\t-\r ]*$/.test(value.slice(0, Math.min(command.leadStart, 40)));
  const isName = command.words.length === 1 && command.redirections.length === 0;
  return isParagraph || (isName && /^[\r\n]/.test(command.follow) && !followsCommand(value, command.end));
}

function followsCommand(value: string, end: number): boolean {
  const [name = ''] = value
    .slice(end, end + 60)
    .replace(/^[\t-\r ]+/, '')
    .split(/[\t-\r ;|&]/, 1);
  return name === '' || isProgram(name) || TOOLS.has(name);
}

/** `| id | name |` is the head of a table. */
function isTable(value: string, command: Command, evidence: Evidence): boolean {
  if (evidence.level > 2) return false;
  const name = command.words[0]?.text ?? '';
  const isName = command.words.length === 1 && ALONE.has(name);
  if (!isName) return command.leadStart === 0 && command.follow === '|' && /\|[\t-\r ]*$/.test(value.slice(-8));
  return (
    (!command.isTight && command.follow === '|') ||
    /\|?[\t-\r ]*:?-{2,}/.test(value.slice(command.end, command.end + 12))
  );
}

/** `a=1&id&sort` */
function isQueryString(value: string, command: Command, evidence: Evidence): boolean {
  const head = value.slice(Math.max(0, command.leadStart - 200), command.leadStart);
  return (
    evidence.level === 1 && command.isTight && command.words.length === 1 && /[?=]/.test(head) && !/[\t-\r ]/.test(head)
  );
}
