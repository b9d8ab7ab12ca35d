import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { visibleLine, visiblePieces } from './visible-text.ts';

const signs = (bytes: string) =>
  visiblePieces(bytes)
    .filter((piece) => piece.name !== undefined)
    .map((piece) => piece.text.trimEnd());
const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

test('what cannot be seen is shown as a sign', () => {
  const cases: readonly (readonly [name: string, bytes: string, signs: readonly string[]])[] = [
    ['line ends', 'a\r\nb', ['\\r', '\\n']],
    ['terminal escape', '\x1b[31m', ['\\x1b']],
    ['nothing and delete', '\0\x7f', ['\\x00', '\\x7f']],
    ['tab', '\t', ['\\t']],
    ['reversed order', latin1('a\u202eb'), ['⟨U+202E⟩']],
    ['no width', latin1('a\u200bb'), ['⟨U+200B⟩']],
    ['a byte of no character', 'a\xffb', ['\\xff']],
    ['overlong slash', '\xc0\xaf', ['\\xc0', '\\xaf']],
    ['surrogate as bytes', '\xed\xa0\x80', ['\\xed', '\\xa0', '\\x80']],
    ['C1 control', latin1('\u0085'), ['\\x85']],
    ['plain', 'abc é', []],
  ];
  for (const [name, bytes, expected] of cases) {
    const bytesOf = name === 'plain' ? latin1(bytes) : bytes;
    assert.deepEqual(signs(bytesOf), expected, name);
  }
  assert.equal(cases.length, 11);
});

test('well-formed UTF-8 is read, and text that already is text stays', () => {
  assert.equal(visibleLine(latin1('你好 😀')), '你好 😀');
  assert.equal(visibleLine('你好'), '你好');
});

test('a line is cut and holds no control character, whatever comes', () => {
  assert.equal(visibleLine('x'.repeat(500)).length, 401);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      assert.doesNotMatch(visibleLine(text), /[\0-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/);
    }),
  );
});
