import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compilePattern, compileSet } from './index.ts';

const RX = { dotAll: true, multiline: true };

const PIECES = ['a', 'b+', '(?i)A', '[^b]', '^', '$', '\\b', 'ab|ba', '.*', 'a{2,3}', '\\z', '(?:\\n|b)?', 'c'];

test('a set answers what its patterns answer one by one', () => {
  const pattern = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
  const value = fc
    .array(fc.constantFrom('a', 'b', 'A', 'c', '\n', ' '), { maxLength: 12 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(
      fc.array(pattern, { minLength: 1, maxLength: 6 }),
      fc.array(value, { minLength: 4, maxLength: 8 }),
      (patterns, values) => {
        const set = compileSet(patterns, RX);
        assert.ok(set !== undefined);
        const alone = patterns.map((text) => compilePattern(text, RX));
        for (const text of values) {
          let expected = 0;
          for (const [number, one] of alone.entries()) if (one.test(text)) expected |= 1 << number;
          assert.equal(set.matchedBy(text), expected, `${JSON.stringify(patterns)} on ${JSON.stringify(text)}`);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test('a set is refused when a pattern is irregular, and when they are too many', () => {
  assert.equal(compileSet(['a', 'b(?=c)'], RX), undefined);
  assert.equal(compileSet([], RX), undefined);
  assert.equal(
    compileSet(
      Array.from({ length: 31 }, () => 'a'),
      RX,
    ),
    undefined,
  );
  assert.equal(
    compileSet(
      Array.from({ length: 30 }, (_, at) => `a{${at}}`),
      RX,
    )?.matchedBy('b'),
    1,
  );
  assert.equal(compileSet(['(?:a{200}){100}', '(?:b{200}){250}'], RX), undefined);
});
