import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync, constants } from 'node:zlib';
import fc from 'fast-check';
import { Bed, routesFor, serviceOf } from './testing/bed.ts';
import { ask, statusOf } from './testing/peers.ts';
import { codingsOf, decodeContent } from './worker/content-coding.ts';

const CODERS = {
  gzip: (bytes: Buffer) => gzipSync(bytes),
  'x-gzip': (bytes: Buffer) => gzipSync(bytes),
  deflate: (bytes: Buffer) => deflateSync(bytes),
  br: (bytes: Buffer) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  zstd: (bytes: Buffer) => zstdCompressSync(bytes),
} as const;

const ALL = { maxBytes: 100_000, whole: true };

describe('a content coding', () => {
  it('is undone, alone and over another', async () => {
    const coding = fc.constantFrom(...(Object.keys(CODERS) as (keyof typeof CODERS)[])); // its own keys
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 5000 }),
        fc.array(coding, { maxLength: 3 }),
        async (bytes, codings) => {
          const text = Buffer.from(bytes);
          const coded = codings.reduce((inner, name) => CODERS[name](inner), text);
          const decoded = await decodeContent(coded, codings, ALL);
          assert.deepEqual(decoded, { kind: 'decoded', bytes: text, complete: true });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('that is damaged ends in an answer of ours, bounded, whatever the bytes', async () => {
    const coding = fc.constantFrom('gzip', 'deflate', 'br', 'zstd');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), coding, fc.boolean(), async (bytes, name, whole) => {
        const decoded = await decodeContent(Buffer.from(bytes), [name], { maxBytes: 1000, whole });
        if (decoded.kind === 'decoded') assert.ok(decoded.bytes.length <= 1000);
        else assert.notEqual(decoded.reason, '');
      }),
      { numRuns: 200 },
    );
  });

  const prose = Buffer.from(Array.from({ length: 9000 }, (_, n) => `${(n * 7919) % 9973} `).join(''));
  const junk = Buffer.from('canary-leak');
  const CASES: readonly {
    readonly name: string;
    readonly coded: Buffer;
    readonly codings: string;
    readonly whole?: false;
    readonly expected: string;
  }[] = [
    { name: 'bare deflate', coded: deflateRawSync(prose), codings: 'deflate', expected: 'decoded true' },
    {
      name: 'two members of gzip',
      coded: Buffer.concat([gzipSync(junk), gzipSync(junk)]),
      codings: 'gzip',
      expected: 'decoded true',
    },
    {
      name: 'two frames of zstd',
      coded: Buffer.concat([CODERS.zstd(junk), CODERS.zstd(junk)]),
      codings: 'zstd',
      expected: 'decoded true',
    },
    {
      name: 'zeros behind the end',
      coded: Buffer.concat([gzipSync(junk), Buffer.alloc(9)]),
      codings: 'gzip',
      expected: 'decoded true',
    },
    { name: 'no bytes at all', coded: Buffer.alloc(0), codings: 'gzip', expected: 'decoded true' },
    { name: 'identity', coded: junk, codings: 'identity, , IDENTITY', expected: 'decoded true' },
    ...(['gzip', 'deflate', 'br', 'zstd'] as const).flatMap((codings) => [
      {
        name: `${codings} with bytes behind`,
        coded: Buffer.concat([CODERS[codings](prose), junk]),
        codings,
        expected: 'failed',
      },
      { name: `${codings} cut off`, coded: CODERS[codings](prose).subarray(0, -9), codings, expected: 'failed' },
      {
        name: `${codings} of a part of the answer`,
        coded: CODERS[codings](prose).subarray(0, -9),
        codings,
        whole: false as const,
        expected: 'decoded false',
      },
      { name: `${codings} that is none`, coded: Buffer.from('plain text, really'), codings, expected: 'failed' },
      { name: `${codings} bomb`, coded: CODERS[codings](Buffer.alloc(50_000_000)), codings, expected: 'bomb' },
    ]),
    {
      name: 'bomb in a bomb',
      coded: gzipSync(gzipSync(Buffer.alloc(50_000_000))),
      codings: 'gzip, gzip',
      expected: 'bomb',
    },
    {
      name: 'more than is inspected',
      coded: gzipSync(Buffer.concat([prose, prose, prose])),
      codings: 'gzip',
      expected: 'decoded false',
    },
    { name: 'another order than was used', coded: CODERS.br(gzipSync(prose)), codings: 'br, gzip', expected: 'failed' },
    {
      name: 'the order that was used',
      coded: CODERS.br(gzipSync(prose)),
      codings: 'gzip, br',
      expected: 'decoded true',
    },
    { name: 'four layers', coded: prose, codings: 'gzip, gzip, gzip, gzip', expected: 'failed' },
    { name: 'an unknown coding', coded: prose, codings: 'compress', expected: 'failed' },
  ];

  it('is taken as written down here', async () => {
    assert.equal(CASES.length, 32);
    for (const { name, coded, codings, whole = true, expected } of CASES) {
      const decoded = await decodeContent(coded, codingsOf([codings]), { maxBytes: 100_000, whole });
      assert.equal(decoded.kind === 'decoded' ? `decoded ${decoded.complete}` : decoded.kind, expected, name);
    }
  });
});

describe('a gateway before a service that codes its answers', async () => {
  const leak = Buffer.from('<p>here is a canary-leak for you</p>');
  const clean = Buffer.from('<p>nothing to see</p>'.repeat(50));
  const ANSWERS: Readonly<Record<string, readonly [coding: string, bytes: Buffer]>> = {
    ...Object.fromEntries(
      Object.entries(CODERS).flatMap(([name, code]) => [
        [`/leak-${name}`, [name, code(leak)]],
        [`/clean-${name}`, [name, code(clean)]],
      ]),
    ),
    '/leak-both': ['gzip, br', CODERS.br(gzipSync(leak))],
    '/label': ['gzip', leak],
    '/unknown': ['compress', clean],
    '/behind': ['gzip', Buffer.concat([gzipSync(clean), leak])],
    '/bomb': ['gzip', gzipSync(Buffer.alloc(20_000_000))],
  };
  const server = createServer((request, response) => {
    const [coding, bytes] = ANSWERS[request.url ?? ''] ?? ['identity', clean];
    response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': coding });
    // In two pieces, one of them of a size of its own.
    response.write(bytes.subarray(0, 7));
    response.end(bytes.subarray(7));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const service = serviceOf('pages', [(server.address() as AddressInfo).port]); // a TCP server has a port
  const bed = await Bed.start({ parts: { routes: routesFor(service) } });
  after(async () => {
    await bed.stop();
    server.close();
    server.closeAllConnections();
  });
  /** HTTP/1.0, so that the body comes without chunks. */
  const get = (path: string): Promise<string> => ask(bed.port, `GET ${path} HTTP/1.0`);
  const bodyOf = (answer: string): Buffer => Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1');

  it('holds back what leaks, in any coding', async () => {
    const leaking = Object.keys(ANSWERS).filter((path) => path.startsWith('/leak'));
    assert.equal(leaking.length, 6);
    for (const path of leaking) assert.equal(statusOf(await get(path)), 403, path);
    const finding = await bed.until('the finding', () =>
      bed.of('finding').find((event) => event.finding.request.path === '/leak-br'),
    );
    assert.equal(finding.finding.rule.id, '1003');
    assert.match(finding.finding.evidence?.body ?? '', /canary-leak/, 'the evidence can be read');
  });

  it('passes on the bytes that came when they are clean', async () => {
    for (const name of Object.keys(CODERS)) {
      const answer = await get(`/clean-${name}`);
      assert.equal(statusOf(answer), 200, name);
      assert.match(answer, new RegExp(`\\r\\ncontent-encoding: ${name}\\r\\n`, 'i'));
      assert.deepEqual(bodyOf(answer), ANSWERS[`/clean-${name}`]?.[1], name);
    }
    await bed.untilCounter('response_decoded', 10);
  });

  it('leaves to the route what cannot be undone: closed', async () => {
    for (const path of ['/label', '/unknown', '/behind', '/bomb']) {
      const answer = await get(path);
      assert.equal(statusOf(answer), 403, path);
      const { finding } = await bed.until('the finding', () =>
        bed.of('finding').find((event) => event.finding.request.path === path),
      );
      assert.equal(finding.rule.id, 'gateway/inspection-failed');
      assert.match(finding.title, /coding/, path);
    }
    await bed.untilCounter('response_bomb');
    await bed.untilCounter('response_undecodable', 3);
  });

  it('leaves to the route what cannot be undone: open', async () => {
    assert.equal(await bed.change({ routes: routesFor(service, { onInspectionFailure: 'open' }) }), undefined);
    for (const path of ['/label', '/unknown', '/behind', '/bomb']) {
      const answer = await get(path);
      assert.equal(statusOf(answer), 200, path);
      assert.deepEqual(bodyOf(answer), ANSWERS[path]?.[1], path);
    }
  });
});
