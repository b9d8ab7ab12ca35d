import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { DEFAULT_LIMITS, type Field, type RequestHead1, type ResponseHead1 } from './http1-api.ts';
import { REQUEST_CASE_COUNT, REQUEST_CASES } from './http1-request-cases.ts';
import { RESPONSE_CASE_COUNT, RESPONSE_CASES } from './http1-response-cases.ts';
import { createRequestReader, createResponseReader } from './http1-reader.ts';
import { Trace, traceRequests, traceResponses } from './http1-trace.ts';
import { VIOLATIONS } from './http1-violations.ts';
import { chunkHead, CHUNK_TAIL, lastChunk, writeRequestHead, writeResponseHead } from './http1-writer.ts';

test('the case tables are whole', () => {
  assert.equal(REQUEST_CASES.length, REQUEST_CASE_COUNT);
  assert.equal(RESPONSE_CASES.length, RESPONSE_CASE_COUNT);
  const names = [
    ...REQUEST_CASES.map(([name]) => `request ${name}`),
    ...RESPONSE_CASES.map(([name]) => `response ${name}`),
  ];
  assert.equal(new Set(names).size, names.length);
});

test('every violation is met by a case or a limit test', () => {
  const seen = new Set(['head-too-large', 'start-line-too-long', 'too-many-fields', 'trailers-too-large']);
  for (const [, , expected] of REQUEST_CASES) for (const word of expected.split(' ')) seen.add(word.replace('!', ''));
  for (const [, , , expected] of RESPONSE_CASES)
    for (const word of expected.split(' ')) seen.add(word.replace('!', ''));
  assert.deepEqual(
    Object.keys(VIOLATIONS).filter((code) => !seen.has(code)),
    [],
  );
});

for (const [name, bytes, expected] of REQUEST_CASES) {
  test(`request: ${name}`, () => assert.equal(traceRequests(bytes).text(), expected));
}

for (const [name, methods, bytes, expected] of RESPONSE_CASES) {
  test(`response: ${name}`, () => assert.equal(traceResponses(bytes, methods).text(), expected));
}

test('cutting the bytes anywhere changes no event', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: REQUEST_CASES.length - 1 }), cuts, (index, lengths) => {
      const [, bytes = '', expected] = REQUEST_CASES[index] ?? [];
      assert.equal(traceRequests(bytes, lengths).text(), expected);
    }),
    { numRuns: 600 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: RESPONSE_CASES.length - 1 }), cuts, (index, lengths) => {
      const [, methods = [], bytes = '', expected] = RESPONSE_CASES[index] ?? [];
      assert.equal(traceResponses(bytes, methods, lengths).text(), expected);
    }),
    { numRuns: 300 },
  );
  for (const [, bytes, expected] of REQUEST_CASES) {
    assert.equal(traceRequests(bytes, Array.from<number>({ length: bytes.length }).fill(1)).text(), expected);
  }
});

test('pausing at every event changes none of them', () => {
  for (const [name, bytes, expected] of REQUEST_CASES) {
    const trace = new Trace();
    const handler = trace.handler<RequestHead1>();
    const pausing = {
      onHead: (head: RequestHead1) => (reader.pause(), handler.onHead(head)),
      onBody: (chunk: Buffer) => (reader.pause(), handler.onBody(chunk)),
      onEnd: (trailers: readonly Field[]) => (reader.pause(), handler.onEnd(trailers)),
      onFault: handler.onFault,
    };
    const reader = createRequestReader(pausing);
    reader.push(Buffer.from(bytes, 'latin1'));
    reader.end();
    for (let i = 0; i < 50; i++) reader.resume();
    assert.equal(trace.text(), expected, name);
  }
});

test('no event is reported while paused', () => {
  const trace = new Trace();
  const reader = createRequestReader(trace.handler<RequestHead1>());
  reader.pause();
  reader.push(Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
  assert.deepEqual(trace.events, []);
  reader.resume();
  assert.equal(trace.text(), 'GET / none keep | end');
});

test('bytes pushed while paused are copied', () => {
  const trace = new Trace();
  const reader = createRequestReader(trace.handler<RequestHead1>());
  const bytes = Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  reader.pause();
  reader.push(bytes);
  bytes.fill(0);
  reader.resume();
  assert.equal(trace.text(), 'GET / none keep | end');
});

test('random bytes throw nothing and stay bounded', () => {
  const alphabet = fc.constantFrom(
    '\r',
    '\n',
    '\r\n',
    ' ',
    '\t',
    ':',
    'GET',
    '/',
    'HTTP/1.1',
    'Host: a',
    '\0',
    '0',
    '5',
    'chunked',
    'Transfer-Encoding',
    'Content-Length',
    ',',
    ';',
    '\xff',
    'é',
  );
  const noise = fc.oneof(
    fc.array(alphabet, { maxLength: 60 }).map((parts) => Buffer.from(parts.join(''), 'latin1')),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  );
  fc.assert(
    fc.property(noise, fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 20 }), (bytes, lengths) => {
      const text = bytes.toString('latin1');
      assert.equal(traceRequests(text).text(), traceRequests(text, lengths).text());
      assert.equal(traceResponses(text).text(), traceResponses(text, [], lengths).text());
    }),
    { numRuns: 1500 },
  );
});

const SMALL = { ...DEFAULT_LIMITS, maxHeadBytes: 100, maxFields: 3, maxStartLineBytes: 30, maxTrailerBytes: 20 };
const LIMIT_CASES: readonly (readonly [string, string])[] = [
  [
    `GET /${'a'.repeat(40)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    `fault start-line-too-long of GET /${'a'.repeat(25)} none last start-line-too-long! version-missing! host-missing!`,
  ],
  [
    `GET /${'a'.repeat(40)}`,
    `fault start-line-too-long of GET /${'a'.repeat(25)} none last start-line-too-long! version-missing! host-missing!`,
  ],
  [
    `GET / HTTP/1.1\r\nHost: a\r\nA: ${'b'.repeat(90)}\r\n\r\n`,
    'fault head-too-large of GET / none last head-too-large!',
  ],
  [
    'GET / HTTP/1.1\r\nHost: a\r\nA: b\r\nC: d\r\nE: f\r\n\r\n',
    'fault too-many-fields of GET / none last too-many-fields!',
  ],
  [
    `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: ${'b'.repeat(20)}\r\n\r\n`,
    'POST / chunked keep | fault trailers-too-large of POST / chunked keep',
  ],
];

test('limits end reading at the same byte however the bytes are cut', () => {
  assert.equal(LIMIT_CASES.length, 5);
  for (const [bytes, expected] of LIMIT_CASES) {
    for (const size of [1, 2, 7, 31, 1000]) {
      const lengths = Array.from<number>({ length: bytes.length }).fill(size);
      assert.equal(traceRequests(bytes, lengths, SMALL).text(), expected);
    }
  }
});

test('a head keeps its bytes, order, case and duplicates', () => {
  const bytes = 'GET /A?b HTTP/1.1\r\nHOST:  A:80 \r\nx-a: 1\r\nX-A: 2\r\nCookie: a=b\r\n\r\n';
  const [head] = traceRequests(`\r\n${bytes}`).heads;
  assert.ok(head?.kind === 'request');
  assert.equal(head.text, bytes);
  assert.equal(head.host, 'a:80');
  assert.deepEqual(plain(head.fields), [
    { name: 'HOST', value: 'A:80' },
    { name: 'x-a', value: '1' },
    { name: 'X-A', value: '2' },
    { name: 'Cookie', value: 'a=b' },
  ]);
});

test('facts of the head: upgrade, expectation, target form', () => {
  const facts = (text: string) => {
    const [head] = traceRequests(text).heads;
    assert.ok(head?.kind === 'request');
    return [head.upgrade, head.expectContinue, head.targetForm, head.host];
  };
  assert.deepEqual(
    facts('GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\r\n'),
    ['websocket', false, 'origin', 'a'],
  );
  assert.deepEqual(facts('GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n'), [undefined, false, 'origin', 'a']);
  assert.deepEqual(facts('GET / HTTP/1.0\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'), [
    undefined,
    false,
    'origin',
    'a',
  ]);
  assert.deepEqual(facts('POST http://B/ HTTP/1.1\r\nHost: b\r\nExpect: 100-Continue\r\nContent-Length: 0\r\n\r\n'), [
    undefined,
    true,
    'absolute',
    'b',
  ]);
});

test('after an upgrade the rest belongs to the new protocol', () => {
  const trace = new Trace();
  const handler = trace.handler<RequestHead1>();
  const reader = createRequestReader({ ...handler, onEnd: (trailers) => (handler.onEnd(trailers), reader.upgrade()) });
  reader.push(Buffer.from('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x05'));
  reader.push(Buffer.from('hello'));
  assert.equal(trace.text(), 'GET / none keep | end');
  assert.equal(reader.takeRest().toString('latin1'), Buffer.from('\x81\x05hello').toString('latin1'));
  assert.equal(reader.takeRest().length, 0);
});

test('an upgrade that is decided later takes what was kept while paused', () => {
  const reader = createRequestReader({ ...new Trace().handler<RequestHead1>(), onEnd: () => reader.pause() });
  reader.push(Buffer.from('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nrest'));
  reader.upgrade();
  reader.resume();
  assert.equal(reader.takeRest().toString('latin1'), 'rest');
});

test('an answer that switches protocols leaves the rest', () => {
  const trace = new Trace();
  const reader = createResponseReader(trace.handler<ResponseHead1>(), undefined, () => 'GET');
  reader.push(Buffer.from('HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nrest'));
  assert.equal(trace.text(), '101 S none keep');
  assert.equal(reader.takeRest().toString('latin1'), 'rest');
});

test('a handler that pushes or resumes inside an event does not disturb the order', () => {
  const trace = new Trace();
  const handler = trace.handler<RequestHead1>();
  let pushed = false;
  const reader = createRequestReader({
    ...handler,
    onHead(head) {
      handler.onHead(head);
      reader.resume();
      if (!pushed) reader.push(Buffer.from('GET /2 HTTP/1.1\r\nHost: a\r\n\r\n'));
      pushed = true;
    },
  });
  reader.push(Buffer.from('POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab'));
  assert.equal(trace.text(), 'POST /1 length=2 keep | "ab" | end | GET /2 none keep | end');
});

const plain = (fields: readonly Field[]) => fields.map(({ name, value }) => ({ name, value }));

const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
const value = fc.stringMatching(/^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]{0,20}[\x21-\x7e\x80-\xff])?)?$/);
const framingNames = /^(?:host|content-length|transfer-encoding|connection|upgrade|expect)$/i;
const fields = fc.array(
  fc.record({ name: token.filter((name) => !framingNames.test(name)), value }, { noNullPrototype: true }),
  { maxLength: 8 },
);

test('what is written is read back the same', () => {
  fc.assert(
    fc.property(
      fields,
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 4 }),
      fc.boolean(),
      (extra, parts, inChunks) => {
        const all = [{ name: 'Host', value: 'a' }, ...extra];
        const body = Buffer.concat(parts);
        const framing = inChunks ? ({ kind: 'chunked' } as const) : ({ kind: 'length', bytes: body.length } as const);
        const head = writeRequestHead({ method: 'POST', target: '/x', fields: all, framing });
        const written = inChunks
          ? Buffer.concat([head, ...parts.flatMap((part) => [chunkHead(part.length), part, CHUNK_TAIL]), lastChunk()])
          : Buffer.concat([head, body]);
        const trace = traceRequests(written.toString('latin1'));
        const [read] = trace.heads;
        assert.deepEqual(read?.violations, []);
        assert.deepEqual(plain(read.fields).slice(0, all.length), all);
        assert.deepEqual(read.framing, framing);
        assert.equal(trace.events.at(-1), 'end');
        assert.equal(trace.events.slice(1, -1).join(''), body.length > 0 ? `"${body.toString('latin1')}"` : '');
      },
    ),
    { numRuns: 200 },
  );
});

test('answers are written and read back the same', () => {
  fc.assert(
    fc.property(
      fields,
      fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
      (all, status) => {
        const written = writeResponseHead({
          status,
          reason: 'Why not',
          fields: all,
          framing: { kind: 'length', bytes: 0 },
        });
        const [read] = traceResponses(written.toString('latin1')).heads;
        assert.ok(read?.kind === 'response');
        assert.equal(read.status, status);
        assert.deepEqual(read.violations, []);
        assert.deepEqual(plain(read.fields).slice(0, all.length), all);
      },
    ),
    { numRuns: 100 },
  );
});
