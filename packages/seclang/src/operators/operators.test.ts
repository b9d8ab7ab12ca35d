import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NEEDS_TABLE, OPERATORS } from './index.ts';
import type { OperatorHit, OperatorRun } from './operator.ts';

const FILES: Readonly<Record<string, string>> = {
  'words.data': '# a comment\r\n  # another\nWget\r\n\n/etc/passwd\nphp info\n',
  'more.data': 'nikto\n',
  'nets.data': '10.0.0.0/8 # inner\n\n2001:db8::/32\n',
};

function counting(): OperatorRun & { used: number } {
  const run = {
    used: 0,
    work: { spend: (units: number) => void (run.used += units), exhausted: false },
    macro: (name: string) => (name === 'tx.list' ? ' GET POST ' : ''),
  };
  return run;
}

function evaluate(name: string, argument: string, value: string, run: OperatorRun = counting()): OperatorHit | null {
  const factory = OPERATORS.get(name);
  assert.ok(factory, `operator ${name}`);
  const expand = (where: OperatorRun) => argument.replace(/%\{([^}]+)\}/g, (_all, macro: string) => where.macro(macro));
  const constant = argument.includes('%{') ? undefined : argument;
  const operator = factory({ argument: { text: argument, constant, expand }, file: (file) => FILES[file] });
  return operator.evaluate(value, run, true);
}

type Row = readonly [name: string, argument: string, value: string, span: readonly [number, number] | boolean];

const ROWS: readonly Row[] = [
  ['beginswith', 'ab', 'abc', [0, 2]],
  ['beginswith', 'ab', 'cab', false],
  ['beginswith', '', '', [0, 0]],
  ['endswith', 'bc', 'abc', [1, 3]],
  ['endswith', 'ab', 'abc', false],
  ['contains', '\0', 'a\0b', [1, 2]],
  ['contains', 'B', 'abc', false],
  ['strmatch', 'bc', 'abc', [1, 3]],
  ['containsword', 'union', 'x union.', [2, 7]],
  ['containsword', 'union', 'reunion union', [8, 13]],
  ['containsword', 'union', 'unions', false],
  ['containsword', 'a1', '9a1_', [1, 3]],
  ['containsword', 'aa', 'aaaa', false],
  ['streq', 'abc', 'abc', [0, 3]],
  ['streq', 'abc', 'ABC', false],
  ['within', '%{tx.list}', 'POST', [0, 4]],
  ['within', '%{tx.list}', 'PUT', false],
  ['within', 'abc', '', [0, 0]],
  ['eq', '5', ' 5x', true],
  ['eq', '0', 'none', true],
  ['eq', '-1', '-1', true],
  ['eq', '0', '-0', true],
  ['eq', '1', '0x1', false],
  ['gt', '255', '99999999999999999999999999', true],
  ['gt', '%{tx.none}', '1', true],
  ['ge', '5', '5', true],
  ['le', '5', '6', false],
  ['lt', '5', '-9', true],
  ['lt', '0', '-99999999999999999999999999', true],
  ['pm', 'wget CURL', 'a Curl b', [2, 6]],
  ['pm', 'he she hers', 'ushers', [1, 4]],
  ['pm', 'abcd bc', 'abce', [1, 3]],
  ['pm', '|48 69| x', 'oh hi', [3, 5]],
  ['pm', 'a|20|b', 'xa b', [1, 4]],
  ['pm', 'a\\|b', 'a|b', [0, 3]],
  ['pm', '"two words"', 'words', [0, 5]],
  ['pm', '\xe9', '\xc9', false],
  ['pm', '', 'x', false],
  ['pmfromfile', 'words.data', 'WGET/1', [0, 4]],
  ['pmfromfile', 'words.data', 'php  info', false],
  ['pmf', 'words.data more.data', 'Nikto', [0, 5]],
  ['ipmatch', '10.0.0.0/8', '10.9.8.7', true],
  ['ipmatch', '10.0.0.0/255.0.0.0', '11.9.8.7', false],
  ['ipmatch', '192.168.1.128/25, ::1', '192.168.1.127', false],
  ['ipmatch', '192.168.1.128/25,::1', '0:0:0:0:0:0:0:1', true],
  ['ipmatch', '10.0.0.0/8', '::ffff:10.1.1.1', true],
  ['ipmatch', '2001:db8::/33', '2001:db8:8000::', false],
  ['ipmatch', '0.0.0.0/0', '1.2.3.4', true],
  ['ipmatch', '0.0.0.0/0', '1.2.3.400', false],
  ['ipmatch', '%{tx.none}', '1.2.3.4', false],
  ['ipmatchfromfile', 'nets.data', '2001:db8::1', true],
  ['ipmatchf', 'nets.data', '11.1.1.1', false],
  ['validatebyterange', '32-126, 9', 'a\tb', false],
  ['validatebyterange', '32-126,9', 'a\n', [1, 2]],
  ['validatebyterange', '1-255', '\0', [0, 1]],
  ['validateutf8encoding', '', 'caf\xc3\xa9', false],
  ['validateutf8encoding', '', 'a\xc3', [1, 2]],
  ['validateutf8encoding', '', '\xc0\xaf', [0, 2]],
  ['validateutf8encoding', '', '\xe0\x80\xaf', [0, 3]],
  ['validateutf8encoding', '', '\xed\xa0\x80', [0, 3]],
  ['validateutf8encoding', '', '\xf4\x90\x80\x80', [0, 4]],
  ['validateutf8encoding', '', '\xf0\x9f\x98\x80', false],
  ['validateurlencoding', '', '%41%zz', [3, 6]],
  ['validateurlencoding', '', 'a%4', [1, 3]],
  ['validateurlencoding', '', '%00', false],
  ['rx', '^a(b)?', 'ab', [0, 2]],
  ['rx', '^(?:%{tx.none}|b)$', 'b', [0, 1]],
  ['rx', 'a\\.b', 'a-b', false],
  ['rxglobal', '[0-9]+', 'a1b22', [1, 2]],
  ['unconditionalmatch', '', '', true],
  ['nomatch', '', 'x', false],
  ['geolookup', '', '1.2.3.4', false],
  ['rbl', 'list.example', '1.2.3.4', false],
  ['verifycc', '[0-9]{13,16}', 'x 4111111111111111', [2, 18]],
  ['verifycc', '\\b[0-9]{13,16}\\b', '4111111111111112', false],
  ['verifycc', '[0-9]{16}', '94111111111111111', [1, 17]],
  ['verifycpf', '[0-9]{11}', '52998224725', true],
  ['verifycpf', '[0-9]{11}', '11111111111', false],
  ['verifyssn', '[0-9]{3}-[0-9]{2}-[0-9]{4}', '574-57-8065', true],
  ['verifyssn', '[0-9]{9}', '666578065', false],
  ['verifysvnr', '[0-9]{10}', '1237010180', true],
  ['verifysvnr', '[0-9]{10}', '1238010180', false],
];

test('operators match what they should, and say where', () => {
  for (const [name, argument, value, expected] of ROWS) {
    const hit = evaluate(name, argument, value);
    const label = `@${name} ${JSON.stringify(argument)} on ${JSON.stringify(value)}`;
    if (typeof expected === 'boolean') assert.equal(hit !== null, expected, label);
    else assert.deepEqual(hit?.span, expected, label);
  }
  assert.equal(ROWS.length, 82);
});

test('every operator has a case', () => {
  const tested = new Set([...ROWS, ...REFUSED].map(([name]) => name));
  // Their grammars are tested with the detectors.
  for (const name of ['detectshell', 'detectsqli', 'detectxss']) tested.add(name);
  assert.deepEqual(
    [...OPERATORS.keys()].filter((name) => !tested.has(name)),
    [],
  );
  assert.equal(OPERATORS.size, 41);
  for (const name of NEEDS_TABLE) assert.ok(OPERATORS.has(name));
});

test('the detectors are asked and their places kept', () => {
  assert.equal(evaluate('detectsqli', '', 'plain words'), null);
  assert.equal(evaluate('detectxss', '', 'plain words'), null);
  assert.equal(evaluate('detectshell', '', 'plain words'), null);
  assert.deepEqual(evaluate('detectshell', '', 'x;id')?.captures, [';id']);
  const hit = evaluate('detectxss', '', '<script>alert(1)</script>');
  assert.ok(hit?.span !== undefined && hit.detail !== '' && hit.captures?.[0] !== undefined);
});

const REFUSED: readonly (readonly [name: string, argument: string, code: string])[] = [
  ['inspectfile', '/bin/x', 'operator-refused'],
  ['fuzzyhash', 'x 1', 'operator-refused'],
  ['gsblookup', 'x', 'operator-refused'],
  ['rsub', 's/a/b/', 'operator-refused'],
  ['validatehash', 'x', 'operator-refused'],
  ['validatedtd', 'x.dtd', 'operator-refused'],
  ['validateschema', 'x.xsd', 'operator-refused'],
  ['pm', '%{tx.x}', 'operator-argument'],
  ['rxglobal', '%{tx.x}', 'operator-argument'],
  ['verifycc', '%{tx.x}', 'operator-argument'],
  ['pmfromfile', 'none.data', 'operator-file-missing'],
  ['ipmatchf', 'none.data', 'operator-file-missing'],
  ['ipmatch', '10.0.0.0/33', 'operator-argument'],
  ['ipmatch', '10.0.0', 'operator-argument'],
  ['ipmatch', '::1::', 'operator-argument'],
  ['ipmatchf', 'words.data', 'operator-argument'],
  ['validatebyterange', '1-256', 'operator-argument'],
  ['validatebyterange', '9-1', 'operator-argument'],
  ['validatebyterange', '%{tx.x}', 'operator-argument'],
  ['rx', 'a(', 'pattern-invalid'],
];

test('a wrong argument is refused when the rule is loaded', () => {
  for (const [name, argument, code] of REFUSED) {
    assert.throws(() => evaluate(name, argument, ''), { code: `seclang.${code}` }, `@${name} ${argument}`);
  }
  assert.equal(REFUSED.length, 20);
});

test('rxGlobal collects the groups of all matches up to ten', () => {
  assert.deepEqual(evaluate('rxglobal', '([a-z])([0-9])', 'a1-b2')?.captures, ['a1', 'a', '1', 'b2', 'b', '2']);
  assert.deepEqual(evaluate('rxglobal', '[a-z]*', 'aa--b')?.captures, ['aa', 'b']);
  assert.equal(evaluate('rxglobal', '.', 'x'.repeat(50))?.captures?.length, 10);
});

const bytes = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)) });
const few = fc.string({ unit: fc.constantFrom('a', 'b', ' ') });

test('the phrase automaton and the text searches agree with a plain search', () => {
  fc.assert(
    fc.property(fc.array(few, { maxLength: 5 }), few, (phrases, value) => {
      const words = phrases.flatMap((phrase) => phrase.split(' ')).filter((word) => word !== '');
      const expected = words.some((word) => value.includes(word));
      assert.equal(evaluate('pm', phrases.join(' '), value.toUpperCase()) !== null, expected);
    }),
  );
  const long = fc.tuple(few, fc.integer({ min: 1, max: 40 })).map(([text, times]) => text.repeat(times));
  fc.assert(
    fc.property(long, long, (needle, value) => {
      const at = value.indexOf(needle);
      assert.deepEqual(evaluate('contains', needle, value)?.span, at < 0 ? undefined : [at, at + needle.length]);
    }),
  );
});

const ARGUMENTS: Readonly<Record<string, string>> = {
  pmf: 'words.data',
  pmfromfile: 'words.data',
  ipmatch: '10.0.0.0/8,::1',
  ipmatchf: 'nets.data',
  ipmatchfromfile: 'nets.data',
  validatebyterange: '32-126',
  verifycc: '[0-9]{13,16}',
};

test('every operator is total and its work linear', () => {
  const refused = new Set(REFUSED.flatMap(([name, , code]) => (code === 'operator-refused' ? [name] : [])));
  const names = [...OPERATORS.keys()].filter((name) => !refused.has(name));
  assert.equal(names.length, 34);
  for (const name of names) {
    const argument = ARGUMENTS[name] ?? 'ab';
    fc.assert(
      fc.property(bytes, (value) => {
        const hit = evaluate(name, argument, value);
        if (hit?.span !== undefined) assert.ok(hit.span[0] >= 0 && hit.span[1] <= value.length);
      }),
      { numRuns: 40 },
    );
    for (const piece of ['a', '1', '%', "'", '\xc3', '<']) {
      const [short, long] = [counting(), counting()];
      evaluate(name, argument, piece.repeat(2000), short);
      evaluate(name, argument, piece.repeat(8000), long);
      assert.ok(long.used <= short.used * 4.2 + 50, `@${name} on ${piece}: ${short.used} then ${long.used}`);
    }
  }
});
