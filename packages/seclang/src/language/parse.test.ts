import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Complaints } from './complaints.ts';
import { parseActions } from './parse-actions.ts';
import { parseTargets } from './parse-targets.ts';
import { parseFile } from './parse.ts';

function parse(text: string) {
  const complaints = new Complaints(new Map([['a.conf', text]]));
  return { statements: parseFile('a.conf', text, complaints), complaints };
}

const here = { file: 'a.conf', line: 1, column: 1 };

test('a rule over several lines keeps the place of each of its parts', () => {
  const { statements, complaints } = parse(
    '# first\n\nSecRule ARGS:q|!ARGS:z \\\n    "@rx a\\"b" \\\n    "id:1,\\\n    msg:\'x, y\',t:none"\r\n',
  );
  assert.deepEqual(complaints.problems, []);
  const [rule] = statements;
  assert.ok(rule?.kind === 'rule');
  assert.deepEqual(rule.at, { file: 'a.conf', line: 3, column: 1 });
  assert.deepEqual(
    rule.targets.map(({ text, at }) => [text, at.line, at.column]),
    [
      ['ARGS:q', 3, 9],
      ['!ARGS:z', 3, 16],
    ],
  );
  assert.deepEqual(
    [rule.operator?.name, rule.operator?.argument, rule.operator?.at.line, rule.operator?.at.column],
    ['rx', 'a"b', 4, 6],
  );
  assert.deepEqual(
    rule.actions.map(({ name, value, at }) => [name, value, at.line, at.column]),
    [
      ['id', '1', 5, 6],
      ['msg', 'x, y', 6, 5],
      ['t', 'none', 6, 16],
    ],
  );
});

const TARGETS: readonly (readonly [text: string, expected: readonly (readonly string[])[]])[] = [
  ['ARGS', [['ARGS', 'all', '']]],
  ['args', [['ARGS', 'all', '']]],
  ['ARGS:a b', [['ARGS', 'key', 'a b']]],
  ['&TX:x', [['&TX', 'key', 'x']]],
  ['!REQUEST_COOKIES:/^_ga|b/', [['!REQUEST_COOKIES', 'pattern', '^_ga|b']]],
  [
    "ARGS:'/a|b/'|TX:1",
    [
      ['ARGS', 'pattern', 'a|b'],
      ['TX', 'key', '1'],
    ],
  ],
  [
    'ARGS:/a\\/|b/|TX',
    [
      ['ARGS', 'pattern', 'a\\/|b'],
      ['TX', 'all', ''],
    ],
  ],
  [
    'XML:/*|XML://@*',
    [
      ['XML', 'key', '/*'],
      ['XML', 'key', '//@*'],
    ],
  ],
  ["ARGS:'a|b'", [['ARGS', 'key', 'a|b']]],
];

test('targets', () => {
  for (const [text, expected] of TARGETS) {
    const complaints = new Complaints(new Map());
    const found = parseTargets(text, () => here, complaints).map(({ name, count, exclude, selector }) => [
      `${exclude ? '!' : ''}${count ? '&' : ''}${name}`,
      selector.kind,
      selector.kind === 'key' ? selector.key : selector.kind === 'pattern' ? selector.pattern : '',
    ]);
    assert.deepEqual(found, expected, text);
    assert.deepEqual(complaints.problems, []);
  }
  assert.equal(TARGETS.length, 9);
});

const ACTIONS: readonly (readonly [text: string, expected: readonly (readonly [string, string | undefined])[]])[] = [
  [
    'id:1,deny',
    [
      ['id', '1'],
      ['deny', undefined],
    ],
  ],
  [
    " id : 1 ,\tpass, msg:'it\\'s, so' ",
    [
      ['id', '1'],
      ['pass', undefined],
      ['msg', "it's, so"],
    ],
  ],
  [
    "setvar:'tx.a=b, c',setvar:tx.d=+1",
    [
      ['setvar', 'tx.a=b, c'],
      ['setvar', 'tx.d=+1'],
    ],
  ],
  [
    "setvar:tx.a='b, c',pass",
    [
      ['setvar', "tx.a='b, c'"],
      ['pass', undefined],
    ],
  ],
  [
    'ctl:ruleRemoveTargetById=1;ARGS:x,t:none',
    [
      ['ctl', 'ruleRemoveTargetById=1;ARGS:x'],
      ['t', 'none'],
    ],
  ],
  ["msg:''", [['msg', '']]],
  ['', []],
];

test('actions', () => {
  for (const [text, expected] of ACTIONS) {
    const complaints = new Complaints(new Map());
    assert.deepEqual(
      parseActions(text, () => here, complaints).map(({ name, value }) => [name, value]),
      expected,
      text,
    );
    assert.deepEqual(complaints.problems, []);
  }
  assert.equal(ACTIONS.length, 7);
});

const OPERATORS: readonly (readonly [written: string, text: string, argument: string])[] = [
  ['"abc"', '@rx abc', 'abc'],
  ['"!abc"', '!@rx abc', 'abc'],
  ['"!@streq a b "', '!@streq a b ', 'a b '],
  ['"@unconditionalMatch"', '@unconditionalMatch', ''],
  ['@eq', '@eq', ''],
  ['"@rx \\d\\"[\\\\/]"', '@rx \\d"[\\\\/]', '\\d"[\\\\/]'],
  ['"@rx \\\\\\\\x"', '@rx \\\\x', '\\\\x'],
];

test('operators', () => {
  for (const [written, text, argument] of OPERATORS) {
    const [rule] = parse(`SecRule ARGS ${written} "id:1"`).statements;
    assert.ok(rule?.kind === 'rule', written);
    assert.equal(rule.operator?.argument, argument, written);
    assert.equal(
      `${rule.operator.negated ? '!' : ''}@${rule.operator.name}${argument === '' ? '' : ` ${argument}`}`,
      text,
    );
  }
  assert.equal(OPERATORS.length, 7);
});

test('a comment that ends in a backslash swallows the next line, and that is said', () => {
  const { statements, complaints } = parse('# SecRule ARGS a \\\nSecAction "id:1"\nSecAction "id:2"');
  assert.equal(statements.length, 1);
  assert.deepEqual(
    complaints.warnings.map(({ line, code }) => [line, code]),
    [[2, 'seclang.swallowed-by-comment']],
  );
});

test('no text makes the parser throw, and every problem has a place in the file', () => {
  const piece = fc.constantFrom(
    'SecRule ',
    'ARGS',
    '"',
    "'",
    '\\',
    '\n',
    ',',
    '|',
    ':',
    '/',
    '!',
    '&',
    '@rx ',
    'id:1',
    '#',
    ' ',
    'SecAction ',
    'Include x',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }), (pieces) => {
      const text = pieces.join('');
      const { complaints } = parse(text);
      const lines = text.split('\n').length;
      for (const problem of complaints.problems) {
        assert.ok(problem.line >= 1 && problem.line <= lines && problem.column >= 1);
        assert.equal(problem.snippet, text.split('\n')[problem.line - 1]?.replace(/\r$/, ''));
      }
    }),
    { numRuns: 300 },
  );
});
