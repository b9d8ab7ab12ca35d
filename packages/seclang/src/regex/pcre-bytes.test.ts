import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePattern } from './index.ts';

// Where PCRE on bytes with DOTALL and MULTILINE (as ModSecurity v3 compiles) and JavaScript with `sm` give different answers.
// The expected spans were measured with pcre2test 10.42 (8 bit, no UTF), not taken from us.

type Row = readonly [why: string, pattern: string, value: string, span: readonly [number, number] | null];

const ROWS: readonly Row[] = [
  ['white space is six bytes; 0xA0 is none', '\\s', '\xa0', null],
  ['0xA0 is no white space in a class', '[\\s]', '\xa0', null],
  ['0xA0 is not white space', '\\S', '\xa0', [0, 1]],
  ['next line 0x85 is no white space (as in JavaScript), but vertical', '\\v', '\x85', [0, 1]],
  ['\\v is a type', '\\v', '\n', [0, 1]],
  ['\\v is a type in a class', '[\\v]', '\r', [0, 1]],
  ['\\V', '\\V', 'a', [0, 1]],
  ['\\h', '\\h', '\t', [0, 1]],
  ['\\h takes 0xA0', '\\h', '\xa0', [0, 1]],
  ['\\H', '\\H', ' a', [1, 2]],
  ['\\R takes CR LF as one', '\\R', '\r\n', [0, 2]],
  ['$ does not stand before CR', 'a$', 'a\r', null],
  ['$ stands before LF, not before CR LF', 'a$', 'a\r\nb', null],
  ['^ does not stand after CR', '^b', 'a\rb', null],
  ['^ does not stand behind a final LF', '\\n^', 'a\n', null],
  ['$ in the middle', 'a$\\r', 'a\r', null],
  ['\\A', '\\Aa', 'a', [0, 1]],
  ['\\z', 'a\\z', 'a', [0, 1]],
  ['\\Z is', 'a\\Z', 'a\n', [0, 1]],
  ['dot takes CR without dotall', '(?-s)a.b', 'a\rb', [0, 3]],
  ['inline flag', '(?i)AB', 'ab', [0, 2]],
  ['inline flag after ^', '^(?i)ab', 'AB', [0, 2]],
  ['inline flag for the rest of a group', '(?:a(?i)b)c', 'aBc', [0, 3]],
  ['inline flag ends with its group', '(?:a(?i)b)c', 'aBC', null],
  ['inline flag reaches later branches', 'a(?i)b|c', 'C', [0, 1]],
  ['inline flag off', '(?i)a(?-i)b', 'Ab', [0, 2]],
  ['x flag', '(?x) a b # c', 'ab', [0, 2]],
  ['s flag off', '(?-s).', '\n', null],
  ['letters above 127 do not fold', '(?i)\xe9', '\xc9', null],
  ['nor as escapes', '(?i)\\xe9', '\xc9', null],
  ['nor in classes', '(?i)[\\xe0-\\xff]', '\xd0', null],
  ['0xFF and 0x178', '(?i)\xff', '\xff', [0, 1]],
  ['micro sign', '(?i)\xb5', '\xb5', [0, 1]],
  ['\\w knows ASCII only, also without case', '(?i)\\w', '\xe9', null],
  ['POSIX alpha', '[[:alpha:]]', '1a', [1, 2]],
  ['POSIX, negated', '[[:^digit:]]', '1a', [1, 2]],
  ['POSIX punct', '[[:punct:]]', 'a_', [1, 2]],
  ['POSIX space takes the vertical tab', '[[:space:]]', '\x0b', [0, 1]],
  ['POSIX word', '[[:word:]]', '-_', [1, 2]],
  ['POSIX blank', '[[:blank:]]', '\n\t', [1, 2]],
  ['POSIX cntrl', '[[:cntrl:]]', 'a\x7f', [1, 2]],
  ['POSIX graph', '[[:graph:]]', ' !', [1, 2]],
  ['POSIX print', '[[:print:]]', '\t ', [1, 2]],
  ['POSIX xdigit', '[[:xdigit:]]', 'gF', [1, 2]],
  ['POSIX ascii', '[[:ascii:]]', '\x80a', [1, 2]],
  ['POSIX upper under i', '(?i)[[:upper:]]', 'a', [0, 1]],
  ['POSIX alnum', '[[:alnum:]]', '_9', [1, 2]],
  ['POSIX with others', '[[:digit:]x-z]+', 'a1y', [1, 3]],
  ['\\x{..} outside classes', '\\x{41}', 'A', [0, 1]],
  ['\\x{..} in classes', '[\\x{41}-\\x{43}]', 'B', [0, 1]],
  ['\\x{ff}', '[\\x7f-\\x{ff}]', '\xff', [0, 1]],
  ['\\x without digits is NUL', 'a\\xg', 'a\x00g', [0, 3]],
  ['\\o{..}', '\\o{101}', 'A', [0, 1]],
  ['\\e', '\\e', '\x1b', [0, 1]],
  ['\\a', '\\a', '\x07', [0, 1]],
  ['\\Q..\\E', '\\Qa.b\\E', 'a.b', [0, 3]],
  ['\\Q..\\E in a class', '[\\Q^]\\E]', '^', [0, 1]],
  ['a bracket first in a class is a member', '[]a]', ']', [0, 1]],
  ['and behind ^', '[^]a]', ']b', [1, 2]],
  ['possessive', 'a++a', 'aaa', null],
  ['atomic', '(?>a|ab)c', 'abc', null],
  ['comment', 'a(?#x)b', 'ab', [0, 2]],
  ['named group with P', '(?P<n>a)(?P=n)', 'aa', [0, 2]],
  ['\\g{1}', '(a)\\g{1}', 'aa', [0, 2]],
  ['ungreedy', '(?U)a+', 'aa', [0, 1]],
  ['the x flag skips 0x85 in the pattern', '(?x)a\x85b', 'ab', [0, 2]],
];

test('answers as PCRE on bytes where JavaScript would not', () => {
  for (const [why, pattern, value, span] of ROWS) {
    const label = `${why}: ${JSON.stringify(pattern)} on ${JSON.stringify(value)}`;
    const compiled = compilePattern(pattern, { dotAll: true, multiline: true });
    assert.deepEqual(compiled.exec(value)?.span ?? null, span, label);
    assert.equal(compiled.test(value), span !== null, label);
    assert.notDeepEqual(javaScript(pattern, value), span, `no difference from JavaScript, ${label}`);
  }
  assert.equal(ROWS.length, 66);
});

function javaScript(pattern: string, value: string): readonly [number, number] | null | 'refused' {
  try {
    const found = new RegExp(pattern, 'sm').exec(value);
    return found === null ? null : [found.index, found.index + found[0].length];
  } catch {
    return 'refused';
  }
}
