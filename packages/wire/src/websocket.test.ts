import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { Fault } from '@seawall/faults';
import type { RequestHead1 } from './http1-api.ts';
import { traceRequests } from './http1-trace.ts';
import { OPCODE, type WebSocketHandler, type WebSocketRole } from './websocket-api.ts';
import { acceptKey, makeKey, readWebSocketRequest } from './websocket-handshake.ts';
import { createWebSocketReader } from './websocket-reader.ts';
import { writeClose, writeFrame, writeMessage } from './websocket-writer.ts';

const LIMITS = { maxMessageBytes: 70_000, maxFragments: 4 };
const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

function recorder(events: string[]): WebSocketHandler {
  return {
    onMessage: (kind, data) => void events.push(`${kind} ${data.length > 20 ? data.length : data.toString('latin1')}`),
    onPing: (data) => void events.push(`ping ${data.toString('latin1')}`),
    onPong: (data) => void events.push(`pong ${data.toString('latin1')}`),
    onClose: (code, reason) => void events.push(`close ${code} ${reason}`),
    onFault: (code, detail) => void events.push(`fault ${code} ${detail}`),
  };
}

function read(role: WebSocketRole, bytes: Buffer, size = bytes.length): string {
  const events: string[] = [];
  const reader = createWebSocketReader(role, recorder(events), LIMITS);
  for (let at = 0; at < bytes.length; at += Math.max(1, size)) reader.push(bytes.subarray(at, at + Math.max(1, size)));
  return events.join(' | ');
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const frame = (opcode: number, text: string, final = true): Buffer =>
  Buffer.concat([Buffer.from([(final ? 0x80 : 0) | opcode, text.length]), Buffer.from(text, 'latin1')]);

const CASES: readonly (readonly [string, WebSocketRole, Buffer, string])[] = [
  // RFC 6455, 5.7
  ['unmasked Hello', 'client', hex('81 05 48 65 6c 6c 6f'), 'text Hello'],
  ['masked Hello', 'server', hex('81 85 37 fa 21 3d 7f 9f 4d 51 58'), 'text Hello'],
  ['Hello in two fragments', 'client', hex('01 03 48 65 6c 80 02 6c 6f'), 'text Hello'],
  ['ping', 'client', hex('89 05 48 65 6c 6c 6f'), 'ping Hello'],
  ['masked pong', 'server', hex('8a 85 37 fa 21 3d 7f 9f 4d 51 58'), 'pong Hello'],
  ['256 bytes', 'client', Buffer.concat([hex('82 7e 01 00'), Buffer.alloc(256)]), 'binary 256'],
  [
    '65536 bytes',
    'client',
    Buffer.concat([hex('82 7f 00 00 00 00 00 01 00 00'), Buffer.alloc(65_536)]),
    'binary 65536',
  ],
  // Messages
  ['empty text', 'client', hex('81 00'), 'text '],
  [
    'ping between fragments',
    'client',
    Buffer.concat([frame(1, 'a', false), frame(9, 'p'), frame(0, 'b')]),
    'ping p | text ab',
  ],
  ['two messages', 'client', Buffer.concat([frame(1, 'a'), frame(2, 'b')]), 'text a | binary b'],
  ['UTF-8 split over fragments', 'client', Buffer.concat([frame(1, '\xc3', false), frame(0, '\xa9')]), 'text \xc3\xa9'],
  ['close with code', 'client', hex('88 02 03 e8'), 'close 1000 '],
  ['close with reason', 'client', hex('88 05 03 e9 62 79 65'), 'close 1001 bye'],
  ['close without code', 'client', hex('88 00'), 'close 1005 '],
  ['nothing after close', 'client', hex('88 00 81 01 61'), 'close 1005 '],
  // Breaches
  ['not masked', 'server', hex('81 01 61'), 'fault 1002 wrong masking'],
  ['masked by a server', 'client', hex('81 81 00 00 00 00 61'), 'fault 1002 wrong masking'],
  ['reserved bit', 'client', hex('c1 01 61'), 'fault 1002 a reserved bit is set'],
  ['reserved data opcode', 'client', hex('83 00'), 'fault 1002 a reserved opcode'],
  ['reserved control opcode', 'client', hex('8b 00'), 'fault 1002 a reserved opcode'],
  ['fragmented ping', 'client', hex('09 00'), 'fault 1002 a control frame that is long or fragmented'],
  ['long ping', 'client', hex('89 7e 00 7e'), 'fault 1002 a control frame that is long or fragmented'],
  ['continuation of nothing', 'client', hex('80 00'), 'fault 1002 a continuation of nothing'],
  ['text inside a message', 'client', hex('01 00 81 00'), 'fault 1002 a new message inside a fragmented one'],
  ['16-bit length too short', 'client', hex('81 7e 00 7d'), 'fault 1002 a length in a wrong form'],
  ['64-bit length too short', 'client', hex('81 7f 00 00 00 00 00 00 ff ff'), 'fault 1002 a length in a wrong form'],
  [
    '64-bit length with high bit',
    'client',
    hex('81 7f 80 00 00 00 00 00 00 00'),
    'fault 1002 a length in a wrong form',
  ],
  ['message too big', 'client', hex('81 7f 00 00 00 00 00 02 00 00'), 'fault 1009 the message is too big'],
  ['huge length', 'client', hex('81 7f 7f ff ff ff ff ff ff ff'), 'fault 1009 the message is too big'],
  [
    'too many fragments',
    'client',
    Buffer.concat([frame(1, 'a', false), ...Array.from({ length: 4 }, () => frame(0, 'b', false))]),
    'fault 1008 too many fragments',
  ],
  ['text no UTF-8', 'client', hex('81 01 ff'), 'fault 1007 text that is not UTF-8'],
  ['text with a surrogate', 'client', hex('81 03 ed a0 80'), 'fault 1007 text that is not UTF-8'],
  ['close with one byte', 'client', hex('88 01 03'), 'fault 1002 a close code that may not be sent'],
  ['close 1005', 'client', hex('88 02 03 ed'), 'fault 1002 a close code that may not be sent'],
  ['close 2999', 'client', hex('88 02 0b b7'), 'fault 1002 a close code that may not be sent'],
  ['close reason no UTF-8', 'client', hex('88 03 03 e8 ff'), 'fault 1007 a close reason that is not UTF-8'],
];

test('the table is whole', () => assert.equal(CASES.length, 36));

for (const [name, role, bytes, expected] of CASES) {
  test(`frame: ${name}`, () => {
    assert.equal(read(role, bytes), expected);
    for (const size of [1, 3, 1000]) assert.equal(read(role, bytes, size), expected);
  });
}

test('an end without close frame is a fault; after one it is none', () => {
  for (const [bytes, expected] of [
    [hex('81'), ['fault 1006 the connection ended without a close frame']],
    [hex('88 00'), ['close 1005 ']],
  ] as const) {
    const events: string[] = [];
    const reader = createWebSocketReader('client', recorder(events), LIMITS);
    reader.push(bytes);
    reader.end();
    assert.deepEqual(events, expected);
  }
});

test('pausing keeps frames in order', () => {
  const events: string[] = [];
  const reader = createWebSocketReader(
    'client',
    { ...recorder(events), onMessage: (_kind, data) => (events.push(String(data)), reader.pause()) },
    LIMITS,
  );
  reader.push(Buffer.concat([frame(1, 'a'), frame(1, 'b')]));
  reader.push(frame(1, 'c'));
  assert.deepEqual(events, ['a']);
  reader.resume();
  assert.deepEqual(events, ['a', 'b']);
  reader.resume();
  assert.deepEqual(events, ['a', 'b', 'c']);
});

test('what is written is read back, whatever the cuts', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 40 }),
      (payload, masked, size) => {
        const seen: Buffer[] = [];
        const reader = createWebSocketReader(masked ? 'server' : 'client', {
          ...recorder([]),
          onMessage: (_kind, data) => void seen.push(data),
        });
        const bytes = writeMessage('binary', payload, masked ? MASK : undefined);
        for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
        assert.deepEqual(seen, [Buffer.from(payload)]);
      },
    ),
    { numRuns: 200 },
  );
});

test('random bytes throw nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 9 }), (bytes, size) => {
      const whole = Buffer.from(bytes);
      assert.equal(read('server', whole), read('server', whole, size));
      assert.equal(read('client', whole), read('client', whole, size));
    }),
    { numRuns: 800 },
  );
});

test('the writer refuses what breaks the protocol and cuts a long reason at a character', () => {
  const isFault = (error: unknown): boolean => error instanceof Fault && error.code === 'wire.unsafe-frame';
  assert.throws(() => writeFrame({ opcode: OPCODE.ping, payload: Buffer.alloc(126) }), isFault);
  assert.throws(() => writeFrame({ opcode: OPCODE.ping, payload: Buffer.alloc(1), final: false }), isFault);
  assert.throws(() => writeFrame({ opcode: OPCODE.text, payload: Buffer.alloc(1), mask: Buffer.alloc(3) }), isFault);
  assert.throws(() => writeClose(1006), isFault);
  assert.equal(read('client', writeClose(1000, '学'.repeat(60))), `close 1000 ${'学'.repeat(41)}`);
  assert.equal(read('client', writeClose(1005)), 'close 1005 ');
});

const sha1 = (bytes: Uint8Array): Uint8Array => createHash('sha1').update(bytes).digest();

test('the accept key of RFC 6455, 1.3', () => {
  assert.equal(acceptKey('dGhlIHNhbXBsZSBub25jZQ==', sha1), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  assert.equal(makeKey(Buffer.from('the sample nonce')), 'dGhlIHNhbXBsZSBub25jZQ==');
});

const HANDSHAKE = 'Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const VERSION = 'Sec-WebSocket-Version: 13\r\n';
const HANDSHAKES: readonly (readonly [string, string, string])[] = [
  ['sound', `GET / HTTP/1.1\r\n${HANDSHAKE}${KEY}${VERSION}\r\n`, 'websocket'],
  ['no upgrade', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'other'],
  ['h2c', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n', 'other'],
  ['POST', `POST / HTTP/1.1\r\n${HANDSHAKE}${KEY}${VERSION}\r\n`, 'invalid 400'],
  ['with body', `GET / HTTP/1.1\r\n${HANDSHAKE}${KEY}${VERSION}Content-Length: 1\r\n\r\nx`, 'invalid 400'],
  ['no version', `GET / HTTP/1.1\r\n${HANDSHAKE}${KEY}\r\n`, 'invalid 426'],
  ['version 8', `GET / HTTP/1.1\r\n${HANDSHAKE}${KEY}Sec-WebSocket-Version: 8\r\n\r\n`, 'invalid 426'],
  ['no key', `GET / HTTP/1.1\r\n${HANDSHAKE}${VERSION}\r\n`, 'invalid 400'],
  ['two keys', `GET / HTTP/1.1\r\n${HANDSHAKE}${KEY}${KEY}${VERSION}\r\n`, 'invalid 400'],
  ['short key', `GET / HTTP/1.1\r\n${HANDSHAKE}Sec-WebSocket-Key: YQ==\r\n${VERSION}\r\n`, 'invalid 400'],
];

test('handshakes', () => {
  assert.equal(HANDSHAKES.length, 10);
  for (const [name, bytes, expected] of HANDSHAKES) {
    const [head] = traceRequests(bytes).heads;
    const result = readWebSocketRequest(head as RequestHead1); // each case holds one request
    assert.equal(result.kind === 'invalid' ? `invalid ${result.status}` : result.kind, expected, name);
  }
});
