import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TRANSFORMATIONS } from './index.ts';

function transform(name: string, value: string): string {
  const transformation = TRANSFORMATIONS.get(name);
  assert.ok(transformation, `transformation ${name}`);
  return transformation(value);
}

const ROWS: readonly (readonly [name: string, value: string, expected: string])[] = [
  ['base64decode', 'aGVsbG8=', 'hello'],
  ['base64decode', 'aGVsbG8', 'hello'],
  ['base64decode', 'aGVs\r\nbG8=', 'hello'],
  ['base64decode', 'aGVs!bG8=', 'hel'],
  ['base64decode', 'a', ''],
  ['base64decode', '/+8=', '\xff\xef'],
  ['base64decodeext', 'aG.Vs\0 bG8=', 'hello'],
  ['base64encode', '\xff\xef', '/+8='],
  ['cmdline', 'c^m"d" ,;/C  (dIr)\\', 'cmd/c(dir)'],
  ['cmd_line', 'A', 'a'],
  ['compresswhitespace', 'a \t\n\x0b\f\r b', 'a b'],
  ['compresswhitespace', 'a\xa0\xa0b', 'a\xa0\xa0b'],
  ['compresswhitespace', '\t', ' '],
  ['cssdecode', 'j\\61 v\\000061script', 'javascript'],
  ['cssdecode', '\\ff41x\\0ff41', 'ax\x61'],
  ['cssdecode', 'a\\\nb\\g\\', 'abg'],
  ['cssdecode', '\\1ff41', 'A'],
  ['escapeseqdecode', '\\x41\\101\\n\\q\\\\\\', 'AA\nq\\\\'],
  ['escapeseqdecode', '\\777', '\xff'],
  ['hexdecode', '414g4', 'AP'],
  ['hexencode', 'A\xff\0', '41ff00'],
  ['htmlentitydecode', '&lt;a&#x3E;&#65;&amp;lt&nbsp', '<a>A&lt\xa0'],
  ['htmlentitydecode', '&#0000000000000000000000000000000000000000000000065;', 'A'],
  ['htmlentitydecode', '&#99999999999999999999999999;', '\xff'],
  ['htmlentitydecode', '&#x;&;&#;&constructor;', '&#x;&;&#;&constructor;'],
  ['htmlentitydecode', '&QUOT;&#x1F4A9;', '"\xa9'],
  ['jsdecode', '\\u0061\\x62\\143\\u{64}\\uff21\\n\\', 'abcu{64}A\n\\'],
  ['jsdecode', '\\400\\18', ' 0\x018'],
  ['length', '\xc3\xa9\0', '3'],
  ['lowercase', 'ABC\xc9', 'abc\xc9'],
  ['uppercase', 'abc\xe9\xb5\xff', 'ABC\xe9\xb5\xff'],
  ['md5', 'a', '\x0c\xc1\x75\xb9\xc0\xf1\xb6\xa8\x31\xc3\x99\xe2\x69\x77\x26\x61'],
  ['sha1', '\xff', '\x85\xe5\x32\x71\xe1\x40\x06\xf0\x26\x59\x21\xd0\x2d\x4d\x73\x6c\xdc\x58\x0b\x0b'],
  ['none', '\0', '\0'],
  ['normalisepath', '/a//b/./c/../../etc', '/a/etc'],
  ['normalizepath', '../x/', '../x/'],
  ['normalisepath', '/../../a/..', '/'],
  ['normalisepath', 'a../b', 'a../b'],
  ['normalisepath', '...//.x', '.../.x'],
  ['normalisepathwin', '\\a\\..\\b', '/b'],
  ['normalizepathwin', 'c:\\x\\', 'c:/x/'],
  ['parityeven7bit', 'a\0', '\xe1\0'],
  ['parityodd7bit', 'a\0', 'a\x80'],
  ['parityzero7bit', '\xe1', 'a'],
  ['phpargsnames', ' a.b c[x y][', 'a_b_c[x y]'],
  ['phpargsnames', '__proto__[a', '__proto___a'],
  ['removecomments', 'a/*x*/b<!--y-->c--d', 'abc'],
  ['removecomments', '/**//**/a#b', 'a'],
  ['removecomments', 'a/*x', 'a '],
  ['removecommentschar', 'a/*b*/c<!--d-->e--f#', 'abcdef'],
  ['replacecomments', 'a/*x*/b/*y', 'a b '],
  ['replacecomments', 'a/*/b', 'a '],
  ['removenulls', '\0a\0', 'a'],
  ['replacenulls', '\0a\0', ' a '],
  ['removewhitespace', ' a\t\xa0\x0bb', 'ab'],
  ['sqlhexdecode', "'x' 0X41420 0x4", "'x' AB0 0x4"],
  ['trim', '\t a b \n', 'a b'],
  ['trimleft', '\x0b\fa ', 'a '],
  ['trimright', ' a\r\n', ' a'],
  ['trim', '\xa0a', '\xa0a'],
  ['urldecode', 'a+%41%2541%u0041%zz%', 'a A%41%u0041%zz%'],
  ['urldecode', '%00%fF', '\0\xff'],
  ['urldecodeuni', '%u0041%uff1c%U0142%2541%u004', 'A<B%41%u004'],
  ['urlencode', 'a b*/\xff', 'a+b*%2f%ff'],
  ['utf8tounicode', 'a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80', 'a%u00e9%u20ac%u1f600'],
  ['utf8tounicode', '\xc0\xaf\xe0\x80\xaf', '%u002f%u002f'],
  ['utf8tounicode', '\xc3\x28\xff\x80\xe2\x82', '\xc3\x28\xff\x80\xe2\x82'],
];

test('transformations give what ModSecurity v3 gives', () => {
  for (const [name, value, expected] of ROWS) {
    assert.equal(transform(name, value), expected, `${name} of ${JSON.stringify(value)}`);
  }
  assert.equal(ROWS.length, 67);
});

test('every transformation has a case', () => {
  const tested = new Set(ROWS.map(([name]) => name));
  assert.deepEqual(
    [...TRANSFORMATIONS.keys()].filter((name) => !tested.has(name)),
    [],
  );
  assert.equal(TRANSFORMATIONS.size, 40);
});

const ALPHABET = [...'aZ09 +%&#;xu\\/*-<!>.[]"\'^(', '\0', '\n', '\xa0', '\xc3', '\xa9', '\xff'];
const hostile = fc.string({ unit: fc.constantFrom(...ALPHABET), maxLength: 40 });
const bytes = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)) });

/** The longest output for a value of n bytes; all others answer with at most n. */
const LONGEST: Readonly<Record<string, (n: number) => number>> = {
  base64decode: (n) => Math.floor((n * 3) / 4),
  base64decodeext: (n) => Math.floor((n * 3) / 4),
  base64encode: (n) => Math.ceil(n / 3) * 4,
  hexdecode: (n) => Math.floor(n / 2),
  hexencode: (n) => n * 2,
  length: (n) => String(n).length,
  md5: () => 16,
  sha1: () => 20,
  urlencode: (n) => n * 3,
  utf8tounicode: (n) => n * 3,
};

test('total on all bytes, and the output is bytes of bounded length', () => {
  for (const [name, transformation] of TRANSFORMATIONS) {
    const longest = LONGEST[name] ?? ((n) => n);
    fc.assert(
      fc.property(fc.oneof(hostile, bytes), (value) => {
        const output = transformation(value);
        assert.doesNotMatch(output, /[^\x00-\xff]/, name);
        assert.ok(output.length <= longest(value.length), `${name}: ${output.length} of ${value.length}`);
      }),
      { numRuns: 200 },
    );
  }
  assert.equal(Object.keys(LONGEST).filter((name) => TRANSFORMATIONS.has(name)).length, 10);
});

test('a long value leaves nothing behind for the next one', () => {
  // Both sides of the room's size, and of the size up to which it is kept.
  for (const [name, transformation] of TRANSFORMATIONS) {
    const short = ' \\x41%41&lt;/*\xc3\xa9*/..//A\0';
    const before = transformation(short);
    for (const size of [16_383, 16_385, 800_000, 2_200_000]) {
      const value = 'A \\\0&#65;'.repeat(Math.ceil(size / 10)).slice(0, size);
      const output = transformation(value);
      assert.ok(output.length <= (LONGEST[name] ?? ((n: number) => n))(size), name);
      assert.equal(transformation(short), before, name);
    }
  }
});

test('what one encodes the other decodes', () => {
  const pairs = [
    ['base64encode', 'base64decode'],
    ['base64encode', 'base64decodeext'],
    ['hexencode', 'hexdecode'],
    ['urlencode', 'urldecode'],
    ['urlencode', 'urldecodeuni'],
  ] as const;
  for (const [encode, decode] of pairs) {
    fc.assert(fc.property(bytes, (value) => assert.equal(transform(decode, transform(encode, value)), value)));
  }
});

test('doing it again changes nothing where nothing is left to do', () => {
  const settled = [
    'compresswhitespace',
    'lowercase',
    'normalisepath',
    'removenulls',
    'removewhitespace',
    'trim',
    'uppercase',
  ];
  for (const name of settled) {
    fc.assert(
      fc.property(hostile, (value) => {
        const once = transform(name, value);
        assert.equal(transform(name, once), once, name);
      }),
    );
  }
});

test('a megabyte of the worst pieces costs linear time', () => {
  const pieces = [
    '/*',
    '%',
    '%u',
    '&#',
    '&#0',
    '&a',
    '\\',
    '\\u',
    '../',
    'a/../',
    '[',
    '0x4',
    '<!--',
    '-',
    ' ',
    '\xf0\x9f',
    '<!-',
    'a ',
  ];
  pieces.push('a\\', ' /', '*/', '0xx', '&#x0');
  for (const [name, transformation] of TRANSFORMATIONS) {
    for (const piece of pieces) {
      const value = piece.repeat(1_000_000 / piece.length);
      const before = process.cpuUsage().user;
      transformation(value);
      // Two steps for each pair of bytes would take minutes, a few for each byte take milliseconds.
      assert.ok(process.cpuUsage().user - before < 3_000_000, `${name} of ${piece}`);
    }
  }
});
