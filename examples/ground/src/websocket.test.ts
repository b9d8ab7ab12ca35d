import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { acceptKey, encodeFrame, WebSocketPeer } from './websocket.ts';

/** Two ends over a real connection; what each heard. */
async function pair() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const near = net.connect(address.port, '127.0.0.1');
  const [far] = (await once(server, 'connection')) as [net.Socket]; // the event's only argument
  const heard = { client: [] as string[], server: [] as string[], codes: [] as number[] };
  const listen = (who: 'client' | 'server') => ({
    onMessage: (text: string) => void heard[who].push(text),
    onClose: (code: number) => void heard.codes.push(code),
  });
  const client = new WebSocketPeer(near, true, listen('client'));
  const service = new WebSocketPeer(far, false, listen('server'));
  const end = (): void => {
    near.destroy();
    far.destroy();
    server.close();
  };
  return { near, far, client, service, heard, end };
}

const until = async (isTrue: () => boolean): Promise<void> => {
  for (let i = 0; i < 400 && !isTrue(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(isTrue());
};

test('the accept key is that of RFC 6455 section 1.3', () => {
  assert.equal(acceptKey('dGhlIHNhbXBsZSBub25jZQ=='), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});

test('texts of every length arrive, in both directions', async () => {
  const { client, service, heard, end } = await pair();
  const texts = ['', 'a', '你好 <3', 'x'.repeat(125), 'y'.repeat(126), 'z'.repeat(70_000)];
  for (const text of texts) {
    client.send(text);
    service.send(text);
  }
  await until(() => heard.client.length === texts.length && heard.server.length === texts.length);
  assert.deepEqual(heard.client, texts);
  assert.deepEqual(heard.server, texts);
  end();
});

test('frames may come in any pieces', async () => {
  const { near, heard, end } = await pair();
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), fc.nat(9), async (text, size) => {
      heard.server.length = 0;
      const frame = encodeFrame(1, Buffer.from(text), Buffer.from([1, 2, 3, 4]));
      for (let at = 0; at < frame.length; at += size + 1) near.write(frame.subarray(at, at + size + 1));
      await until(() => heard.server.length === 1);
      assert.equal(heard.server[0], Buffer.from(text).toString('utf8'));
    }),
    { numRuns: 30 },
  );
  end();
});

const REFUSED: readonly (readonly [what: string, bytes: Buffer, code: number])[] = [
  ['an unmasked frame from a client', encodeFrame(1, Buffer.from('x')), 1002],
  ['a message above the limit', Buffer.from([0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0]), 1009],
  ['a binary message', encodeFrame(2, Buffer.from('x'), Buffer.from([1, 2, 3, 4])), 1003],
];

for (const [what, bytes, code] of REFUSED) {
  test(`${what} closes with ${code}`, async () => {
    const { near, heard, end } = await pair();
    near.write(bytes);
    await until(() => heard.codes.length > 0);
    assert.equal(heard.codes[0], code);
    end();
  });
}
