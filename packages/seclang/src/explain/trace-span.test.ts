import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TRANSFORMATIONS } from '../transformations/index.ts';
import { traceSpan, type TracedSpan } from './trace-span.ts';

function transformation(name: string): (value: string) => string {
  const found = TRANSFORMATIONS.get(name);
  assert.ok(found, name);
  return found;
}

/** Traces the place of `what` in the transformed value. */
function trace(name: string, before: string, what: string): TracedSpan & { readonly text: string } {
  const transform = transformation(name);
  const after = transform(before);
  const at = after.indexOf(what);
  assert.notEqual(at, -1, `${name} makes ${JSON.stringify(after)}`);
  const traced = traceSpan(before, after, [at, at + what.length], transform, { left: 1e7 });
  return { ...traced, text: before.slice(...traced.span) };
}

const LONG = `${'x%41'.repeat(9000)}%27%20or%201=1${'y'.repeat(9000)}`;

const ROWS: readonly (readonly [name: string, before: string, what: string, from: string, exact: boolean])[] = [
  ['urldecodeuni', 'a%27%20or%201=1--x', "' or 1=1--", '%27%20or%201=1--', true],
  ['urldecodeuni', '1+union+select', 'union select', 'union+select', true],
  ['urldecode', '%3Cscript%3E', '<script', '%3Cscript', true],
  ['lowercase', 'xx UNION yy', 'union', 'UNION', true],
  ['htmlentitydecode', 'a&lt;img src&#x3d;1', '<img src=', '&lt;img src&#x3d;', true],
  ['removenulls', 'a\0b\0c\0d', 'bc', 'b\0c', true],
  ['removewhitespace', 'un ion sel ect', 'select', 'sel ect', true],
  ['compresswhitespace', 'a \t\t b c', 'a b', 'a \t\t b', true],
  ['replacecomments', '1/**/union/*x*/select', ' union ', '/**/union/*x*/', true],
  ['base64decode', 'YWJjZGVmZ2hp', 'def', 'ZGVm', true],
  ['base64decode', 'YWJjZGVmZ2hp', 'e', 'ZGVm', false],
  ['jsdecode', 'x\\x61lert(1)', 'alert', '\\x61lert', true],
  ['cmdline', 'c^a^t "/etc/passwd"', 'cat/etc', 'c^a^t "/etc', true],
  ['trim', '  abc  ', 'abc', 'abc', true],
  ['normalisepath', '/a/../etc/passwd', 'etc', 'etc', true],
  ['utf8tounicode', 'a\xc3\xa9b', '%u00e9', '\xc3\xa9', true],
  ['length', 'abcdef', '6', 'abcdef', true],
  ['urldecodeuni', LONG, "' or 1=1", '%27%20or%201=1', true],
];

for (const [name, before, what, from, exact] of ROWS) {
  test(`${name} made ${JSON.stringify(what)} from ${JSON.stringify(from)}`, () => {
    const traced = trace(name, before, what);
    assert.equal(traced.text, from);
    assert.equal(traced.exact, exact);
  });
}

test('the rows are counted', () => assert.equal(ROWS.length, 18));

const bytes = fc.string({ unit: fc.constantFrom(...' %+&;\\/*x#aAbc<0127.\0"\'\xe9\n='), maxLength: 60 });

test('an exact range makes the bytes, whatever the transformation', () => {
  let exact = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...TRANSFORMATIONS.keys()),
      bytes,
      fc.nat(60),
      fc.nat(10),
      (name, before, at, length) => {
        const transform = transformation(name);
        const after = transform(before);
        const span = [Math.min(at, after.length), Math.min(at + length, after.length)] as const;
        const traced = traceSpan(before, after, span, transform, { left: 1e6 });
        const [from, to] = traced.span;
        assert.ok(from >= 0 && from <= to && to <= before.length);
        if (!traced.exact || span[0] === span[1] || before === after) return;
        exact++;
        const until = (end: number) =>
          end === 0 ? '' : end === before.length ? after : transform(before.slice(0, end));
        assert.equal(until(to).slice(until(from).length), after.slice(...span));
      },
    ),
    { numRuns: 3000 },
  );
  assert.ok(exact > 40, `exact in ${exact}`);
});

test('a spent budget says that nothing is known', () => {
  const transform = transformation('urldecodeuni');
  const before = '%41'.repeat(600);
  const after = transform(before);
  assert.deepEqual(traceSpan(before, after, [3, 5], transform, { left: 100 }), { span: [0, 1800], exact: false });
});
