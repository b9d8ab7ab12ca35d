import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect } from 'node:tls';
import fc from 'fast-check';
import { MAX_SNIFF_BYTES, sniff } from './sniff.ts';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const SIGNATURE = '0d0a0d0a000d0a515549540a';
const v2 = (rest: string): Buffer => Buffer.from(SIGNATURE + rest.replaceAll(' ', ''), 'hex');

function shown(bytes: Buffer): string {
  const result = sniff(bytes);
  switch (result.kind) {
    case 'proxy': {
      const from = result.source ? `${result.source.address} ${result.source.port}` : '-';
      const to = result.destination ? `${result.destination.address} ${result.destination.port}` : '-';
      return `proxy${result.version} ${result.command} ${from} ${to} ${result.bytesUsed}`;
    }
    case 'tls':
      return `tls ${result.sni ?? '-'} ${result.alpn.join()}`;
    case 'unknown':
      return `unknown: ${result.reason}`;
    case 'need-more':
    case 'http1':
    case 'h2':
      return result.kind;
    default:
      return result satisfies never;
  }
}

const CASES: readonly (readonly [string, Buffer, string])[] = [
  ['nothing', latin1(''), 'need-more'],
  ['GET', latin1('GET / HTTP/1.1\r\n'), 'http1'],
  ['one letter of POST or PRI or PROXY', latin1('P'), 'need-more'],
  ['POST', latin1('PO'), 'http1'],
  ['PROPFIND', latin1('PROP'), 'http1'],
  ['empty line first', latin1('\r\nGET'), 'http1'],
  ['leading space', latin1(' GET'), 'http1'],
  ['preface in part', latin1('PRI * HTTP/2.0\r\n'), 'need-more'],
  ['preface', latin1('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), 'h2'],
  ['preface broken', latin1('PRI * HTTP/2.0\r\n\r\nXX'), 'http1'],
  ['binary', Buffer.from([0]), 'unknown: the first byte starts no protocol that is known here'],
  ['8-bit', Buffer.from([0x80]), 'unknown: the first byte starts no protocol that is known here'],
  ['PROXY 1', latin1('PROXY TCP4 1.2.3.4 5.6.7.8 9 10\r\nGET'), 'proxy1 proxy 1.2.3.4 9 5.6.7.8 10 33'],
  ['PROXY 1, IPv6', latin1('PROXY TCP6 ::1 2001:db8::a 9 65535\r\n'), 'proxy1 proxy ::1 9 2001:db8::a 65535 36'],
  [
    'PROXY 1, IPv6 with IPv4 tail',
    latin1('PROXY TCP6 ::ffff:1.2.3.4 1:2:3:4:5:6:7:8 9 1\r\n'),
    'proxy1 proxy ::ffff:1.2.3.4 9 1:2:3:4:5:6:7:8 1 47',
  ],
  ['PROXY 1, unknown', latin1('PROXY UNKNOWN whatever\r\n'), 'proxy1 local - - 24'],
  ['PROXY 1 in part', latin1('PROXY TCP4 1.2'), 'need-more'],
  ['PROXY 1 too long', latin1(`PROXY UNKNOWN ${'a'.repeat(100)}`), 'unknown: a PROXY line that is too long'],
  ['PROXY 1, octet 256', latin1('PROXY TCP4 1.2.3.256 5.6.7.8 9 10\r\n'), 'unknown: a PROXY line with wrong addresses'],
  ['PROXY 1, IPv6 as IPv4', latin1('PROXY TCP4 ::1 ::1 9 10\r\n'), 'unknown: a PROXY line with wrong addresses'],
  ['PROXY 1, two elisions', latin1('PROXY TCP6 1::2::3 ::1 9 10\r\n'), 'unknown: a PROXY line with wrong addresses'],
  [
    'PROXY 1, nine groups',
    latin1('PROXY TCP6 1:2:3:4:5:6:7:8:9 ::1 9 10\r\n'),
    'unknown: a PROXY line with wrong addresses',
  ],
  [
    'PROXY 1, port too high',
    latin1('PROXY TCP4 1.2.3.4 5.6.7.8 9 65536\r\n'),
    'unknown: a PROXY line with a wrong port',
  ],
  [
    'PROXY 1, port with zero',
    latin1('PROXY TCP4 1.2.3.4 5.6.7.8 09 10\r\n'),
    'unknown: a PROXY line with a wrong port',
  ],
  ['PROXY 1, two spaces', latin1('PROXY TCP4  1.2.3.4 5.6.7.8 9 10\r\n'), 'unknown: a PROXY line with wrong addresses'],
  ['PROXY 2, IPv4', v2('21 11 000c 01020304 05060708 0009 000a'), 'proxy2 proxy 1.2.3.4 9 5.6.7.8 10 28'],
  [
    'PROXY 2, IPv4 with TLV',
    v2('21 11 000f 01020304 05060708 0009 000a 030000'),
    'proxy2 proxy 1.2.3.4 9 5.6.7.8 10 31',
  ],
  [
    'PROXY 2, IPv6',
    v2(`21 21 0024 ${'0'.repeat(31)}1 20010db8${'0'.repeat(23)}a 0009 000a`),
    'proxy2 proxy ::1 9 2001:db8::a 10 52',
  ],
  ['PROXY 2, local', v2('20 00 0000'), 'proxy2 local - - 16'],
  ['PROXY 2, Unix socket', v2(`21 31 0001 00`), 'proxy2 local - - 17'],
  ['PROXY 2 in part', v2('21 11 000c 0102'), 'need-more'],
  ['PROXY 2 signature in part', Buffer.from(SIGNATURE.slice(0, 10), 'hex'), 'need-more'],
  ['PROXY 2, version 3', v2('31 11 0000'), 'unknown: a PROXY header with unknown version or command'],
  ['PROXY 2, too long', v2('21 11 ffff'), 'unknown: a PROXY header that is too long'],
  ['PROXY 2, addresses cut off', v2('21 11 0004 01020304'), 'unknown: a PROXY header with addresses cut off'],
  ['TLS, first byte', Buffer.from([0x16]), 'need-more'],
  ['TLS, wrong version', Buffer.from([0x16, 0x02]), 'unknown: no TLS handshake record'],
  ['TLS, empty record', Buffer.from([0x16, 3, 1, 0, 0]), 'unknown: a TLS record of wrong size'],
  [
    'TLS, ServerHello',
    Buffer.from([0x16, 3, 1, 0, 4, 2, 0, 0, 0]),
    'unknown: the first handshake message is no ClientHello',
  ],
  ['TLS, too large', Buffer.from([0x16, 3, 1, 0, 4, 1, 1, 0, 0]), 'unknown: a ClientHello that is too large'],
  ['TLS, cut off inside', Buffer.from([0x16, 3, 1, 0, 6, 1, 0, 0, 2, 3, 3]), 'unknown: a ClientHello that is cut off'],
];

test('first bytes', () => {
  assert.equal(CASES.length, 41);
  for (const [name, bytes, expected] of CASES) assert.equal(shown(bytes), expected, name);
});

/** What a real client sends first. */
async function realHello(servername: string, protocols: string[]): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server
  const socket = connect({ port, host: '127.0.0.1', servername, ALPNProtocols: protocols });
  socket.on('error', () => socket.destroy());
  try {
    const [peer] = await once(server, 'connection');
    const [bytes] = await once(peer, 'data');
    peer.destroy();
    return bytes;
  } finally {
    socket.destroy();
    server.close();
  }
}

test('a real ClientHello, whole, in every part and over several records', async () => {
  const hello = await realHello('Chat.Example', ['h2', 'http/1.1']);
  assert.deepEqual(sniff(hello), { kind: 'tls', sni: 'chat.example', alpn: ['h2', 'http/1.1'] });
  for (let length = 1; length < hello.length; length += 7) {
    assert.equal(sniff(hello.subarray(0, length)).kind, 'need-more', String(length));
  }
  const body = hello.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < body.length; at += 200) {
    const part = body.subarray(at, at + 200);
    records.push(Buffer.from([0x16, 3, 1, part.length >> 8, part.length & 255]), part);
  }
  assert.deepEqual(sniff(Buffer.concat(records)), { kind: 'tls', sni: 'chat.example', alpn: ['h2', 'http/1.1'] });
});

test('random bytes throw nothing, and a damaged ClientHello neither', async () => {
  const hello = await realHello('a.example', ['http/1.1']);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.integer({ min: 0, max: hello.length - 1 }), (noise, at) => {
      sniff(Buffer.from(noise));
      sniff(Buffer.concat([Buffer.from(SIGNATURE, 'hex'), noise]));
      const damaged = Buffer.from(hello);
      damaged.set(noise.subarray(0, Math.min(noise.length, damaged.length - at)), at);
      sniff(damaged);
    }),
    { numRuns: 500 },
  );
});

test('more than the bound is never asked for', () => {
  const starts = [
    latin1('PROXY '),
    v2('21 11 1000'),
    Buffer.from([0x16, 3, 1, 0x3f, 0xf0, 1, 0, 0x3f, 0xe0]),
    Buffer.from([0x16, 3, 1, 0, 1, 1]),
  ];
  for (const start of starts) {
    const bytes = Buffer.concat([start, Buffer.alloc(MAX_SNIFF_BYTES)]);
    assert.notEqual(sniff(bytes).kind, 'need-more');
  }
});
