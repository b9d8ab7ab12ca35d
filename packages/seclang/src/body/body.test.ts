import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Item } from '../transaction/item.ts';
import { parseCookies } from './cookies.ts';
import { parseJson } from './json.ts';
import { parseMultipart, type MultipartFlags } from './multipart.ts';
import { parseUrlencoded } from './urlencoded.ts';
import { parseXml } from './xml.ts';

const pairs = (items: readonly Item[]) => items.map(({ key, value }) => [key, value]);

const FORMS: readonly (readonly [text: string, expected: readonly (readonly string[])[], invalid?: boolean])[] = [
  ['', []],
  [
    'a=1&b=2',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  ['a', [['a', '']]],
  ['=x', [['', 'x']]],
  ['&&a=&', [['a', '']]],
  ['a+b=c%20d%2B', [['a b', 'c d+']]],
  ['a=b=c', [['a', 'b=c']]],
  ['a=%zz%4', [['a', '%zz%4']], true],
  ['a=%00%ff', [['a', '\0\u00ff']]],
  ['%61%3D=1', [['a=', '1']]],
];

test('forms and query strings', () => {
  for (const [text, expected, invalid] of FORMS) {
    const facts = parseUrlencoded(text, '&', 10);
    assert.deepEqual(pairs(facts.items), expected, text);
    assert.equal(facts.invalid, invalid ?? false, text);
  }
  assert.equal(FORMS.length, 10);
  assert.deepEqual(pairs(parseUrlencoded('a=1;b=2', ';', 10).items), [
    ['a', '1'],
    ['b', '2'],
  ]);
  const over = parseUrlencoded('a&b&c', '&', 2);
  assert.deepEqual([over.items.length, over.overLimit], [2, true]);
});

test('cookies', () => {
  const items = parseCookies(['a=1; b=x=y;c', ' d=" q "', '; ;']);
  assert.deepEqual(pairs(items), [
    ['a', '1'],
    ['b', 'x=y'],
    ['c', ''],
    ['d', '" q "'],
  ]);
  assert.equal(parseCookies(['a;'.repeat(5000)]).length, 5000);
});

const JSONS: readonly (readonly [text: string, expected: readonly (readonly string[])[], error?: RegExp])[] = [
  [
    '{"a":1,"b":{"c":"x"}}',
    [
      ['json.a', '1'],
      ['json.b.c', 'x'],
    ],
  ],
  [
    '{"a":[1,{"b":2},[3]]}',
    [
      ['json.a', ''],
      ['json.a.array_0', '1'],
      ['json.a.array_1.b', '2'],
      ['json.a.array_2.array_0', '3'],
    ],
  ],
  [
    '[{"a":["x"]},["y"],{"b":[]}]',
    [
      ['json.array_0.a', ''],
      ['json.array_0.a.array_0', 'x'],
      ['json.array_1.array_0', 'y'],
      ['json.array_2.b', ''],
    ],
  ],
  [
    '{"a":[1,2,3,4,5]}',
    [
      ['json.a', ''],
      ['json.a.array_0', '1'],
      ['json.a.array_1', '2'],
      ['json.a.array_2', '3'],
      ['json.a.array_3', '4'],
    ],
    /more than 5/,
  ],
  [
    '["x","y"]',
    [
      ['json.array_0', 'x'],
      ['json.array_1', 'y'],
    ],
  ],
  [' "x" ', [['json', 'x']]],
  [
    '{"a":true,"b":null,"c":-1.5e3}',
    [
      ['json.a', 'true'],
      ['json.b', ''],
      ['json.c', '-1.5e3'],
    ],
  ],
  [
    '{"a":{},"b":[]}',
    [
      ['json.a', ''],
      ['json.b', ''],
    ],
  ],
  [
    '{"a":1,"a":2}',
    [
      ['json.a', '1'],
      ['json.a', '2'],
    ],
  ],
  ['{"\\u0061\\n":"\\u00e9\\ud83d\\ude00\\/"}', [['json.a\n', '\u00c3\u00a9\u00f0\u009f\u0098\u0080/']]],
  ['"\\ud800"', [['json', '\u00ed\u00a0\u0080']]],
  ['{"a":1} x', [['json.a', '1']], /after the value/],
  ['{"a":1,}', [['json.a', '1']], /unexpected/],
  ['{"a":01}', [['json.a', '0']], /unexpected/],
  ['{"a":"b\nc"}', [], /control character/],
  ['{"a":"b', [], /not closed/],
  [
    '[1,[2,[3,[4]]]]',
    [
      ['json.array_0', '1'],
      ['json.array_1.array_0', '2'],
      ['json.array_1.array_1.array_0', '3'],
    ],
    /nested deeper/,
  ],
  [
    '[1,2,3,4,5,6]',
    [
      ['json.array_0', '1'],
      ['json.array_1', '2'],
      ['json.array_2', '3'],
      ['json.array_3', '4'],
      ['json.array_4', '5'],
    ],
    /more than 5/,
  ],
  ["{'a':1}", [], /unexpected/],
];

test('JSON', () => {
  for (const [text, expected, error] of JSONS) {
    const facts = parseJson(text, { depth: 3, items: 5 });
    assert.deepEqual(pairs(facts.items), expected, text);
    assert.match(facts.error, error ?? /^$/, text);
  }
  assert.equal(JSONS.length, 19);
  assert.ok(parseJson('{"a":[1', { depth: 9, items: 9 }).truncated);
});

test('what is JSON for JavaScript is JSON here, and what is not is not', () => {
  const limits = { depth: 200, items: 10_000 };
  const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
  fc.assert(
    fc.property(fc.json(), (text) => assert.equal(parseJson(latin1(text), limits).error, '')),
    { numRuns: 200 },
  );
  const broken = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('"', '{', ']', ',', '\\', ' ', '0'))
    .map(([text, at, piece]) => {
      const cut = at % (text.length + 1);
      return text.slice(0, cut) + piece + text.slice(cut);
    });
  fc.assert(
    fc.property(broken, (text) => {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false; // the yardstick says no
      }
      assert.equal(parseJson(latin1(text), limits).error === '', valid);
    }),
    { numRuns: 400 },
  );
});

const XMLS: readonly (readonly [text: string, expected: readonly (readonly string[])[], error?: RegExp])[] = [
  [
    '<?xml version="1.0"?><a b="1" c=\'2\'>x<d e="&lt;&#x41;&#228;"/>y</a>',
    [
      ['/*', 'xy'],
      ['//@*', '1'],
      ['//@*', '2'],
      ['//@*', '<A\u00c3\u00a4'],
    ],
  ],
  ['<a><![CDATA[<&]]>&amp;&unknown;</a>', [['/*', '<&&&unknown;']]],
  ['<!DOCTYPE a SYSTEM "x.dtd" [<!ELEMENT a ANY>]><a/>', [['/*', '']]],
  // Refused, and read on: a reader that takes it would see the rest.
  ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x; y</a>', [['/*', '&x; y']], /entity/],
  [
    '<s:a xmlns:s="u" s:b="1"><!-- no > comment --></s:a>',
    [
      ['/*', ''],
      ['//@*', '1'],
    ],
  ],
  ['<a>evil<b></a>', [['/*', 'evil']], /closes another/],
  ['<a>evil', [['/*', 'evil']], /not closed/],
  ['<a/><b/>', [['/*', '']], /second root/],
  ['text', [], /outside/],
  ['<a b=1>', [['/*', '']], /malformed/],
  ['\u00ff\u00fe<\0a\0', [], /encodings/],
  ['<a><a><a><a>', [['/*', '']], /nested deeper/],
];

test('XML', () => {
  for (const [text, expected, error] of XMLS) {
    const facts = parseXml(text, { depth: 3, items: 5 });
    assert.deepEqual(pairs(facts.items), expected, text);
    assert.match(facts.error, error ?? /^$/, text);
  }
  assert.equal(XMLS.length, 12);
});

const TYPE = 'multipart/form-data; boundary=b';
const PART = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n';
const END = '--b--\r\n';

interface MultipartCase {
  readonly type?: string;
  readonly body: string;
  readonly fields?: readonly (readonly string[])[];
  readonly files?: readonly (readonly string[])[];
  /** Those that are set, besides strictError. */
  readonly flags?: readonly (keyof MultipartFlags)[];
  readonly error?: RegExp;
}

const MULTIPARTS: Readonly<Record<string, MultipartCase>> = {
  'a field': { body: PART + END, fields: [['a', '1']] },
  'a file': {
    body: `--b\r\nContent-Disposition: form-data; name="f"; filename="x\\"y.php"\r\nContent-Type: text/plain\r\n\r\n<?php\r\n\r\n${END}`,
    files: [['f', 'x"y.php', '<?php\r\n']],
  },
  'a quoted boundary': {
    type: 'multipart/form-data; boundary="b"',
    body: PART + END,
    fields: [['a', '1']],
    flags: ['boundaryQuoted'],
  },
  'no boundary': { type: 'multipart/form-data', body: PART + END, error: /boundary not found/ },
  'two boundaries': { type: `${TYPE}; boundary=c`, body: PART + END, fields: [['a', '1']], error: /multiple boundary/ },
  'data before': { body: `x\r\n${PART}${END}`, fields: [['a', '1']], flags: ['dataBefore'] },
  'data after': { body: `${PART}${END}x`, fields: [['a', '1']], flags: ['dataAfter'] },
  'no end': { body: PART, fields: [['a', '1']], error: /final boundary missing/ },
  'line feeds': { body: (PART + END).replaceAll('\r', ''), fields: [['a', '1']], flags: ['lfLine'] },
  'both line ends': {
    body: PART + PART.replaceAll('\r', '') + END,
    fields: [
      ['a', '1'],
      ['a', '1'],
    ],
    flags: ['lfLine', 'crlfLfLines'],
  },
  'a line like a boundary': {
    body: `${PART.slice(0, -2)}\r\n--bx\r\n${END}`,
    fields: [['a', '1\r\n--bx']],
    flags: ['unmatchedBoundary'],
  },
  'a boundary with other hyphens': {
    body: `${PART.slice(0, -2)}\r\n----b\r\n${END}`,
    fields: [['a', '1\r\n----b']],
    flags: ['unmatchedBoundary'],
  },
  'a folded header': {
    body: PART.replace('; name', ';\r\n name') + END,
    fields: [['a', '1']],
    flags: ['headerFolding'],
  },
  'single quotes': { body: PART.replaceAll('"', "'") + END, fields: [["'a'", '1']], flags: ['invalidQuoting'] },
  'no semicolon': { body: PART.replace('"a"', '"a" x=y') + END, fields: [['a', '1']], flags: ['missingSemicolon'] },
  'no name': {
    body: PART.replace('; name="a"', '') + END,
    fields: [['', '1']],
    flags: ['invalidPart'],
    error: /missing name/,
  },
  'two names': { body: PART.replace('"a"', '"a"; name="c"') + END, fields: [['a', '1']], error: /duplicate name/ },
  'an extended name': {
    body: PART.replace('"a"', '"a"; filename*=utf-8\'\'x.php') + END,
    files: [['a', 'x.php', '1']],
    flags: ['extendedNameOnly', 'invalidPart'],
  },
  'a bad header': {
    body: PART.replace('Content-', 'Cont\u000eent-') + END,
    fields: [['', '1']],
    flags: ['invalidPart'],
    error: /invalid character/,
  },
  'no colon': { body: PART.replace('\r\n\r\n', '\r\nx\r\n\r\n') + END, fields: [['a', '1']], error: /colon missing/ },
  'too many parts': {
    body: PART.repeat(4) + END,
    fields: [
      ['a', '1'],
      ['a', '1'],
      ['a', '1'],
    ],
    flags: ['fileLimitExceeded'],
    error: /more than 3/,
  },
};

test('multipart', () => {
  for (const [name, { type, body, fields, files, flags, error }] of Object.entries(MULTIPARTS)) {
    const facts = parseMultipart(type ?? TYPE, body, { parts: 3 });
    assert.deepEqual(pairs(facts.fields), fields ?? [], name);
    assert.deepEqual(
      facts.files.map((file) => [file.name, file.filename, file.content]),
      files ?? [],
      name,
    );
    assert.match(facts.error, error ?? /^$/, name);
    const set = Object.entries(facts.flags).flatMap(([flag, value]) =>
      value === 0 || flag === 'strictError' ? [] : [flag],
    );
    assert.deepEqual(set.sort(), [...(flags ?? [])].sort(), name);
    const harmless = ['unmatchedBoundary', 'crlfLfLines'];
    const strict = error !== undefined || (flags ?? []).some((flag) => !harmless.includes(flag));
    assert.equal(facts.flags.strictError, strict ? 1 : 0, name);
  }
  assert.equal(Object.keys(MULTIPARTS).length, 21);
});

test('the headers of a part are kept by its name', () => {
  const { partHeaders } = parseMultipart(TYPE, `${PART.replace('\r\n\r\n', '\r\nContent-Type: x/y\r\n\r\n')}${END}`, {
    parts: 3,
  });
  assert.deepEqual(pairs(partHeaders), [
    ['a', 'Content-Disposition: form-data; name="a"'],
    ['a', 'Content-Type: x/y'],
  ]);
});

const HOSTILE: readonly (readonly [name: string, text: string])[] = [
  ['nesting', '['.repeat(200_000)],
  ['names', '{"a":'.repeat(200_000)],
  ['tags', '<a '.repeat(100_000)],
  ['spaces in a tag', `<a${' '.repeat(300_000)}`],
  ['attributes', `<a ${'b="'.repeat(100_000)}`],
  ['a document type', `<!DOCTYPE ${'"'.repeat(99_999)}`],
  ['references', `<a>${'&#'.repeat(150_000)}</a>`],
  ['boundaries', `--b\r\n${'--'.repeat(150_000)}`],
  ['part headers', `--b\r\nContent-Disposition: form-data; ${'name="'.repeat(50_001)}\r\n\r\n`],
  ['token', `--b\r\nContent-Disposition: ${'a'.repeat(300_000)}\r\n\r\n`],
  ['spaces', `--b\r\nContent-Disposition: form-data;${' '.repeat(300_000)}x\r\n\r\n`],
  ['header lines', `--b\r\n${'a:b\r\n'.repeat(60_000)}`],
];

test('hostile bodies of 300 kB take no reader more than half a second', () => {
  for (const [name, text] of HOSTILE) {
    for (const read of [
      () => parseJson(text, { depth: 512, items: 1000 }),
      () => parseXml(text, { depth: 512, items: 1000 }),
      () => parseMultipart(TYPE, text, { parts: 1000 }),
      () => parseMultipart(text, PART, { parts: 1000 }),
      () => parseUrlencoded(text, '&', 1000),
    ]) {
      const before = performance.now();
      read();
      assert.ok(performance.now() - before < 500, name);
    }
  }
  assert.equal(HOSTILE.length, 12);
});
