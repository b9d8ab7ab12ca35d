import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createRequestReader, type RequestHead1, writeResponseHead } from '@seawall/wire';
import { reflect, type Reflection } from '../../../apps/cli/src/rule-cases/reflection.ts';

export interface Backend {
  readonly port: number;
  /** Requests that came through so far. */
  readonly requests: number;
  close(): Promise<void>;
}

/**
 * A real server behind the gateway, that takes every method and answers as the suites' own backend does. `files`: like a file server, as
 * the one that CRS 3.3 was tested with, it does not know names that are no text.
 */
export async function startBackend(files: boolean): Promise<Backend> {
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
        socket.write(answerTo(head, Buffer.concat(chunks), files));
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

function answerTo(head: RequestHead1, received: Buffer, files: boolean): Buffer {
  const unknown = files && !isText(head.target.split('?', 1)[0] ?? '');
  const { status, fields, body } = unknown ? NOT_FOUND : reflect(head.method, head.target, received.toString('latin1'));
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

const NOT_FOUND: Reflection = { status: 404, fields: [], body: '' };

function isText(path: string): boolean {
  try {
    decodeURIComponent(path.replace(/%(?![0-9A-Fa-f]{2})/g, '%25'));
    return true;
  } catch {
    return false;
  }
}
