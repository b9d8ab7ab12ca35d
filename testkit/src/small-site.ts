import { createServer, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net';

export interface SmallService {
  readonly port: number;
  /** Method and target of every request that reached it. */
  readonly seen: string[];
  close(): Promise<void>;
}

/** A service that answers everything with its name, on a port of its own or on one that was free a moment ago. */
export async function startSmallService(name: string, port = 0): Promise<SmallService> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    request.resume();
    request.once('end', () =>
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': name.length }).end(name),
    );
  });
  await listen(server, port);
  return {
    port: (server.address() as AddressInfo).port, // of a TCP server
    seen,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
}

/** A port of 127.0.0.1 that nothing uses now. */
export function freePort(): Promise<number> {
  const server = createTcpServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo; // of a TCP server
      server.close(() => resolve(port));
    });
  });
}

export interface RawAnswer {
  /** 0 when the connection was refused, broken off or silent. */
  readonly status: number;
  readonly text: string;
  /** The id that an error page of the gateway shows. */
  readonly incident: string | undefined;
}

export interface RawOptions {
  /** Address of the client, one of 127.0.0.0/8. */
  readonly from?: string;
  readonly timeoutMs?: number;
}

/** Sends exactly these bytes and reads one whole answer, or until the other side closes. Never rejects: a broken connection is an answer. */
export function sendRaw(port: number, bytes: string | Buffer, options: RawOptions = {}): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const from = options.from === undefined ? {} : { localAddress: options.from };
    const socket = connect({ host: '127.0.0.1', port, ...from });
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => socket.destroy(), options.timeoutMs ?? 10_000);
    socket.on('connect', () => socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (isWhole(Buffer.concat(chunks).toString('latin1'))) socket.destroy();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(readAnswer(Buffer.concat(chunks).toString('latin1')));
    });
  });
}

/** A GET of its own connection. */
export function get(port: number, target: string, host = 'shop.test', options: RawOptions = {}): Promise<RawAnswer> {
  return sendRaw(port, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`, options);
}

/** Answers of the gateway and of the small service are short and tell their length. */
function isWhole(text: string): boolean {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  return length !== undefined && rest.length > 0 && rest.join('\r\n\r\n').length >= Number(length);
}

function readAnswer(text: string): RawAnswer {
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0),
    text,
    incident: /\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/.exec(text)?.[0],
  };
}

/** Asks again until the answer is right; its last one is told when it never was. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  right: (value: T) => boolean,
  timeoutMs = 10_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const value = await look();
      if (right(value)) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const told = last instanceof Error ? last.message : (JSON.stringify(last) ?? 'undefined');
  throw new Error(`${what}: not within ${timeoutMs} ms; last seen: ${told.slice(0, 2000)}`);
}
