import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Detection } from './detection.ts';
import { detectSqli, detectXss } from './index.ts';
import { MARKUP_ATTACKS, MARKUP_HARMLESS } from './markup/xss-cases.ts';
import { KNOWN_MISSES, SQL_ATTACKS, SQL_HARMLESS } from './sql/sqli-cases.ts';
import { detectXss as detectXssWithEffort } from './markup/xss.ts';
import { detectSqli as detectSqliWithEffort } from './sql/sqli.ts';

const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

function wrong(detect: (value: string) => Detection | null, values: readonly string[], attack: boolean): string[] {
  assert.equal(new Set(values).size, values.length, 'a case is there twice');
  return values.flatMap((value) => {
    const found = detect(bytes(value));
    return (found !== null) === attack ? [] : [`${JSON.stringify(value)} ${found?.detail ?? 'not found'}`];
  });
}

test('the tables are as long as they were', () => {
  assert.deepEqual(
    [SQL_ATTACKS, KNOWN_MISSES, SQL_HARMLESS, MARKUP_ATTACKS, MARKUP_HARMLESS].map((table) => table.length),
    [201, 17, 185, 139, 124],
  );
});

test('SQL: fragments that change a statement are found', () => {
  assert.deepEqual(wrong(detectSqli, SQL_ATTACKS, true), []);
});

test('SQL: what fingerprint tables miss is found', () => {
  assert.deepEqual(wrong(detectSqli, KNOWN_MISSES, true), []);
});

test('SQL: prose, lessons, code and prices are not', () => {
  assert.deepEqual(wrong(detectSqli, SQL_HARMLESS, false), []);
});

test('markup: values that run script are found', () => {
  assert.deepEqual(wrong(detectXss, MARKUP_ATTACKS, true), []);
});

test('markup: comparisons, generics, bold text and code are not', () => {
  assert.deepEqual(wrong(detectXss, MARKUP_HARMLESS, false), []);
});

test('SQL: a no-break space of latin1 parts words, in UTF-8 it is a part of a letter', () => {
  for (const value of ["1'\xa0or\xa01=1#", '1\xa0limit\xa01\xa0into\xa0outfile 0x61', '-1\xa0union\xa0select\xa01,2'])
    assert.notEqual(detectSqli(value), null, JSON.stringify(value));
  assert.equal(detectSqli(bytes('1 à or')), null);
});

test('a detection says where, in which context and what', () => {
  assert.deepEqual(detectSqli("x' or 1=1-- "), {
    span: [1, 9],
    detail: 'inside single quotes: OR followed by a comparison that is always true',
  });
  assert.deepEqual(detectXss('a <img src=x onerror=alert(1)>'), {
    span: [2, 30],
    detail: 'as text: event handler onerror of <img>',
  });
});

const PIECES = [
  "'",
  '"',
  '`',
  '--',
  '-- ',
  '#',
  '/*',
  '*/',
  '/*!50000',
  '(',
  ')',
  ';',
  ',',
  '=',
  '<',
  '>',
  '||',
  '&&',
  '\\',
  '\0',
  '\n',
  ' ',
  '1',
  '0x',
  'a',
  '.',
  '@@',
  '$$',
  '$',
  '[',
  ']',
  '{',
  '}',
  ' or ',
  ' and ',
  ' union ',
  ' select ',
  ' from ',
  ' case ',
  ' when ',
  'sleep',
  '<script',
  '<a ',
  ' onclick=',
  'href=',
  'javascript:',
  'data:',
  '&#',
  '&colon;',
  '%',
  "q'[",
  "e'",
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 60 })
  .map((parts) => bytes(parts.join('')).slice(0, 400));

test('no value makes a detector throw, and each answer points into the value', () => {
  fc.assert(
    fc.property(hostile, (value) => {
      for (const found of [detectSqli(value), detectXss(value)]) {
        if (found === null) continue;
        const [start, end] = found.span;
        assert.ok(start >= 0 && start < end && end <= value.length, `${start}-${end} of ${value.length}`);
        assert.ok(found.detail.length > 0);
      }
    }),
    { numRuns: 3000, seed: 20_261_123 },
  );
});

test('SQL: work grows with the length alone', () => {
  fc.assert(
    fc.property(hostile, fc.integer({ min: 1, max: 40 }), (piece, times) => {
      const value = piece.repeat(times);
      const effort = { steps: 0 };
      detectSqliWithEffort(value, effort);
      // Two dialects, four contexts each, and the scan of a whole statement.
      assert.ok(effort.steps <= 9 * (2 * value.length + 70), `${effort.steps} steps for ${value.length}`);
    }),
    { numRuns: 500, seed: 20_261_124 },
  );
});

test('markup: work grows with the length alone', () => {
  fc.assert(
    fc.property(hostile, fc.integer({ min: 1, max: 40 }), (piece, times) => {
      const value = piece.repeat(times);
      const effort = { steps: 0 };
      detectXssWithEffort(value, effort);
      // The text, three documents deep, and four attribute contexts, each with documents in values.
      assert.ok(effort.steps <= 16 * (value.length + 4), `${effort.steps} steps for ${value.length}`);
    }),
    { numRuns: 500, seed: 20_261_126 },
  );
});

test('long hostile values are answered in time', () => {
  const bounded = 1_000;
  const shapes = [
    "'",
    "' or (",
    '(',
    'a,',
    'select ',
    '1 or ',
    '/*',
    '--\n',
    "''",
    '`',
    '<a ',
    '<a b=',
    '<',
    '<!',
    '<?',
    '<!<!<!>',
    '&#',
    '<a href="',
    ' onx=',
    '1;a;',
    '$a$',
    "q'[",
    '[',
    '\\',
    '1 union ',
    'x.',
    '<script ',
    '"<a ',
    '<a b="<a c=\'<a ',
  ];
  for (const shape of shapes) {
    const value = `1 ${shape.repeat(Math.ceil(200_000 / shape.length))}`;
    const begin = performance.now();
    detectSqli(value);
    detectXss(value);
    const milliseconds = performance.now() - begin;
    assert.ok(milliseconds < bounded, `${JSON.stringify(shape)} took ${Math.round(milliseconds)} ms`);
  }
});
