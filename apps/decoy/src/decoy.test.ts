import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { createWebSocketReader, OPCODE, writeClose, writeFrame, writeMessage } from '@seawall/wire';
import { DecoyStep } from '@seawall/contract';
import { asked, dial, exchange, sealed, start, valueOf, type Running } from './decoy-client.ts';

let running: Running;
before(async () => {
  running = await start();
});
after(() => running.decoy.close());

const MASK = Buffer.from([1, 2, 3, 4]);

test('a diverted GET is answered in the learned style, holds nothing that was observed, and is recorded', async () => {
  running.steps.length = 0;
  const [got] = await exchange(running.port, asked("GET /api/messages?q=1'+OR+'1'='1"));
  assert.equal(got?.head.status, 200);
  assert.equal(valueOf(got, 'Server'), 'town-chat');
  const rows: Record<string, unknown>[] = JSON.parse(got.body).results;
  assert.ok(rows.length > 0);
  assert.deepEqual(Object.keys(rows[0] ?? {}), ['id', 'author', 'text', 'at']);
  assert.doesNotMatch(got.body, /real/);
  const [step] = running.steps;
  assert.deepEqual(DecoyStep.parse(step), step);
  assert.equal(step?.path, '/api/messages');
  assert.equal(step.status, 200);
  assert.match(step.head, /^GET \/api\/messages\?q=.* HTTP\/1\.1\r\nHost: chat\.localhost\r\nUser-Agent: curl/);
  assert.doesNotMatch(step.head, /seawall-diverted/);
  assert.ok(step.learned.some((one) => one.kind === 'tool' && one.text === 'curl'));
  assert.ok(step.learned.some((one) => one.kind === 'payload' && one.text.startsWith('sqli: ')));
  assert.equal(step.answer, got.body);
});

test('a log-in gives a cookie of the learned name, and the credentials are learned', async () => {
  running.steps.length = 0;
  const body = JSON.stringify({ user: 'admin', password: 'admin' });
  const [got] = await exchange(running.port, asked('POST /api/login', body, ['Content-Type: application/json']));
  assert.equal(got?.head.status, 200);
  assert.match(valueOf(got, 'Set-Cookie') ?? '', /^sid=[0-9a-f]{16}; Path=\/; HttpOnly$/);
  assert.equal(JSON.parse(got.body).user, 'admin');
  assert.ok(running.steps[0]?.learned.some((one) => one.kind === 'credentials' && one.text === 'admin / admin'));
  assert.equal(running.steps[0]?.body, body);
});

test('the same question gets the same answer in a session, another source another world', async () => {
  const [first, again] = await exchange(running.port, asked('GET /api/messages') + asked('GET /api/messages'), 2);
  assert.equal(first?.body, again?.body);
  const other = sealed({ source: { kind: 'session', service: 'chat', hash: 'ff' } });
  const [different] = await exchange(running.port, asked('GET /api/messages', '', [], other));
  assert.notEqual(different?.body, first?.body);
});

test('what the source posted is in the list afterwards, for nobody else', async () => {
  const seal = () => sealed({ source: { kind: 'address', address: '192.0.2.99' } });
  const body = JSON.stringify({ text: 'posted by the attacker 攻击' });
  const [posted, list] = await exchange(
    running.port,
    asked('POST /api/messages', body, [], seal()) + asked('GET /api/messages', '', [], seal()),
    2,
  );
  assert.equal(JSON.parse(posted?.body ?? '{}').text, 'posted by the attacker 攻击');
  assert.equal(JSON.parse(list?.body ?? '{}').results[0].text, 'posted by the attacker 攻击');
  const [other] = await exchange(running.port, asked('GET /api/messages'));
  assert.doesNotMatch(other?.body ?? '', /posted by/);
});

test('pipelined requests are answered in order; HEAD has no body; an unknown path is a learned error', async () => {
  const [one, two] = await exchange(running.port, asked('GET /api/none') + asked('GET /api/messages'), 2);
  assert.equal(one?.head.status, 404);
  assert.deepEqual(Object.keys(JSON.parse(one.body)), ['error']);
  assert.equal(two?.head.status, 200);
  const [head] = await exchange(running.port, asked('HEAD /api/messages'));
  assert.equal(head?.body, '');
  assert.ok(Number(valueOf(head, 'Content-Length')) > 2);
});

const STRANGERS: readonly (readonly [string, string])[] = [
  ['no seal', 'GET /api/messages HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['wrong secret', asked('GET /api/messages', '', [], sealed({ secret: 'another' }))],
  ['empty seal', asked('GET /api/messages', '', [], '')],
  ['text without seal', asked('GET /api/messages', '', [], sealed().split('.')[0])],
  [
    'seal of another text',
    asked('GET /api/messages', '', [], `${sealed().split('.')[0]}.${sealed({ service: 'x' }).split('.')[1]}`),
  ],
  ['sealed nonsense', asked('GET /api/messages', '', [], sealed({ service: '' }))],
  ['seal not first', `GET / HTTP/1.1\r\nHost: a\r\nseawall-diverted: ${sealed()}\r\n\r\n`],
  ['two seals', asked('GET /', '', [`seawall-diverted: ${sealed()}`])],
];

test('without a valid seal there is nothing: 404 without body, then the end', async () => {
  assert.equal(STRANGERS.length, 8);
  running.steps.length = 0;
  const refused = running.decoy.counters.get('refused_without_seal');
  for (const [name, bytes] of STRANGERS) {
    const socket = await dial(running.port);
    socket.write(bytes);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(socket, 'end');
    socket.destroy();
    assert.equal(
      Buffer.concat(chunks).toString(),
      'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
      name,
    );
  }
  assert.equal(running.steps.length, 0);
  assert.equal(running.decoy.counters.get('refused_without_seal') - refused, STRANGERS.length);
});

test('before a policy came, nobody is answered', async () => {
  const fresh = await start();
  try {
    fresh.decoy.setPolicy({ decoy: { secret: '' }, likeness: [] });
    const [got] = await exchange(fresh.port, asked('GET /', '', [], sealed({ secret: '' })));
    assert.equal(got?.head.status, 404);
    assert.equal(got.body, '');
    assert.equal(fresh.steps.length, 0);
  } finally {
    await fresh.decoy.close();
  }
});

const HANDSHAKE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

/** Opens a WebSocket; `next` gives the next event as text. */
async function openSocket(port: number) {
  const socket = await dial(port);
  const events: string[] = [];
  let wake: () => void = () => undefined;
  const add = (event: string): void => {
    events.push(event);
    wake();
  };
  const reader = createWebSocketReader('client', {
    onMessage: (_kind, data) => add(data.toString('utf8')),
    onPing: () => add('ping'),
    onPong: (data) => add(`pong ${String(data)}`),
    onClose: (code) => add(`close ${code}`),
    onFault: (code) => add(`fault ${code}`),
  });
  const head = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      if (text.includes('\r\n\r\n')) return reader.push(chunk);
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      resolve(text.slice(0, end));
      reader.push(Buffer.from(text.slice(end + 4), 'latin1'));
    });
  });
  socket.on('close', () => add('gone'));
  socket.write(asked('GET /ws', '', HANDSHAKE));
  const next = async (): Promise<string> => {
    while (events.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return events.shift() ?? '';
  };
  return {
    socket,
    head: await head,
    next,
    send: (text: string) => socket.write(writeMessage('text', Buffer.from(text), MASK)),
  };
}

test('a diverted WebSocket is greeted and answered in the learned shape, and recorded', async () => {
  running.steps.length = 0;
  const { socket, head, next, send } = await openSocket(running.port);
  assert.match(head, /^HTTP\/1\.1 101 .*Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/s);
  const hello = JSON.parse(await next());
  assert.equal(hello.type, 'hello');
  assert.notEqual(hello.user, 'realmaria');
  send(JSON.stringify({ type: 'message', ref: 'mine', text: '<script>alert(1)</script>' }));
  const ok = JSON.parse(await next());
  assert.equal(ok.type, 'ok');
  assert.equal(ok.ref, 'mine');
  socket.write(writeFrame({ opcode: OPCODE.ping, payload: Buffer.from('p'), mask: MASK }));
  assert.equal(await next(), 'pong p');
  socket.write(writeClose(1000, '', MASK));
  assert.equal(await next(), 'close 1000');
  socket.destroy();
  assert.deepEqual(
    running.steps.map((step) => step.method),
    ['GET', 'WEBSOCKET'],
  );
  assert.equal(running.steps[0]?.status, 101);
  assert.ok(running.steps[1]?.learned.some((one) => one.text.startsWith('xss: ')));
  assert.equal(running.steps[0].session, running.steps[1]?.session);
});

test('others write now and then, in the learned shape', async () => {
  const lively = await start({ othersEveryMs: [20, 30] });
  try {
    const { socket, next } = await openSocket(lively.port);
    await next();
    const message = JSON.parse(await next());
    assert.deepEqual(Object.keys(message), ['type', 'id', 'author', 'text', 'at']);
    assert.equal(message.type, 'message');
    assert.doesNotMatch(JSON.stringify(message), /real/);
    assert.ok(Math.abs(message.at - Date.now()) < 5_000);
    socket.destroy();
  } finally {
    await lively.decoy.close();
  }
});

test('a WebSocket that breaks the protocol is closed with its code', async () => {
  const cases: readonly (readonly [Buffer, string])[] = [
    [writeMessage('text', Buffer.from('not masked')), 'close 1002'],
    [writeMessage('text', Buffer.from([0xff]), MASK), 'close 1007'],
    [writeMessage('binary', Buffer.alloc(300_000), MASK), 'close 1009'],
  ];
  for (const [bytes, expected] of cases) {
    const { socket, next } = await openSocket(running.port);
    await next();
    socket.write(bytes);
    assert.equal(await next(), expected);
    socket.destroy();
  }
});

test('many messages at once are answered one after another', async () => {
  const { socket, next, send } = await openSocket(running.port);
  await next();
  for (let i = 0; i < 60; i++) send(JSON.stringify({ type: 'message', ref: `r${i}`, text: 'x' }));
  for (let i = 0; i < 60; i++) assert.equal(JSON.parse(await next()).ref, `r${i}`);
  socket.destroy();
});

test('bad framing is refused and closes', async () => {
  const bad = [
    asked('POST /x', '', ['Transfer-Encoding: chunked', 'Content-Length: 3']),
    `${asked('POST /x', '', ['Transfer-Encoding: chunked'])}zz\r\n`,
    asked('GET /x', '', ['Bad Name: x']),
  ];
  for (const bytes of bad) {
    const got = await exchange(running.port, bytes, 2);
    assert.deepEqual(
      got.map((one) => [one.head.status, one.body, valueOf(one, 'Connection')]),
      [[400, '', 'close']],
    );
  }
});

test('a body above the limit is cut off, one within it is recorded in part', async () => {
  const small = await start({ maxBodyBytes: 100_000 });
  try {
    const [fine] = await exchange(small.port, asked('POST /api/messages', 'a'.repeat(90_000)));
    assert.equal(fine?.head.status, 201);
    assert.equal(small.steps[0]?.body.length, 8_192);
    const [cut] = await exchange(small.port, asked('POST /api/messages', 'a'.repeat(200_000)));
    assert.equal(cut?.head.status, 413);
    assert.equal(small.decoy.counters.get('bodies_over_limit'), 1);
  } finally {
    await small.decoy.close();
  }
});

test('a slow client is cut off, whatever it trickles', async () => {
  const impatient = await start({ messageTimeoutMs: 150 });
  try {
    const socket = await dial(impatient.port);
    const trickle = setInterval(() => socket.write('a'), 20);
    // What it writes after it was cut off is answered with a reset, which is no failure here.
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('GET / HTTP/1.1\r\nX: ');
    await closed;
    clearInterval(trickle);
    assert.equal(impatient.decoy.counters.get('slow_clients'), 1);
  } finally {
    await impatient.decoy.close();
  }
});

test('sessions, steps and connections are bounded', async () => {
  const small = await start({ maxSessions: 3, maxStepsPerSession: 2, maxConnections: 2 });
  try {
    for (let i = 0; i < 5; i++) {
      await exchange(
        small.port,
        asked('GET /api/messages', '', [], sealed({ source: { kind: 'address', address: `192.0.2.${i}` } })),
      );
    }
    assert.equal(small.decoy.sessions.count, 3);
    assert.equal(small.decoy.sessions.evicted, 2);
    small.steps.length = 0;
    await exchange(small.port, asked('GET /api/messages').repeat(4), 4);
    assert.equal(small.steps.length, 2);
    assert.equal(small.decoy.counters.get('steps_over_limit'), 2);
    const held = [await dial(small.port), await dial(small.port)];
    await new Promise((resolve) => setTimeout(resolve, 20));
    const refused = await dial(small.port);
    await once(refused, 'close');
    assert.equal(small.decoy.counters.get('connections_refused'), 1);
    for (const socket of held) socket.destroy();
  } finally {
    await small.decoy.close();
  }
});

test('closing ends open WebSockets with a close frame', async () => {
  const short = await start();
  const { socket, next } = await openSocket(short.port);
  await next();
  await short.decoy.close();
  assert.equal(await next(), 'close 1001');
  socket.destroy();
});
