import { lowerCase } from '../transaction/item.ts';
import { operatorFault } from './faults.ts';
import type { Operator, OperatorFactory } from './operator.ts';
import { phraseAutomaton, type PhraseAutomaton } from './phrase-automaton.ts';

/** @pm: words separated by white space, letters folded, `|48 69|` for bytes and `\` before `: ; \ " |`. */
export const pm: OperatorFactory = ({ argument }) => {
  if (argument.constant === undefined) {
    const reason = 'a macro cannot stand in a list of words';
    throw operatorFault('seclang.operator-argument', { operator: 'pm', reason });
  }
  return phraseOperator(splitPhrases(argument.constant));
};

/** @pmFromFile: one phrase a line; lines that are empty or begin with `#` say nothing. */
export const pmFromFile: OperatorFactory = ({ argument, file }) => {
  const name = argument.text.trim();
  const whole = file(name);
  const texts = whole === undefined ? name.split(/\s+/).map((part) => readList(file, part)) : [whole];
  return phraseOperator(texts.flatMap((text) => linesOf(text)));
};

function readList(file: (name: string) => string | undefined, name: string): string {
  const text = file(name);
  if (text === undefined) throw operatorFault('seclang.operator-file-missing', { operator: 'pmFromFile', file: name });
  return text;
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
    .filter((line) => line !== '' && !/^[\t-\r ]*#/.test(line));
}

function phraseOperator(phrases: readonly string[]): Operator {
  let automaton: PhraseAutomaton | undefined;
  const literals = phrases.map((phrase) => lowerCase(phrase)).filter((phrase) => phrase !== '');
  return {
    requires: { clauses: [{ kind: 'literals', literals }], minLength: 1 },
    evaluate(value, run) {
      run.work.spend(value.length);
      // Built at the first use: a rule set holds thousands of words in rules of paranoia levels that never run.
      automaton ??= phraseAutomaton(phrases);
      const hit = automaton.find(value);
      if (hit === null) return null;
      const span = [hit.end - hit.phrase.length, hit.end] as const;
      return { span, captures: [value.slice(span[0], span[1])], detail: `word "${hit.phrase}"` };
    },
  };
}

// A block of bytes, an escaped mark, or any other character that is not white space; each alternative advances.
const PIECE = /\|((?:[ \t]*[0-9a-fA-F]{2})+[ \t]*)\||\\([:;\\"|])|([^\t-\r ])/y;

export function splitPhrases(text: string): string[] {
  const inner = /^[ \t]*"[^]*"$/.test(text) ? text.trim().slice(1, -1) : text;
  const phrases: string[] = [];
  let phrase = '';
  for (let at = 0; at < inner.length;) {
    PIECE.lastIndex = at;
    const piece = PIECE.exec(inner);
    if (piece === null) {
      if (phrase !== '') phrases.push(phrase);
      phrase = '';
      at++;
      continue;
    }
    phrase += piece[1] === undefined ? (piece[2] ?? piece[3] ?? '') : bytesOf(piece[1]);
    at += piece[0].length;
  }
  return phrase === '' ? phrases : [...phrases, phrase];
}

function bytesOf(hex: string): string {
  return hex.replace(/[ \t]+/g, '').replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)));
}
