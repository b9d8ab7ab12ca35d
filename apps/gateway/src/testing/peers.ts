import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  connect,
  createServer as createRawServer,
  type AddressInfo,
  type Server as RawServer,
  type Socket,
} from 'node:net';
import { createHash, randomBytes } from 'node:crypto';
import { acceptKey, createWebSocketReader, writeClose, writeMessage } from '@seawall/wire';

/** A request as a service got it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly fields: readonly string[];
  readonly body: string;
}

export interface Service {
  readonly port: number;
  readonly seen: Seen[];
  /** Messages of WebSockets, as `name<text`. */
  readonly messages: string[];
  readonly sockets: Set<Socket>;
  close(): Promise<void>;
}

/**
 * A service that tells its name and what it got: `/echo` answers the body, `/chunks` chunked, `/leak` a canary, `/status/401` a status, `/log-in` a redirect with a
 * cookie, `/page` a page,
 * `/slow` after 300 ms, anything else `name method url`. WebSockets answer `name: text`.
 */
export async function startService(name: string): Promise<Service> {
  const seen: Seen[] = [];
  const messages: string[] = [];
  const sockets = new Set<Socket>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const { method = '', url = '' } = request;
    seen.push({ method, url, fields: request.rawHeaders, body });
    const path = url.split('?')[0] ?? '';
    response.setHeader('X-Served-By', name);
    response.setHeader('Content-Type', 'text/plain');
    if (path === '/echo') response.end(body, 'latin1');
    else if (path === '/chunks') {
      response.write('one,');
      response.write('two,');
      response.end('three');
    } else if (path === '/leak') response.end('here is a canary-leak for you');
    else if (path.startsWith('/status/')) response.writeHead(Number(path.slice(8))).end(`status of ${name}`);
    else if (path === '/log-in') {
      response.setHeader('Set-Cookie', 'sid=0123456789abcdef; Path=/; HttpOnly');
      response.writeHead(302, { Location: '/home' }).end();
    } else if (path === '/page') {
      response.setHeader('Content-Type', 'text/html');
      response.end('<html><body><nav>Ann Smith</nav><h1>Welcome</h1></body></html>');
    } else if (path === '/slow') setTimeout(() => response.end('late'), 300);
    else response.end(`${name} ${method} ${url}`);
  };
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    seen.push({ method: 'WEBSOCKET', url: request.url ?? '', fields: request.rawHeaders, body: '' });
    socket.on('error', () => socket.destroy());
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${acceptOf(request.headers['sec-websocket-key'] ?? '')}\r\n\r\n`,
    );
    const reader = createWebSocketReader('server', {
      onMessage: (_kind, data) => {
        const text = data.toString();
        messages.push(text);
        socket.write(writeMessage('text', Buffer.from(text === 'leak' ? 'canary-leak' : `${name}: ${text}`)));
      },
      onPing: () => undefined,
      onPong: () => undefined,
      onClose: (code) => socket.end(writeClose(code === 1005 ? 1000 : code)),
      onFault: () => socket.destroy(),
    });
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
  });
  const port = await listenOn(server);
  return { port, seen, messages, sockets, close: () => closeAll(server, sockets) };
}

/** A service made of bytes: `answer` is written for each request head that comes. */
export async function startRawService(answer: (head: string, socket: Socket) => void): Promise<Service> {
  const sockets = new Set<Socket>();
  const server = createRawServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      for (let cut = text.indexOf('\r\n\r\n'); cut >= 0; cut = text.indexOf('\r\n\r\n')) {
        const head = text.slice(0, cut + 4);
        text = text.slice(cut + 4);
        answer(head, socket);
      }
    });
  });
  const port = await listenOn(server);
  return { port, seen: [], messages: [], sockets, close: () => closeAll(server, sockets) };
}

export async function freePort(): Promise<number> {
  const server = createRawServer();
  const port = await listenOn(server);
  await closeAll(server, new Set());
  return port;
}

function listenOn(server: Server | RawServer): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)); // a TCP server has a port
  });
}

function closeAll(server: Server | RawServer, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set
  return Buffer.concat(chunks).toString('latin1');
}

function acceptOf(key: string): string {
  return acceptKey(key, (bytes) => createHash('sha1').update(bytes).digest());
}

/** A client that writes exact bytes. */
export class RawClient {
  readonly socket: Socket;
  text = '';
  closed = false;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.on('data', (chunk: Buffer) => (this.text += chunk.toString('latin1')));
    this.socket.on('end', () => this.socket.end());
    this.socket.on('close', () => (this.closed = true));
    this.socket.on('error', () => (this.closed = true));
  }

  send(text: string): this {
    this.socket.write(text, 'latin1');
    return this;
  }

  /** What came until `pattern` matched; it is taken away. */
  async until(pattern: RegExp, timeoutMs = 8000): Promise<string> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const found = pattern.exec(this.text);
      if (found !== null) {
        const upTo = found.index + found[0].length;
        const taken = this.text.slice(0, upTo);
        this.text = this.text.slice(upTo);
        return taken;
      }
      if (this.closed || Date.now() > end)
        throw new Error(`no ${String(pattern)} in ${JSON.stringify(this.text.slice(0, 500))}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async end(timeoutMs = 8000): Promise<string> {
    const end = Date.now() + timeoutMs;
    while (!this.closed) {
      if (Date.now() > end) throw new Error(`not closed; got ${JSON.stringify(this.text.slice(0, 500))}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.text;
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** Sends one request with `Connection: close` and returns all that came back. */
export function ask(port: number, start: string, fields: readonly string[] = [], body = ''): Promise<string> {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body, 'latin1')}`];
  const head = [start, 'Host: test.local', ...fields, ...length, 'Connection: close', '', ''].join('\r\n');
  return new RawClient(port).send(head + body).end();
}

export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}

/** A WebSocket client, written with our codec. */
export class SocketClient {
  readonly raw: RawClient;
  readonly got: string[] = [];
  closeCode = 0;

  private constructor(raw: RawClient) {
    this.raw = raw;
  }

  static async open(port: number, path: string, fields: readonly string[] = []): Promise<SocketClient> {
    const raw = new RawClient(port);
    const client = new SocketClient(raw);
    const key = randomBytes(16).toString('base64');
    const lines = [`GET ${path} HTTP/1.1`, 'Host: test.local', 'Upgrade: websocket', 'Connection: Upgrade'];
    lines.push(
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${key}`,
      'Sec-WebSocket-Extensions: permessage-deflate',
    );
    raw.send([...lines, ...fields, '', ''].join('\r\n'));
    const head = await raw.until(/\r\n\r\n/);
    if (!head.includes(acceptOf(key)) || /extensions/i.test(head)) throw new Error(`no handshake: ${head}`);
    const reader = createWebSocketReader('client', {
      onMessage: (_kind, data) => client.got.push(data.toString()),
      onPing: () => undefined,
      onPong: () => undefined,
      onClose: (code) => (client.closeCode = code),
      onFault: (code) => (client.closeCode = code),
    });
    raw.socket.removeAllListeners('data');
    if (raw.text !== '') reader.push(Buffer.from(raw.text, 'latin1'));
    raw.socket.on('data', (chunk: Buffer) => reader.push(chunk));
    return client;
  }

  send(text: string): void {
    this.raw.socket.write(writeMessage('text', Buffer.from(text), randomBytes(4)));
  }

  /** Sends and waits for one more message. */
  async say(text: string): Promise<string> {
    const before = this.got.length;
    this.send(text);
    const end = Date.now() + 8000;
    while (this.got.length === before) {
      if (Date.now() > end || this.raw.closed) throw new Error(`no answer to ${text}; closed with ${this.closeCode}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.got.at(-1) ?? '';
  }

  close(): void {
    this.raw.destroy();
  }
}
