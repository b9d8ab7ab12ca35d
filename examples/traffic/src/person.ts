/**
 * One simulated person: an address, a browser, cookies. Friends and attackers are the same class, so that nothing but
 * what they do sets them apart. Targets go out exactly as written.
 */
import http from 'node:http';
import { createServer } from 'node:net';
import { randomBytes } from 'node:crypto';
import type { Address } from '../../ground/src/address.ts';
import type { Run } from '../../ground/src/run-file.ts';
import { WebSocketPeer } from '../../ground/src/websocket.ts';
import type { Pace, StallMeter } from './pace.ts';

const ANSWER_TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 4 << 20;

/** What all people of a run share. */
export interface World {
  readonly gateway: (service: Service) => Address;
  readonly run: Run;
  readonly stalls: StallMeter;
  /** Whether clients may choose their own address in 127.0.0.0/8 (Linux). */
  readonly hasAddresses: boolean;
}

export type Service = 'chat' | 'campus';

export interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
  /** The service itself wrote status and body: nobody else can make the digest. */
  readonly isGenuine: boolean;
  /** From sending to the last byte, without the time in which this process stood still. */
  readonly ms: number;
  /** The connection ended without an answer. */
  readonly isLost: boolean;
}

export interface Sending {
  readonly method: string;
  readonly target: string;
  readonly type?: string;
  readonly body?: string | Buffer;
}

export interface PersonOptions {
  readonly service: Service;
  readonly address: string;
  readonly agent: string;
  readonly language: string;
  readonly pace: Pace;
}

export class Person {
  readonly world: World;
  readonly options: PersonOptions;
  readonly #agent: http.Agent;
  readonly #cookies = new Map<string, string>();

  constructor(world: World, options: PersonOptions) {
    this.world = world;
    this.options = options;
    this.#agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
  }

  get isSignedIn(): boolean {
    return this.#cookies.size > 0;
  }

  get cookies(): ReadonlyMap<string, string> {
    return this.#cookies;
  }

  /** Somebody else's session, or none. */
  takeCookies(cookies: ReadonlyMap<string, string>): void {
    this.#cookies.clear();
    for (const [name, value] of cookies) this.#cookies.set(name, value);
  }

  leave(): void {
    this.#agent.destroy();
  }

  #host(): string {
    return `${this.options.service}.localhost:${this.world.gateway(this.options.service).port}`;
  }

  #headers(sending: Sending): Record<string, string | number> {
    const origin = `http://${this.#host()}`;
    const isPage = sending.method === 'GET' && !sending.target.includes('/api');
    const cookies = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return {
      host: this.#host(),
      'user-agent': this.options.agent,
      accept: isPage ? 'text/html,application/xhtml+xml,*/*;q=0.8' : '*/*',
      'accept-language': this.options.language,
      'accept-encoding': 'gzip, deflate',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': isPage ? 'navigate' : 'cors',
      referer: `${origin}/`,
      ...(sending.method === 'GET' ? {} : { origin }),
      ...(sending.type === undefined ? {} : { 'content-type': sending.type }),
      ...(sending.body === undefined ? {} : { 'content-length': Buffer.byteLength(sending.body) }),
      ...(cookies === '' ? {} : { cookie: cookies }),
    };
  }

  #destination() {
    const { host, port } = this.world.gateway(this.options.service);
    return { host, port, ...(this.world.hasAddresses ? { localAddress: this.options.address } : {}) };
  }

  async send(sending: Sending): Promise<Reply> {
    await this.options.pace.turn();
    const first = await this.#exchange(sending);
    // As a browser does: a reading request on a kept connection that had just been closed goes out once more.
    return first.isLost && sending.method === 'GET' ? this.#exchange(sending) : first;
  }

  #exchange(sending: Sending): Promise<Reply> {
    const began = performance.now();
    const stalled = this.world.stalls.stalledMs;
    return new Promise((resolve) => {
      const finish = (status: number, headers: http.IncomingHttpHeaders, bytes: Buffer, isLost: boolean): void => {
        clearTimeout(late);
        const digest = headers[this.world.run.names.word('x-answer-digest')];
        const isGenuine = !isLost && digest === this.world.run.digest(bytes, status);
        const ms = performance.now() - began - (this.world.stalls.stalledMs - stalled);
        if (!isLost) this.#keepCookies(headers);
        resolve({ status, headers, bytes, text: bytes.toString('utf8'), isGenuine, ms: Math.max(ms, 0), isLost });
      };
      const lose = (): void => finish(0, {}, Buffer.alloc(0), true);
      const request = http.request(
        {
          ...this.#destination(),
          method: sending.method,
          path: sending.target,
          headers: this.#headers(sending),
          agent: this.#agent,
        },
        (response) => {
          const chunks: Buffer[] = [];
          let size = 0;
          response.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size <= MAX_ANSWER_BYTES) chunks.push(chunk);
          });
          response.on('end', () => finish(response.statusCode ?? 0, response.headers, Buffer.concat(chunks), false));
          response.on('error', lose);
        },
      );
      const late = setTimeout(() => request.destroy(), ANSWER_TIMEOUT_MS);
      request.on('error', lose);
      // A request for a page may be answered by taking another protocol only when it was asked for.
      request.on('upgrade', (_response, socket) => socket.destroy());
      request.end(sending.body);
    });
  }

  #keepCookies(headers: http.IncomingHttpHeaders): void {
    for (const line of headers['set-cookie'] ?? []) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      const name = pair.slice(0, at);
      if (/max-age=0/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, pair.slice(at + 1));
    }
  }

  /** A path with renamed words and a query, percent-encoded as a browser would. */
  target(path: string, query: Readonly<Record<string, string | number>> = {}): string {
    const { names } = this.world.run;
    const pairs = Object.entries(query).map(([name, value]) => `${names.word(name)}=${encodeURIComponent(value)}`);
    return names.path(path) + (pairs.length > 0 ? `?${pairs.join('&')}` : '');
  }

  get(path: string, query: Readonly<Record<string, string | number>> = {}): Promise<Reply> {
    return this.send({ method: 'GET', target: this.target(path, query) });
  }

  postJson(path: string, fields: Readonly<Record<string, unknown>>): Promise<Reply> {
    const body = JSON.stringify(this.world.run.names.toWire(fields));
    return this.send({ method: 'POST', target: this.target(path), type: 'application/json', body });
  }

  postForm(
    path: string,
    fields: Readonly<Record<string, string>>,
    query: Readonly<Record<string, string | number>> = {},
  ): Promise<Reply> {
    const renamed = Object.entries(fields).map(([name, value]): [string, string] => [
      this.world.run.names.word(name),
      value,
    ]);
    const body = new URLSearchParams(renamed).toString();
    const target = this.target(path, query);
    return this.send({ method: 'POST', target, type: 'application/x-www-form-urlencoded', body });
  }

  postFile(path: string, file: { name: string; content: string }, note: string): Promise<Reply> {
    const { names } = this.world.run;
    const boundary = `----WebKitFormBoundary${randomBytes(8).toString('hex')}`;
    const part = (head: string, content: string): string =>
      `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
    const body =
      part(`name="${names.word('note')}"`, note) +
      part(`name="${names.word('file')}"; filename="${file.name}"\r\nContent-Type: text/plain`, file.content) +
      `--${boundary}--\r\n`;
    return this.send({
      method: 'POST',
      target: names.path(path),
      type: `multipart/form-data; boundary=${boundary}`,
      body,
    });
  }

  /** The JSON object of an answer in logical names; an empty one when there is none. */
  fields(reply: Reply): Record<string, unknown> {
    return this.parse(reply.text);
  }

  parse(text: string): Record<string, unknown> {
    try {
      const value = this.world.run.names.fromWire(JSON.parse(text));
      return typeof value === 'object' && value !== null ? { ...value } : {};
    } catch {
      return {}; // a block page or a decoy may answer anything; then no field is there
    }
  }

  async connect(since: number, onMessage: (message: SocketMessage) => void): Promise<Connection | Reply> {
    await this.options.pace.turn();
    const sending: Sending = { method: 'GET', target: this.target('/ws', since > 0 ? { since } : {}) };
    const began = performance.now();
    return new Promise((resolve) => {
      const headers = {
        ...this.#headers(sending),
        origin: `http://${this.#host()}`,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': randomBytes(16).toString('base64'),
      };
      const request = http.request({ ...this.#destination(), path: sending.target, headers, agent: false });
      const refused = (status: number, isLost: boolean, bytes: Buffer, headers: http.IncomingHttpHeaders): void => {
        const digest = headers[this.world.run.names.word('x-answer-digest')];
        const isGenuine = digest === this.world.run.digest(bytes, status);
        resolve({ status, headers, bytes, text: String(bytes), isGenuine, ms: performance.now() - began, isLost });
      };
      request.setTimeout(ANSWER_TIMEOUT_MS, () => request.destroy());
      request.on('error', () => refused(0, true, Buffer.alloc(0), {}));
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => refused(response.statusCode ?? 0, false, Buffer.concat(chunks), response.headers));
        response.on('error', () => refused(0, true, Buffer.alloc(0), {}));
      });
      request.on('upgrade', (_response, socket, head) => {
        socket.setTimeout(0);
        const connection = new Connection(this);
        connection.peer = new WebSocketPeer(socket, true, {
          onMessage: (raw) => onMessage(connection.read(raw)),
          onClose: () => (connection.isClosed = true),
        });
        resolve(connection);
        // After whoever waits for the connection has it in hand.
        setImmediate(() => connection.peer?.begin(head));
      });
      request.end();
    });
  }
}

export interface SocketMessage {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly raw: string;
  readonly isGenuine: boolean;
}

export class Connection {
  readonly #person: Person;
  peer: WebSocketPeer | undefined;
  isClosed = false;

  constructor(person: Person) {
    this.#person = person;
  }

  /** Gives the time of sending. */
  async say(fields: Readonly<Record<string, unknown>>): Promise<number> {
    await this.#person.options.pace.turn();
    const sentAt = performance.now();
    this.peer?.send(JSON.stringify(this.#person.world.run.names.toWire(fields)));
    return sentAt;
  }

  close(): void {
    this.peer?.close();
  }

  read(raw: string): SocketMessage {
    const { run } = this.#person.world;
    const name = run.names.word('digest');
    let isGenuine = false;
    try {
      const { [name]: digest, ...others } = JSON.parse(raw) as Record<string, unknown>; // a non-object has no digest
      isGenuine = digest === run.digest(JSON.stringify(others));
    } catch {
      isGenuine = false;
    }
    return { fields: this.#person.parse(raw), raw, isGenuine };
  }
}

/** Whether this system lets a client bind to any address of 127.0.0.0/8. */
export function hasLoopbackAddresses(): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(0, '127.83.19.7', () => server.close(() => resolve(true)));
  });
}
