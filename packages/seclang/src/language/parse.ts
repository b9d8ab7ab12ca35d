import type { OperatorNode, Position, RuleNode, StatementNode } from './ast.ts';
import type { Complaints } from './complaints.ts';
import { logicalLines, type LogicalLine } from './logical-lines.ts';
import { parseActions } from './parse-actions.ts';
import { parseTargets } from './parse-targets.ts';
import { splitWords, type Word } from './words.ts';

/** Reads one file. What cannot be read is complained about and left out; the rest is still read. */
export function parseFile(file: string, text: string, complaints: Complaints): StatementNode[] {
  const statements: StatementNode[] = [];
  const { lines, swallowed } = logicalLines(file, text);
  for (const at of swallowed) {
    complaints.warn({
      code: 'swallowed-by-comment',
      at,
      text: 'this line belongs to the comment before it, because that ends in a backslash',
      hint: 'take the backslash off the comment, or put # before this line too',
    });
  }
  for (const line of lines) {
    const words = splitWords(line, complaints);
    const statement = parseStatement(line, words, complaints);
    if (statement !== undefined) statements.push(statement);
  }
  return statements;
}

function parseStatement(line: LogicalLine, words: Word[], complaints: Complaints): StatementNode | undefined {
  const [first, ...rest] = words;
  if (first === undefined) return undefined;
  const at = line.at(first.at(0));
  switch (first.text.toLowerCase()) {
    case 'secrule':
      return parseRule(line, at, rest, complaints);
    case 'secaction': {
      if (!expectWords(rest, 1, 1, 'SecAction "actions"', at, complaints)) return undefined;
      const [actions] = rest;
      return (
        actions && {
          kind: 'rule',
          at,
          targets: [],
          operator: undefined,
          actions: parseActions(actions.text, locator(line, actions), complaints),
        }
      );
    }
    case 'secmarker': {
      if (!expectWords(rest, 1, 1, 'SecMarker LABEL', at, complaints)) return undefined;
      return { kind: 'marker', at, label: unquote(rest[0]?.text ?? '') };
    }
    default:
      return {
        kind: 'directive',
        at,
        name: first.text,
        words: rest.map((word) => ({ at: line.at(word.at(0)), text: word.text })),
      };
  }
}

function locator(line: LogicalLine, word: Word): (index: number) => Position {
  return (index) => line.at(word.at(index));
}

function unquote(text: string): string {
  return /^'(.*)'$/.exec(text)?.[1] ?? text;
}

function parseRule(line: LogicalLine, at: RuleNode['at'], words: Word[], complaints: Complaints): RuleNode | undefined {
  if (!expectWords(words, 2, 3, 'SecRule VARIABLES "operator" "actions"', at, complaints)) return undefined;
  const [targets, operator, actions] = words;
  if (targets === undefined || operator === undefined) return undefined;
  return {
    kind: 'rule',
    at,
    targets: parseTargets(targets.text, locator(line, targets), complaints),
    operator: parseOperator(operator, line),
    actions: actions === undefined ? [] : parseActions(actions.text, locator(line, actions), complaints),
  };
}

function expectWords(
  words: readonly Word[],
  least: number,
  most: number,
  form: string,
  at: RuleNode['at'],
  complaints: Complaints,
): boolean {
  if (words.length >= least && words.length <= most) return true;
  complaints.error({
    code: 'wrong-form',
    at,
    text: `found ${words.length} word${words.length === 1 ? '' : 's'} after the directive`,
    hint: `the form is: ${form}; a text with spaces needs double quotes`,
  });
  return false;
}

/** `!@name argument`, or a bare pattern, which means `@rx`. */
export function parseOperator(word: Word, line: LogicalLine): OperatorNode {
  const match = /^(\s*)(!?)(\s*)(?:@(\w+)(?:\s+|$))?([^]*)$/.exec(word.text);
  const negated = match?.[2] === '!';
  const name = match?.[4] ?? 'rx';
  // Rules written for Apache, which reads `\\` in double quotes as `\`, say four for an escaped backslash. Two stay two, as in
  // ModSecurity v3: there `[\\/]` means both slashes, and read Apache's way it would lose one.
  const argument = word.quoted ? (match?.[5] ?? '').replaceAll('\\\\\\\\', '\\\\') : (match?.[5] ?? '');
  const at = line.at(word.at((match?.[1] ?? '').length));
  return { at, name, negated, argument, text: `${negated ? '!' : ''}@${name}${argument === '' ? '' : ` ${argument}`}` };
}
