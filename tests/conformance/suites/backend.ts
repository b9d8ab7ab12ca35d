import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createRequestReader, type RequestHead1, writeResponseHead } from '@seawall/wire';
import { reflect } from './reflection.ts';

export interface Backend {
  readonly port: number;
  /** Requests that came through so far. */
  readonly requests: number;
  close(): Promise<void>;
}

/** A real server behind the gateway, that takes every method and answers as the suites' own backend does. */
export async function startBackend(): Promise<Backend> {
  const sockets = new Set<Socket>();
  let requests = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let head: RequestHead1 | undefined;
    let chunks: Buffer[] = [];
    const reader = createRequestReader({
      onHead: (got) => {
        head = got;
        chunks = [];
      },
      onBody: (chunk) => chunks.push(Buffer.from(chunk)),
      onEnd: () => {
        if (head === undefined) return;
        requests += 1;
        socket.write(answerTo(head, Buffer.concat(chunks)));
        if (!head.keepAlive) socket.end();
      },
      onFault: () => socket.destroy(),
    });
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port, // a TCP server has a port
    get requests() {
      return requests;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function answerTo(head: RequestHead1, received: Buffer): Buffer {
  const { status, fields, body } = reflect(head.method, head.target, received.toString('latin1'));
  const bodyless = head.method === 'HEAD' || status === 204 || status === 304;
  const bytes = bodyless ? Buffer.alloc(0) : Buffer.from(body, 'latin1');
  const written = writeResponseHead({
    status,
    reason: 'As told',
    fields: fields.map(([name, value]) => ({ name, value })),
    framing: bodyless ? { kind: 'none' } : { kind: 'length', bytes: bytes.length },
  });
  return Buffer.concat([written, bytes]);
}
