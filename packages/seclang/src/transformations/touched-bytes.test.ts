import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TRANSFORMATIONS } from './index.ts';
import { touchedBytes } from './touched-bytes.ts';

const ALWAYS = [
  'base64decode',
  'base64decodeext',
  'base64encode',
  'hexdecode',
  'hexencode',
  'length',
  'md5',
  'parityeven7bit',
  'parityodd7bit',
  'sha1',
];

test('every transformation says which bytes it touches', () => {
  const silent = [...TRANSFORMATIONS.keys()].filter((name) => touchedBytes(name) === undefined);
  assert.deepEqual(silent.sort(), ALWAYS);
  assert.equal(TRANSFORMATIONS.size - silent.length, 30);
  assert.equal(touchedBytes('nosuchthing'), undefined);
});

test('a value without a touched byte is left as it is', () => {
  for (const [name, transformation] of TRANSFORMATIONS) {
    const touched = touchedBytes(name);
    if (touched === undefined) continue;
    const untouched = [...touched.keys()]
      .filter((byte) => touched[byte] === 0)
      .map((byte) => String.fromCharCode(byte));
    for (const byte of untouched) assert.equal(transformation(byte), byte, name);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...untouched), maxLength: 60 }), (value) =>
        assert.equal(transformation(value), value, name),
      ),
      { numRuns: 200 },
    );
  }
});

test('no byte is called touched that never does anything', () => {
  const CONTEXTS = ['', 'a', '2', '  ', '//', '/*', '*/', '..', '--', '0', '41', '#65;', ']', '/*x', 'x*/'];
  for (const [name, transformation] of TRANSFORMATIONS) {
    for (const [byte, cell] of touchedBytes(name)?.entries() ?? []) {
      if (cell === 0) continue;
      const text = String.fromCharCode(byte);
      const variants = CONTEXTS.flatMap((before) => CONTEXTS.map((after) => before + text + after));
      variants.push('\xc3' + text, text + '\xa9', text + '\x9f\x98\x80', '\xe2\x82' + text, text + '\x82\xac');
      const changed = variants.some((value) => transformation(value) !== value);
      const loneHigh = name === 'utf8tounicode' && (byte < 0xc2 || byte > 0xf4);
      assert.ok(changed || loneHigh, `${name} of byte ${byte}`);
    }
  }
});
