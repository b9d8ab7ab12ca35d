import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readCleanLines } from './clean-head.ts';
import { HeadWriter } from './head-writer.ts';
import type { Field, HeadField } from './http1-api.ts';
import { checkControls, readFields } from './http1-fields.ts';
import { ViolationList } from './http1-violations.ts';
import { writeRequestHead } from './http1-writer.ts';

const MAX_FIELDS = 6;
const plain = (fields: readonly Field[]) => fields.map(({ name, value }) => ({ name, value }));

/** The careful way over the same lines. */
function readCarefully(text: string): { readonly fields: readonly HeadField[]; readonly codes: readonly string[] } {
  const found = new ViolationList('request');
  checkControls(text, found);
  const fields = readFields(text, text.indexOf('\n') + 1, MAX_FIELDS, found);
  return { fields, codes: found.all.map(({ code }) => code) };
}

// Pieces that make heads which are nearly clean.
const piece = fc.constantFrom(
  ...[
    'Host: a',
    'x: 1',
    'X-Empty:',
    'X-Tight:v',
    'X-Wide:  a b \t',
    'a',
    ':',
    ' ',
    '\t',
    '\r\n',
    '\r',
    '\n',
    '\0',
    '\x7f',
  ],
  ...['\xe9', 'Cookie: a=b; c', '\r\n', '\r\n', ': ', 'Connection: close', '\x0b'],
);
const heads = fc
  .array(piece, { maxLength: 14 })
  .map((pieces) => `GET / HTTP/1.1\r\n${pieces.join('')}\r\n\r\n`)
  .map((text) => text.slice(0, text.indexOf('\r\n\r\n') + 4));

test('the quick way reads what the careful way reads, or nothing', () => {
  let clean = 0;
  fc.assert(
    fc.property(heads, (text) => {
      const quick = readCleanLines(text, MAX_FIELDS);
      const { fields, codes } = readCarefully(text);
      if (quick === undefined) return;
      clean++;
      assert.deepEqual(codes, []);
      assert.equal(text.slice(0, quick.startLine), 'GET / HTTP/1.1');
      assert.deepEqual(plain(quick.fields), plain(fields));
      for (const field of quick.fields) {
        assert.equal(field.lower, field.name.toLowerCase());
        if (field.start >= 0) assert.equal(text.slice(field.start, field.end), `${field.name}: ${field.value}\r\n`);
      }
    }),
    { numRuns: 3000, seed: 7 },
  );
  assert.ok(clean > 100, `${clean} heads were clean`);
});

test('a clean head is read the quick way', () => {
  const text = 'GET /a HTTP/1.1\r\nHost: a\r\nCookie: b=c; d\r\nX-Eight: \xe9\tz\r\n\r\n';
  assert.equal(readCleanLines(text, MAX_FIELDS)?.fields.length, 3);
  assert.deepEqual(
    readCleanLines(text, MAX_FIELDS)?.fields.map(({ start }) => start),
    [17, 26, 42],
  );
  assert.equal(readCleanLines(text, 2), undefined);
});

test('copied lines are the same bytes as lines written anew', () => {
  const framing = { kind: 'length', bytes: 3 } as const;
  fc.assert(
    fc.property(heads, fc.array(fc.boolean(), { minLength: MAX_FIELDS, maxLength: MAX_FIELDS }), (text, keep) => {
      const clean = readCleanLines(text, MAX_FIELDS);
      if (clean === undefined) return;
      const kept = clean.fields.filter((field, index) => keep[index] === true && field.lower !== 'host');
      const own = { name: 'Host', value: 'own' };
      const writer = new HeadWriter(text);
      writer.startRequest('GET', '/x');
      kept.forEach((field) => writer.copy(field));
      writer.add(own);
      const wanted = writeRequestHead({ method: 'GET', target: '/x', fields: [...kept, own], framing });
      assert.equal(writer.end(framing), wanted.toString('latin1'));
    }),
    { numRuns: 1000, seed: 8 },
  );
});

test('what is new in a head is checked', () => {
  const writer = new HeadWriter('');
  for (const [name, value] of [
    ['A', 'b\r\nc'],
    ['A:', 'b'],
    ['', 'b'],
    ['A', '\u010a'],
  ] as const) {
    assert.throws(() => writer.add({ name, value }), { code: 'wire.unsafe-field' });
  }
  assert.throws(() => writer.startRequest('G T', '/'), { code: 'wire.unsafe-method' });
  assert.throws(() => writer.startRequest('GET', '/ x'), { code: 'wire.unsafe-target' });
  assert.throws(() => writer.startResponse(200, 'a\nb'), { code: 'wire.unsafe-status' });
  writer.startResponse(200, 'OK');
  writer.add({ name: 'Content-Length', value: '9' });
  writer.copy({ name: 'TRANSFER-ENCODING', value: 'x', lower: 'transfer-encoding', start: -1, end: 0 });
  assert.equal(writer.end({ kind: 'chunked' }), 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
});
