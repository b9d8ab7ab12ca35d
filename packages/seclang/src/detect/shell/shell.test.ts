import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SHELL_ATTACKS, SHELL_HARMLESS } from './shell-cases.ts';
import { detectShell } from './shell.ts';

const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

function wrong(values: readonly string[], attack: boolean): string[] {
  assert.equal(new Set(values).size, values.length, 'a case is there twice');
  return values.flatMap((value) => {
    const found = detectShell(bytes(value));
    return (found !== null) === attack ? [] : [`${JSON.stringify(value)} ${found?.detail ?? 'not found'}`];
  });
}

test('the tables are as long as they were', () => {
  assert.deepEqual([SHELL_ATTACKS.length, SHELL_HARMLESS.length], [194, 204]);
});

test('values that go on with a command are found', () => {
  assert.deepEqual(wrong(SHELL_ATTACKS, true), []);
});

test('prose, lessons, code, tables and addresses are not', () => {
  assert.deepEqual(wrong(SHELL_HARMLESS, false), []);
});

test('a detection says where, in which context and what', () => {
  assert.deepEqual(detectShell('64; cat notes.txt; true'), {
    span: [2, 17],
    detail: 'as a bare word: ; followed by the command cat with a file',
  });
  assert.deepEqual(detectShell("x';id;'"), {
    span: [2, 5],
    detail: 'inside single quotes: ; followed by the command id',
  });
  assert.deepEqual(detectShell("a\r\nh''ead x"), {
    span: [1, 11],
    detail: 'as a bare word: \\r\\n followed by the command head in pieces',
  });
});

/** Commands made anew: how a value is left, how names are cut, what stands between words, what is read. */
const name = fc
  .tuple(fc.constantFrom('cat', 'head', 'tail', 'grep', 'curl', 'wget', 'python3'), fc.nat(1))
  .chain(([whole, at]) =>
    fc
      .constantFrom('', "''", '""', '\\', '$@', '$*', '${q}', '$()')
      .map((cut) => whole.slice(0, at + 1) + cut + whole.slice(at + 1)),
  );
const operand = fc.constantFrom('/etc/hosts', './a.txt', 'a.txt', '"a.txt"', "a''.txt", 'a?txt', 'no*', '~/x', '$HOME');
const blank = fc.constantFrom(' ', '\t', '  ', '${IFS}', '$IFS$9');
const command = fc.tuple(name, blank, operand).map((parts) => parts.join(''));
const leave = fc.constantFrom(
  ';',
  '|',
  '||',
  '&&',
  '&',
  '\n',
  '\r\n',
  ' ; ',
  ' && ',
  ';true;',
  ';false||',
  '; { ',
  ';(',
  "';",
  '";',
  "' | ",
);
const injection = fc.oneof(
  fc.tuple(leave, command).map((parts) => parts.join('')),
  command.map((inner) => `$(${inner})`),
  command.filter((inner) => !inner.includes('\\')).map((inner) => `\`${inner}\``),
);
const value = fc
  .tuple(
    fc.constantFrom('', '64', '1 2', 'a.txt', '192.0.2.7', 'a@b.example', '-x 5', 'naïve'),
    injection,
    fc.constantFrom('', ' #', ';true', '\n'),
  )
  .map((parts) => bytes(parts.join('')));

test('commands made anew are found', () => {
  fc.assert(
    fc.property(value, (made) => detectShell(made) !== null),
    { numRuns: 4000, seed: 20_261_125 },
  );
});

const PIECES = [
  ...';|&\n\r`\'"\\$(){}<>#=*?[]!^% ~',
  '$(',
  '${',
  '${x:-',
  '$((',
  '<(',
  '<<<',
  '&&',
  '||',
  '&amp;',
  "$'",
  '$"',
  '$IFS',
  '\\\n',
  'cat',
  'id',
  'a=',
  '$a',
  'while ',
  'do ',
  '/bin/',
  '/???/',
  '{cat,',
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 60 })
  .map((parts) => bytes(parts.join('')).slice(0, 400));

test('no value makes the detector throw, and each answer points into the value', () => {
  fc.assert(
    fc.property(hostile, (made) => {
      const found = detectShell(made);
      if (found === null) return;
      const [start, end] = found.span;
      assert.ok(start >= 0 && start < end && end <= made.length, `${start}-${end} of ${made.length}`);
      assert.ok(found.detail.length > 0);
    }),
    { numRuns: 4000, seed: 20_261_126 },
  );
});

test('work grows with the length alone', () => {
  fc.assert(
    fc.property(hostile, fc.integer({ min: 1, max: 40 }), (piece, times) => {
      const made = piece.repeat(times);
      const effort = { steps: 0 };
      detectShell(made, effort);
      // Three contexts, and each byte once as a byte, once at most as the end of a word or command.
      assert.ok(effort.steps <= 3 * (3 * made.length + 10), `${effort.steps} steps for ${made.length}`);
    }),
    { numRuns: 800, seed: 20_261_127 },
  );
});

test('padding with commands hides nothing', () => {
  for (const pad of [';a', '|a b', '\n\n', ';a=1', ' $(a)', ' `a`']) {
    assert.notEqual(detectShell(`x${pad.repeat(30_000)};c''at notes.txt`), null, pad);
  }
});

test('long hostile values are answered in time', () => {
  const shapes = [
    '',
    ...PIECES,
    'a;',
    'a|b',
    '$(a',
    '`a`',
    "'a",
    'x=y;',
    '$x',
    '${x',
    'cat ',
    ' sort x;',
    'a\n',
    '|id',
    '& ',
    ';/???/?zz?',
    ';a',
    '$(a;a',
  ];
  for (const shape of shapes) {
    const made = `1 ${shape.repeat(Math.ceil(200_000 / Math.max(1, shape.length)))}`;
    const begin = performance.now();
    detectShell(made);
    const milliseconds = performance.now() - begin;
    assert.ok(milliseconds < 2_000, `${JSON.stringify(shape)} took ${Math.round(milliseconds)} ms`);
  }
});
