import { onlyByte } from './byte-set.ts';
import { irregularPattern } from './irregular-pattern.ts';
import { LazyDfa } from './lazy-dfa.ts';
import { parsePattern } from './parse.ts';
import type { Pattern, PatternFlags } from './pattern.ts';
import { printJavaScript } from './print-javascript.ts';
import { compileProgram, irregularity } from './program.ts';
import { regularCover } from './regular-cover.ts';
import { RegularPattern } from './regular-pattern.ts';
import { relaxAtomics } from './relax-atomics.ts';
import { requirementsOf, type Requirements } from './requirements.ts';
import type { Node, Syntax } from './syntax.ts';

export type { Pattern, PatternFlags, PatternMatch } from './pattern.ts';
export { compileSet, type PatternSet } from './pattern-set.ts';
export type { Clause, Requirements } from './requirements.ts';

/** Longer literals go to the automaton: V8's search may compare the whole literal at each place. */
const MAX_LITERAL = 64;

/**
 * Compiles PCRE syntax with PCRE's meaning on bytes. Throws a Fault that names the position when the pattern is wrong or
 * uses what cannot be matched (recursion, conditions, verbs, Unicode properties).
 */
export function compilePattern(pattern: string, flags: PatternFlags): Pattern {
  const parsed = parsePattern(pattern, flags);
  const syntax = relaxed(parsed);
  const literal = literalOf(syntax.root);
  if (literal !== undefined) return literalPattern(literal, syntax.root);
  const reason = irregularity(syntax);
  if (reason === undefined) return new RegularPattern(syntax, () => relaxed(parsePattern(pattern, flags)));
  const cover: Syntax = { ...parsed, root: regularCover(parsed.root), irregular: false };
  const test = irregularity(cover) === undefined ? coverTest(cover) : () => true;
  return irregularPattern(printJavaScript(parsed), reason, { test, root: cover.root });
}

function relaxed(parsed: Syntax): Syntax {
  return parsed.irregular ? { ...parsed, root: relaxAtomics(parsed.root) } : parsed;
}

function coverTest(cover: Syntax): (value: string) => boolean {
  let automaton: LazyDfa | undefined;
  return (value) => {
    automaton ??= new LazyDfa(compileProgram(cover, 'plain'), 'any');
    return automaton.matchedBy(value) !== 0;
  };
}

function literalOf(root: Node): string | undefined {
  const items = root.kind === 'sequence' ? root.items : [root];
  if (items.length > MAX_LITERAL) return undefined;
  let literal = '';
  for (const item of items) {
    const byte = item.kind === 'set' ? onlyByte(item.set) : undefined;
    if (byte === undefined) return undefined;
    literal += String.fromCharCode(byte);
  }
  return literal;
}

function literalPattern(literal: string, root: Node): Pattern {
  let requires: Requirements | undefined;
  const execFrom: Pattern['execFrom'] = (value, from, work) => {
    work?.spend(value.length - from);
    const at = value.indexOf(literal, from);
    return at < 0 ? null : { span: [at, at + literal.length], captures: [literal] };
  };
  return {
    how: 'literal',
    why: 'one text',
    get requires() {
      return (requires ??= requirementsOf(root));
    },
    test(value, work) {
      work?.spend(value.length);
      return value.includes(literal);
    },
    exec: (value, work) => execFrom(value, 0, work),
    execFrom,
  };
}
