import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePattern, type PatternFlags } from './index.ts';

const RX: PatternFlags = { dotAll: true, multiline: true };

type Row = readonly [pattern: string, value: string, span: readonly [number, number] | null, flags?: PatternFlags];

// Spans by PCRE's documentation; values are byte strings.
const ROWS: readonly Row[] = [
  ['', '', [0, 0]],
  ['', 'x', [0, 0]],
  ['abc', 'xabc', [1, 4]],
  ['(?i)abc', 'xABc', [1, 4]],
  ['a(?i)b|c', 'C', [0, 1]],
  ['(a(?i)b)c', 'aBC', null],
  ['(?i:a)b', 'Ab', [0, 2]],
  ['(?i:a)b', 'AB', null],
  ['(?i)a(?-i)b', 'AB', null],
  ['(?i)[^a]', 'A', null],
  ['(?i)\xe9', '\xc9', null],
  ['(?i)k', '\u00ff', null],
  ['a.c', 'a\nc', [0, 3]],
  ['a.c', 'a\nc', null, {}],
  ['(?-s)a.c', 'a\nc', null],
  ['a\\Nc', 'a\nc', null],
  ['^b', 'a\nb', [2, 3]],
  ['^b', 'a\nb', null, {}],
  ['^', 'a\n', [0, 0]],
  ['b^', 'b\n', null],
  ['\\n^', '\n', null],
  ['\\n^', '\na', [0, 1]],
  ['^b', 'a\rb', null],
  ['a$', 'a\nb', [0, 1]],
  ['a$', 'a\r\nb', null],
  ['a$', 'ba\n', [1, 2], {}],
  ['a$', 'a\n\n', null, {}],
  ['a$\\n', 'a\n', [0, 2], {}],
  ['a\\Z', 'a\n', [0, 1]],
  ['a\\Z', 'a\n\n', null],
  ['a\\z', 'a\n', null],
  ['a\\z', 'ba', [1, 2]],
  ['\\Ab', 'a\nb', null],
  ['\\Ab', 'b', [0, 1]],
  ['\\s', '\x0b', [0, 1]],
  ['\\s', '\x85', null],
  ['\\s', '\xa0', null],
  ['\\h', '\xa0', [0, 1]],
  ['\\v', '\x85', [0, 1]],
  ['\\v', '\r', [0, 1]],
  ['\\H+\\V', ' \tab', [2, 4]],
  ['\\R', 'a\r\nb', [1, 3]],
  ['a\\R', 'a\x0c', [0, 2]],
  ['\\w+', '\xe9a_9-', [1, 4]],
  ['\\d\\D\\W\\S', '1a-b', [0, 4]],
  ['\\bfoo\\b', 'a foo.', [2, 5]],
  ['\\bfoo\\b', 'afoo', null],
  ['\\Boo', 'foo', [1, 3]],
  ['[[:alpha:]]+[[:^digit:]]', '1ab!', [1, 4]],
  ['[[:space:][:punct:]]+', 'a ,\x0bb', [1, 4]],
  ['[]a]+', 'b]a', [1, 3]],
  ['[^]a]', ']ab', [2, 3]],
  ['[a\\]b-]+', '-]ab', [0, 4]],
  ['[\\d-z]+', '5-z', [0, 3]],
  ['[\\x{41}-\\x43]+', 'zABC', [1, 4]],
  ['[\\b]', '\b', [0, 1]],
  ['[\\Qa-c\\E]+', 'b-ca', [1, 4]],
  ['\\x41\\x{42}\\103\\o{104}\\cA\\e\\0', 'ABCD\x01\x1b\0', [0, 7]],
  ['\\Qa.c*\\E+', 'xa.c**', [1, 6]],
  ['a{2}', 'aaa', [0, 2]],
  ['a{2,}', 'baaa', [1, 4]],
  ['a{1,2}?', 'aa', [0, 1]],
  ['a{,2}', 'a{,2}', [0, 5]],
  ['a{2', 'a{2', [0, 3]],
  ['(?:a{2}){2}', 'aaaaa', [0, 4]],
  ['a{2}{2}', 'aaaaa', [0, 4]],
  ['a*?b', 'aab', [0, 3]],
  ['(?U)a+', 'aa', [0, 1]],
  ['a++a', 'aaa', null],
  ['a++b', 'aab', [0, 3]],
  ['(?>a|ab)c', 'abc', null],
  ['(?>a+)b', 'aab', [0, 3]],
  ['a(?=b)', 'acab', [2, 3]],
  ['a(?!b)', 'abac', [2, 3]],
  ['(?<=b)a', 'aba', [2, 3]],
  ['(?<!b)a', 'baa', [2, 3]],
  ['(a|b)\\1', 'abb', [1, 3]],
  ['(?<q>[\'"]).*?\\k<q>', 'x"a\'b"', [1, 6]],
  ["(?P<q>a)(?P=q)\\g{1}\\g{-1}\\g1\\k'q'", 'aaaaaa', [0, 6]],
  ['(?i)(a)\\1', 'aA', [0, 2]],
  ['(?x) a b # comment\n c', 'abc', [0, 3]],
  ['a(?#comment)b', 'ab', [0, 2]],
  ['a|ab', 'ab', [0, 1]],
  ['(?:a|ab)(?:c|bcd)', 'abcd', [0, 4]],
  ['(?:a*)*b', 'aab', [0, 3]],
  ['(?:a|b|)+c', 'abc', [0, 3]],
  ['x*', 'aaa', [0, 0]],
  ['[^\\x00-\\xff]', 'a', null],
  ['\\xff\\x80', 'a\xff\x80', [1, 3]],
];

test('matches as PCRE does on bytes', () => {
  for (const [pattern, value, span, flags = RX] of ROWS) {
    const compiled = compilePattern(pattern, flags);
    const label = `${JSON.stringify(pattern)} on ${JSON.stringify(value)} (${compiled.how})`;
    assert.deepEqual(compiled.exec(value)?.span ?? null, span, label);
    assert.equal(compiled.test(value), span !== null, `test ${label}`);
  }
  assert.equal(ROWS.length, 89);
});

const CAPTURES: readonly (readonly [pattern: string, value: string, captures: readonly (string | undefined)[]])[] = [
  ['(a)(b)?', 'a', ['a', 'a', undefined]],
  ['(a)(b?)(c)', 'ac', ['ac', 'a', '', 'c']],
  ['(?:(a)|b)*', 'ab', ['ab', 'a']],
  ['(a+)(a*)', 'aaa', ['aaa', 'aaa', '']],
  ['(a+?)(a*)', 'aaa', ['aaa', 'a', 'aa']],
  ['(?>(a)b)(c)\\2', 'abcc', ['abcc', 'a', 'c']],
  ['((a)|(b))+', 'ab', ['ab', 'b', 'a', 'b']],
];

test('keeps the groups of the leftmost match', () => {
  for (const [pattern, value, captures] of CAPTURES) {
    assert.deepEqual(compilePattern(pattern, RX).exec(value)?.captures, captures, pattern);
  }
  assert.equal(CAPTURES.length, 7);
});

const HOW: readonly (readonly [pattern: string, how: string, why: string])[] = [
  ['abc', 'literal', 'one text'],
  ['(?i)abc', 'dfa', 'regular'],
  ['a*+b', 'dfa', 'regular'],
  ['a*+a', 'v8', 'possessive repetition'],
  ['a*+$', 'v8', 'possessive repetition'],
  ['(?>ab|c)', 'dfa', 'regular'],
  ['(?>a*?)b', 'v8', 'atomic group'],
  ['a(?=b)', 'v8', 'lookahead'],
  ['(?<!a)b', 'v8', 'lookbehind'],
  ['(a)\\1', 'v8', 'back-reference'],
  ['(?:a{300}){300}', 'v8', 'counted repetitions unroll to more than 60000 states'],
];

test('says how a pattern is matched and why', () => {
  for (const [pattern, how, why] of HOW) {
    const compiled = compilePattern(pattern, RX);
    assert.deepEqual([compiled.how, compiled.why], [how, why], pattern);
  }
  assert.equal(HOW.length, 11);
});

const REFUSED: readonly (readonly [pattern: string, code: string, position?: number])[] = [
  ['a(b', 'invalid', 2],
  ['ab)', 'invalid', 3],
  ['a[b', 'invalid', 2],
  ['[b-a]', 'invalid', 3],
  ['[[:nope:]]', 'invalid'],
  ['*a', 'invalid', 1],
  ['a+**', 'invalid', 3],
  ['a{3,2}', 'invalid', 2],
  ['a{70000}', 'invalid', 2],
  ['a\\', 'invalid', 2],
  ['\\i', 'invalid', 1],
  ['\\x{100}', 'invalid', 1],
  ['\\x{4', 'invalid', 1],
  ['\u4e2d', 'invalid', 1],
  ['\\1', 'invalid', 1],
  ['\\k<no>', 'invalid', 1],
  ['(?<a>.)(?<a>.)', 'invalid', 8],
  ['(?R)', 'unsupported', 1],
  ['(?|a|b)', 'unsupported', 1],
  ['(?(1)a)', 'unsupported', 1],
  ['(*UTF8)a', 'unsupported'],
  ['\\p{L}', 'unsupported', 1],
  ['a\\Kb', 'unsupported', 2],
  ['('.repeat(300) + ')'.repeat(300), 'too-big'],
  ['a'.repeat(70_000), 'too-big'],
];

test('refuses what it cannot match, with the position', () => {
  for (const [pattern, code, position] of REFUSED) {
    assert.throws(
      () => compilePattern(pattern, RX),
      (error: { code?: string; context?: { position?: number } }) => {
        assert.equal(error.code, `seclang.pattern-${code}`, pattern.slice(0, 40));
        if (position !== undefined) assert.equal(error.context?.position, position, pattern);
        return true;
      },
    );
  }
  assert.equal(REFUSED.length, 25);
});
