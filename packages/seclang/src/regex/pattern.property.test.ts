import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { WorkMeter } from '../operators/operator.ts';
import { compilePattern } from './index.ts';
import { OVERLAP, WINDOW } from './irregular-pattern.ts';
import { LazyDfa } from './lazy-dfa.ts';
import { parsePattern } from './parse.ts';
import { printJavaScript } from './print-javascript.ts';
import { compileProgram } from './program.ts';

const RX = { dotAll: true, multiline: true };

function meter(limit = Number.POSITIVE_INFINITY): WorkMeter & { used: number } {
  return {
    used: 0,
    spend(units) {
      this.used += units;
    },
    get exhausted() {
      return this.used > limit;
    },
  };
}

const ATOMS = [
  'a',
  'b',
  '\\n',
  '.',
  '[ab]',
  '[^a]',
  '\\w',
  '\\s',
  '\\xe9',
  '^',
  '$',
  '\\b',
  '\\B',
  '\\Z',
  '\\z',
  '\\A',
  '-',
];
const COUNTS = ['', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,3}', '{0,2}?', '{2,}'];

const { pattern: patterns } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...ATOMS),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => a + b),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(?:${a}|${b})`),
    fc.tuple(tie('pattern'), fc.constantFrom(...COUNTS)).map(([a, count]) => `(?:${a})${count}`),
    fc.tuple(tie('pattern'), fc.constantFrom('(', '(?i:', '(?-s:', '(?-m:')).map(([a, open]) => `${open}${a})`),
  ),
}));

const values = fc
  .array(fc.constantFrom('a', 'b', 'A', '\n', '\r', '_', '-', ' ', '\xe9', '\0'), { maxLength: 14 })
  .map((characters) => characters.join(''));

test('the automaton, the thread search and V8 agree on random patterns', () => {
  fc.assert(
    fc.property(patterns, fc.array(values, { minLength: 3, maxLength: 6 }), (pattern, texts) => {
      const expression = new RegExp(printJavaScript(parsePattern(pattern, RX)).source);
      const compiled = compilePattern(pattern, RX);
      for (const text of texts) {
        const expected = expression.exec(text);
        assert.equal(compiled.test(text), expected !== null, `${pattern} on ${JSON.stringify(text)}`);
        const found = compiled.exec(text);
        assert.equal(found?.span[0], expected?.index, `start of ${pattern} on ${JSON.stringify(text)}`);
      }
    }),
    { numRuns: 3000 },
  );
});

test('the end of a match agrees with V8 where no repetition can be empty', () => {
  // JavaScript refuses empty rounds of a repetition where PCRE takes them, so only patterns without such rounds compare.
  const solid = fc
    .array(
      fc.tuple(
        fc.constantFrom('a', 'b', '[ab]', '.', '\\w', '(?:ab|a)', '(a|b)', '(?:a|bb)'),
        fc.constantFrom(...COUNTS),
      ),
    )
    .map((parts) => parts.map(([atom, count]) => `(?:${atom})${count}`).join(''));
  fc.assert(
    fc.property(fc.tuple(solid, solid), values, ([left, right], text) => {
      const pattern = right === '' ? left : `${left}|${right}`;
      const expected = new RegExp(printJavaScript(parsePattern(pattern, RX)).source).exec(text);
      const found = compilePattern(pattern, RX).exec(text);
      assert.deepEqual(found?.captures[0], expected?.[0], `${pattern} on ${JSON.stringify(text)}`);
    }),
    { numRuns: 2000 },
  );
});

test('irregular patterns agree with V8 whether or not the automaton looks first', () => {
  const irregular = fc
    .array(
      fc.constantFrom(
        'a',
        '[ab]*',
        '(?=a)',
        '(?!b)',
        '(?<=b)',
        '(?<!a)',
        '(?>a+)',
        'b?+',
        '.*+',
        '(?>ab|a)',
        '(?:a|$)',
      ),
      {
        minLength: 1,
        maxLength: 6,
      },
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(irregular, values, (pattern, text) => {
      const expected = new RegExp(printJavaScript(parsePattern(pattern, RX)).source).exec(text);
      const compiled = compilePattern(pattern, RX);
      const label = `${pattern} on ${JSON.stringify(text)} (${compiled.how})`;
      assert.equal(compiled.test(text), expected !== null, label);
      assert.deepEqual(compiled.exec(text)?.captures[0], expected?.[0], label);
    }),
    { numRuns: 3000 },
  );
});

test('parsing is total: a Fault or a pattern', () => {
  const noise = fc.array(fc.constantFrom(...'ab()[]{}|*+?\\^$.:=!<>,-09xQEdkgPi#'), { maxLength: 24 });
  fc.assert(
    fc.property(noise, values, (characters, text) => {
      try {
        const compiled = compilePattern(characters.join(''), RX);
        compiled.exec(text);
      } catch (error) {
        assert.match(String((error as { code?: string }).code), /^seclang\.pattern-/);
      }
    }),
    { numRuns: 5000 },
  );
});

// Each makes a backtracking matcher quadratic, cubic or exponential.
const HOSTILE: readonly (readonly [pattern: string, piece: string])[] = [
  ['(a+)+$x', 'a'],
  ['(?:a|a)*b', 'a'],
  ['(?:a*)*c', 'a'],
  ['.*a.*b.*c', 'ab'],
  ['\\s*\\s*\\s*x', ' '],
  ['(?i)<[^>]*\\bon\\w+\\s*=.*>', '<a on'],
  ['(?:[a-z]+[0-9]*)+!', 'az09'],
  ['^(?:.?.?.?.?){10}z$', 'y'],
  ['(x+x+)+y', 'x'],
  ['[ab]*a[ab]{12}c', 'ab'],
];

test('hostile values cost linear work', () => {
  for (const [pattern, piece] of HOSTILE) {
    const compiled = compilePattern(pattern, RX);
    assert.equal(compiled.how, 'dfa', pattern);
    const costs = [5000, 20_000].map((length) => {
      const work = meter();
      compiled.test(piece.repeat(length / piece.length), work);
      compiled.execFrom(piece.repeat(length / piece.length), 0, work);
      return work.used / length;
    });
    const [short = 0, long = 0] = costs;
    assert.ok(long <= short * 1.2, `${pattern}: ${costs.join(' then ')} units a byte`);
    assert.ok(long > 0.9, `${pattern} looked at the value`);
  }
  assert.equal(HOSTILE.length, 10);
});

test('a pattern with very many states forgets them and still agrees', () => {
  const pattern = '[ab]*a[ab]{14}c';
  const automaton = new LazyDfa(compileProgram(parsePattern(pattern, RX), 'plain'), 'any');
  let seed = 12345;
  let text = '';
  for (let at = 0; at < 12_000; at++) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    text += seed & 65_536 ? 'a' : 'b';
  }
  assert.equal(automaton.matchedBy(text), 0);
  assert.ok(automaton.flushes > 0, 'the tables were full');
  assert.ok(automaton.stateCount < 2000, `${automaton.stateCount} states`);
  assert.equal(automaton.matchedBy(`${text}a${'b'.repeat(14)}c`), 1);
});

test('an exhausted budget ends the search with a no', () => {
  const value = `${'b'.repeat(100_000)}a1`;
  for (const pattern of ['a[0-9]', '(?i)xa|a1', 'a(?=1)']) {
    const compiled = compilePattern(pattern, RX);
    assert.equal(compiled.test(value, meter()), true, pattern);
    const work = meter(5000);
    assert.equal(compiled.test(value, work), false, pattern);
    assert.equal(compiled.exec(value, meter(5000)), null, pattern);
    assert.ok(work.used <= value.length, `${pattern} charged ${work.used} before it looked`);
  }
});

test('work is the same cold and warm', () => {
  for (const pattern of ['(?i)a[^b]+c', '(a+)(b|c)*', 'abc', 'a(?=b)']) {
    const compiled = compilePattern(pattern, RX);
    const costs = [1, 2, 3].map(() => {
      const work = meter();
      for (const value of ['xxaaabcb', 'abc'.repeat(50), '']) void compiled.exec(value, work)?.captures;
      return work.used;
    });
    assert.equal(new Set(costs).size, 1, `${pattern}: ${costs.join(', ')}`);
  }
});

test('irregular patterns see long values through overlapping windows', () => {
  const compiled = compilePattern('a(?!b)c', RX);
  for (const before of [0, WINDOW - 1, WINDOW, WINDOW * 3 + 17]) {
    const value = `${'ab'.repeat(before / 2)}${before % 2 === 1 ? '-' : ''}ac${'-'.repeat(WINDOW)}`;
    assert.deepEqual(compiled.exec(value)?.span, [before, before + 2]);
    assert.deepEqual(compiled.execFrom(value, before, meter())?.span, [before, before + 2]);
    assert.equal(compiled.execFrom(value, before + 1), null);
  }
  const costs = [WINDOW * 2, WINDOW * 8].map((length) => {
    const work = meter();
    compiled.test('a'.repeat(length), work);
    return work.used / length;
  });
  assert.ok((costs[1] ?? 0) <= (costs[0] ?? 0) * (WINDOW / (WINDOW - OVERLAP)), costs.join(' then '));
});
