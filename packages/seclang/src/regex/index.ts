import { onlyByte } from './byte-set.ts';
import { CaptureSearch } from './capture-search.ts';
import { irregularPattern } from './irregular-pattern.ts';
import { LazyDfa } from './lazy-dfa.ts';
import { parsePattern } from './parse.ts';
import type { Pattern, PatternFlags } from './pattern.ts';
import { printJavaScript } from './print-javascript.ts';
import { compileProgram, irregularity, type Program } from './program.ts';
import { regularCover } from './regular-cover.ts';
import { relaxAtomics } from './relax-atomics.ts';
import { requirementsOf, type Requirements } from './requirements.ts';
import type { Node, Syntax } from './syntax.ts';

export type { Pattern, PatternFlags, PatternMatch } from './pattern.ts';
export type { Clause, Requirements } from './requirements.ts';

/** Longer literals go to the automaton: V8's search may compare the whole literal at each place. */
const MAX_LITERAL = 64;

/**
 * Compiles PCRE syntax with PCRE's meaning on bytes. Throws a Fault that names the position when the pattern is wrong or
 * uses what cannot be matched (recursion, conditions, verbs, Unicode properties).
 */
export function compilePattern(pattern: string, flags: PatternFlags): Pattern {
  const parsed = parsePattern(pattern, flags);
  const syntax: Syntax = parsed.irregular ? { ...parsed, root: relaxAtomics(parsed.root) } : parsed;
  const literal = literalOf(syntax.root);
  if (literal !== undefined) return literalPattern(literal, syntax.root);
  const reason = irregularity(syntax);
  if (reason === undefined) return regularPattern(syntax);
  const cover: Syntax = { ...parsed, root: regularCover(parsed.root) };
  const covers = irregularity(cover) === undefined ? regularPattern(cover).test : () => true;
  return irregularPattern(printJavaScript(parsed), reason, { test: covers, root: parsed.root });
}

function regularPattern(syntax: Syntax): Pattern {
  // Made at the first use: most rules of a set are never reached at the chosen paranoia level.
  let program: Program | undefined;
  let automaton: LazyDfa | undefined;
  let search: CaptureSearch | undefined;
  let requires: Requirements | undefined;
  const test: Pattern['test'] = (value, work) => {
    automaton ??= new LazyDfa((program ??= compileProgram(syntax)));
    return automaton.matches(value, work);
  };
  const execFrom: Pattern['execFrom'] = (value, from, work) => {
    search ??= new CaptureSearch((program ??= compileProgram(syntax)), syntax.groups);
    return from > value.length ? null : search.find(value, from, work);
  };
  return {
    how: 'dfa',
    why: 'regular',
    get requires() {
      return (requires ??= requirementsOf(syntax.root));
    },
    test,
    exec: (value, work) => (test(value, work) ? execFrom(value, 0, work) : null),
    execFrom,
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
