import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { DecoyStep, ExchangeId, Source } from '@seawall/contract';
import { addAnswers, observe, type ObservedAnswer } from '@seawall/likeness';
import { createResponseReader, type ResponseHead1 } from '@seawall/wire';
import { newId } from './clock.ts';
import { Decoy } from './decoy.ts';
import { DIVERTED_FIELD } from './diversion.ts';
import { DEFAULT_DECOY_LIMITS, type DecoyLimits } from './limits.ts';

// For tests: what a gateway sends, over real sockets.

export const SECRET = 'a secret of the test';
export const SOURCE: Source = { kind: 'address', address: '192.0.2.7' };

export function sealed(
  change: { readonly source?: Source; readonly service?: string; readonly secret?: string } = {},
): string {
  const { source = SOURCE, service = 'chat', secret = SECRET } = change;
  const diversion = { source, service, exchange: newId<ExchangeId>(), address: '192.0.2.7', reason: 'test' };
  const text = Buffer.from(JSON.stringify(diversion)).toString('base64url');
  return `${text}.${createHmac('sha256', secret).update(text).digest('hex')}`;
}

/** A request with the sealed field first. */
export function asked(start: string, body = '', lines: readonly string[] = [], seal = sealed()): string {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const fields = [`${DIVERTED_FIELD}: ${seal}`, 'Host: chat.localhost', 'User-Agent: curl/8.5.0', ...lines, ...length];
  return `${start} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n${body}`;
}

const json = (
  method: string,
  path: string,
  status: number,
  value: unknown,
  more: ObservedAnswer['fields'] = [],
): ObservedAnswer => ({
  service: 'chat',
  method,
  path,
  status,
  fields: [{ name: 'Server', value: 'town-chat' }, { name: 'Content-Type', value: 'application/json' }, ...more],
  body: JSON.stringify(value),
});

export const OBSERVED: readonly ObservedAnswer[] = [
  json('GET', '/api/messages', 200, {
    results: [{ id: 1, author: 'realmaria', text: 'the real hidden text', at: 1_763_900_000_000 }],
  }),
  json('POST', '/api/messages', 201, { id: 1, author: 'realmaria', text: 'the real hidden text' }),
  json('POST', '/api/login', 200, { user: 'realmaria', ok: true }, [
    { name: 'Set-Cookie', value: 'sid=realrealrealreal; Path=/; HttpOnly' },
  ]),
  json('GET', '/api/none', 404, { error: 'real message' }),
  ...[
    { type: 'hello', user: 'realmaria' },
    { type: 'ok', ref: 'realref', id: 3 },
    { type: 'message', id: 4, author: 'realjonas', text: 'a real whisper to all', at: 1_763_900_000_000 },
  ].map((message) => ({
    service: 'chat',
    method: 'WEBSOCKET',
    path: '/ws',
    status: 101,
    fields: [],
    body: JSON.stringify(message),
  })),
];

export const LIKENESS = { service: 'chat', answers: addAnswers([], OBSERVED.map(observe)) };

export interface Running {
  readonly decoy: Decoy;
  readonly port: number;
  readonly steps: DecoyStep[];
}

export async function start(limits: Partial<DecoyLimits> = {}): Promise<Running> {
  const steps: DecoyStep[] = [];
  const decoy = new Decoy({
    limits: { ...DEFAULT_DECOY_LIMITS, latencyMs: [1, 3], ...limits },
    record: async (step) => void steps.push(step),
    log: (level, text, facts) => void (level === 'error' && process.stderr.write(`${text} ${JSON.stringify(facts)}\n`)),
  });
  decoy.setPolicy({ decoy: { secret: SECRET }, likeness: [LIKENESS] });
  return { decoy, port: await decoy.listen('127.0.0.1', 0), steps };
}

export async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  // A cut connection is part of what is tested: 'close' tells.
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

export interface Got {
  readonly head: ResponseHead1;
  readonly body: string;
}

/** Sends the bytes and reads `count` answers, or as many as come before the connection closes. */
export async function exchange(port: number, bytes: string, count = 1): Promise<readonly Got[]> {
  const socket = await dial(port);
  const got: Got[] = [];
  let head: ResponseHead1 | undefined;
  let body = '';
  const done = new Promise<void>((resolve) => {
    const reader = createResponseReader(
      {
        onHead: (one) => {
          head = one;
          body = '';
        },
        onBody: (chunk) => void (body += chunk.toString('utf8')),
        onEnd: () => {
          if (head) got.push({ head, body });
          if (got.length >= count) resolve();
        },
        onFault: () => resolve(),
      },
      undefined,
      () => (bytes.startsWith('HEAD') ? 'HEAD' : 'GET'),
    );
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
    socket.on('close', () => resolve());
  });
  socket.write(bytes);
  await done;
  socket.destroy();
  return got;
}

export const valueOf = (got: Got | undefined, name: string): string | undefined =>
  got?.head.fields.find((field) => field.name.toLowerCase() === name.toLowerCase())?.value;
