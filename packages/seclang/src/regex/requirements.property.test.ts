import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { crsPatterns } from './crs-pattern-cases.ts';
import { compilePattern, type Clause, type Pattern } from './index.ts';
import { parsePattern } from './parse.ts';
import { Sampler } from './sample-cases.ts';

const RX = { dotAll: true, multiline: true };

function fold(value: string): string {
  return value.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function holds(clause: Clause, value: string): boolean {
  if (clause.kind === 'literals') return clause.literals.some((literal) => fold(value).includes(literal));
  for (let at = 0; at < value.length; at++) if (clause.bytes[value.charCodeAt(at)] === 1) return true;
  return false;
}

function requireAll(pattern: Pattern, value: string, label: string): void {
  const { clauses, minLength } = pattern.requires;
  assert.ok(value.length >= minLength, `${label}: length ${minLength} on ${JSON.stringify(value)}`);
  for (const clause of clauses) {
    const text = clause.kind === 'literals' ? clause.literals.join(' | ') : 'bytes';
    assert.ok(holds(clause, value), `${label}: ${text} on ${JSON.stringify(value)}`);
  }
}

const ATOMS = [
  'a',
  'B',
  'ab',
  '[ab]',
  '[^a]',
  '.',
  '\\w',
  '\\xe9',
  '^',
  '$',
  '\\b',
  'xyz',
  '-',
  '(?=a)',
  '(?<!b)',
  '[^\\x00-\\xff]',
];
const COUNTS = ['', '', '*', '+', '?', '*?', '{2}', '{1,3}', '{0,2}?', '{2,}', '++', '{0}'];

const { pattern: patterns } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...ATOMS),
    fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => a + b),
    fc.tuple(tie('pattern'), tie('pattern'), tie('pattern')).map((parts) => `(?:${parts.join('|')})`),
    fc.tuple(tie('pattern'), fc.constantFrom(...COUNTS)).map(([a, count]) => `(?:${a})${count}`),
    fc.tuple(tie('pattern'), fc.constantFrom('(', '(?i:', '(?>')).map(([a, open]) => `${open}${a})`),
  ),
}));

test('random patterns: what matches holds every clause', () => {
  const noise = fc.array(fc.constantFrom('a', 'b', 'A', 'B', 'xyz', '-', 'X', '\n', '\xe9', 'ab'), { maxLength: 12 });
  let matched = 0;
  fc.assert(
    fc.property(patterns, fc.array(noise, { minLength: 4, maxLength: 6 }), fc.nat(), (text, values, seed) => {
      const pattern = compilePattern(text, RX);
      const sampler = new Sampler(seed);
      const samples = [1, 2, 3].map(() => sampler.textOf(parsePattern(text, RX).root));
      for (const value of [...values.map((pieces) => pieces.join('')), ...samples]) {
        if (!pattern.test(value)) continue;
        matched++;
        requireAll(pattern, value, text);
      }
    }),
    { numRuns: 3000 },
  );
  assert.ok(matched > 5000, `${matched} matches`);
});

const crs = crsPatterns();

test('CRS patterns: what matches holds every clause', { skip: crs.missing }, () => {
  let matched = 0;
  for (const { id, text } of crs.patterns) {
    const pattern = compilePattern(text, RX);
    const { root } = parsePattern(text, RX);
    const sampler = new Sampler(id);
    for (let round = 0; round < 12; round++) {
      const sample = sampler.textOf(root);
      const value = round % 2 === 0 ? sample : sample.toUpperCase();
      if (!pattern.test(value)) continue;
      matched++;
      requireAll(pattern, value, String(id));
    }
  }
  assert.ok(matched > crs.patterns.length * 6, `${matched} matches of ${crs.patterns.length} patterns`);
});

test('most CRS patterns ask for something', { skip: crs.missing }, () => {
  const asking = crs.patterns.filter(({ text }) => compilePattern(text, RX).requires.clauses.length > 0);
  assert.ok(asking.length > crs.patterns.length * 0.9, `${asking.length} of ${crs.patterns.length}`);
});
