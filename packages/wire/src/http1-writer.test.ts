import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Fault } from '@seawall/faults';
import type { Field, Framing } from './http1-api.ts';
import { hopByHop } from './hop-by-hop.ts';
import { chunkHead, lastChunk, writeRequestHead, writeResponseHead } from './http1-writer.ts';

const NONE: Framing = { kind: 'none' };
const HOST: Field = { name: 'Host', value: 'a' };
const request = (change: Partial<Parameters<typeof writeRequestHead>[0]>) =>
  writeRequestHead({ method: 'GET', target: '/', fields: [HOST], framing: NONE, ...change }).toString('latin1');
const response = (change: Partial<Parameters<typeof writeResponseHead>[0]>) =>
  writeResponseHead({ status: 200, reason: 'OK', fields: [], framing: NONE, ...change }).toString('latin1');

test('heads are written byte for byte', () => {
  assert.equal(request({}), 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.equal(
    request({ framing: { kind: 'chunked' } }),
    'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n',
  );
  assert.equal(response({ framing: { kind: 'length', bytes: 5 } }), 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n');
  assert.equal(response({ framing: { kind: 'close' } }), 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n');
  assert.equal(
    response({ framing: { kind: 'close' }, fields: [{ name: 'connection', value: 'Close' }] }),
    'HTTP/1.1 200 OK\r\nconnection: Close\r\n\r\n',
  );
  assert.equal(chunkHead(255).toString(), 'ff\r\n');
  assert.equal(lastChunk([{ name: 'A', value: 'b' }]).toString(), '0\r\nA: b\r\n\r\n');
});

test('framing fields never pass from the caller', () => {
  const fields = [HOST, { name: 'Content-Length', value: '9' }, { name: 'TRANSFER-ENCODING', value: 'gzip' }];
  assert.equal(
    request({ fields, framing: { kind: 'length', bytes: 1 } }),
    'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n',
  );
  assert.equal(
    response({ fields: fields.slice(1), framing: { kind: 'chunked' } }),
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
  );
});

test('an answer without body may tell the length of a GET, once', () => {
  const told = { name: 'Content-Length', value: '9' };
  assert.equal(response({ fields: [told, told] }), 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n');
  assert.equal(response({ status: 204, reason: '', fields: [told] }), 'HTTP/1.1 204 \r\n\r\n');
  assert.equal(response({ fields: [{ name: 'Content-Length', value: '+9' }] }), 'HTTP/1.1 200 OK\r\n\r\n');
});

const REFUSED: readonly (readonly [string, string, () => unknown])[] = [
  ['CR in a value', 'wire.unsafe-field', () => request({ fields: [HOST, { name: 'A', value: 'b\rc' }] })],
  ['LF in a value', 'wire.unsafe-field', () => request({ fields: [HOST, { name: 'A', value: 'b\nc' }] })],
  ['NUL in a value', 'wire.unsafe-field', () => request({ fields: [HOST, { name: 'A', value: '\0' }] })],
  [
    'wide character that ends in LF',
    'wire.unsafe-field',
    () => request({ fields: [HOST, { name: 'A', value: '\u010a' }] }),
  ],
  ['colon in a name', 'wire.unsafe-field', () => request({ fields: [HOST, { name: 'A:', value: 'b' }] })],
  ['LF in a name', 'wire.unsafe-field', () => request({ fields: [HOST, { name: 'A\n', value: 'b' }] })],
  ['empty name', 'wire.unsafe-field', () => request({ fields: [HOST, { name: '', value: 'b' }] })],
  ['space in the method', 'wire.unsafe-method', () => request({ method: 'GET /x' })],
  ['empty method', 'wire.unsafe-method', () => request({ method: '' })],
  ['space in the target', 'wire.unsafe-target', () => request({ target: '/ HTTP/1.1' })],
  ['CRLF in the target', 'wire.unsafe-target', () => request({ target: '/\r\nA: b' })],
  ['wide character in the target', 'wire.unsafe-target', () => request({ target: '/\u0120' })],
  ['empty target', 'wire.unsafe-target', () => request({ target: '' })],
  ['no Host', 'wire.host-count', () => request({ fields: [] })],
  ['two Hosts', 'wire.host-count', () => request({ fields: [HOST, HOST] })],
  ['a request until close', 'wire.unsafe-framing', () => request({ framing: { kind: 'close' } })],
  ['a negative length', 'wire.unsafe-framing', () => request({ framing: { kind: 'length', bytes: -1 } })],
  ['a fractional length', 'wire.unsafe-framing', () => response({ framing: { kind: 'length', bytes: 0.5 } })],
  ['LF in the reason', 'wire.unsafe-status', () => response({ reason: 'a\nb' })],
  ['status 99', 'wire.unsafe-status', () => response({ status: 99 })],
  ['an empty chunk', 'wire.unsafe-framing', () => chunkHead(0)],
  ['a trailer for framing', 'wire.unsafe-field', () => lastChunk([{ name: 'Content-Length', value: '1' }])],
  ['LF in a trailer', 'wire.unsafe-field', () => lastChunk([{ name: 'A', value: '\n' }])],
];

test('what cannot be written safely is refused', () => {
  assert.equal(REFUSED.length, 23);
  for (const [name, code, write] of REFUSED) {
    assert.throws(write, (error) => error instanceof Fault && error.code === code, name);
  }
});

test('no text makes a second line', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ unit: 'binary' }), fc.string(), (name, value, target) => {
      let text: string;
      try {
        text = request({ target, fields: [HOST, { name, value }] });
      } catch (error) {
        assert.ok(error instanceof Fault);
        return;
      }
      assert.equal(text.split('\n').length, /^(?:content-length|transfer-encoding)$/i.test(name) ? 4 : 5);
    }),
    { numRuns: 500 },
  );
});

test('fields of one hop', () => {
  const field = (name: string, value: string) => ({ name, value, lower: name.toLowerCase(), start: -1, end: 0 });
  const names = hopByHop([
    field('Connection', 'close, X-Own, Host, Content-Length'),
    field('Proxy-Authorization', 'x'),
  ]);
  assert.deepEqual([...hopByHop([field('Connection', 'keep-alive')])].length, 5);
  assert.deepEqual(
    [...names].sort(),
    ['close', 'connection', 'keep-alive', 'proxy-authorization', 'te', 'transfer-encoding', 'upgrade', 'x-own'].sort(),
  );
});
