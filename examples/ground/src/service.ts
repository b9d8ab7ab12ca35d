/**
 * The HTTP side of the examples. Because they have holes: unknown Host names and cross-site requests are refused before
 * anything else, bodies are bounded, and every answer carries the digest that shows it is the service's own.
 */
import http from 'node:http';
import type { Duplex } from 'node:stream';
import type { Address } from './address.ts';
import { Refusal } from './refusal.ts';
import type { Run } from './run-file.ts';
import { parseMultipart } from './multipart.ts';

const MAX_BODY_BYTES = 512 << 10;
const PIECE_BYTES = 16 << 10;
const KNOWN_HOSTS = ['chat.localhost', 'campus.localhost', 'localhost', '127.0.0.1'];

export interface UploadedFile {
  readonly fileName: string;
  readonly content: Buffer;
}

/** A request with logical names. Bodies are read when asked for. */
export interface Ask {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly cookies: ReadonlyMap<string, string>;
  readonly request: http.IncomingMessage;
  fields(): Promise<Record<string, unknown>>;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  /** Name and value of a cookie to set; an empty value removes it. */
  readonly cookie?: readonly [name: string, value: string];
  readonly location?: string;
}

export const html = (body: string, status = 200): Answer => ({ status, type: 'text/html; charset=utf-8', body });
export const plain = (body: string, status = 200): Answer => ({ status, type: 'text/plain; charset=utf-8', body });

export interface ServiceOptions {
  readonly run: Run;
  readonly listen: Address;
  /** Shown in the `server` header. */
  readonly name: string;
  handle(ask: Ask): Promise<Answer>;
  /** An answer for a refused request, in the service's own form. */
  refuse(refusal: Refusal): Answer;
  upgrade?(ask: Ask, socket: Duplex, head: Buffer): Promise<void>;
}

export function serve(options: ServiceOptions): http.Server {
  const server = http.createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    void respond(options, request, response);
  });
  server.on('upgrade', (request, socket, head) => void upgrade(options, request, socket, head));
  server.listen(options.listen.port, options.listen.host);
  return server;
}

async function respond(options: ServiceOptions, request: http.IncomingMessage, response: http.ServerResponse) {
  let answer: Answer;
  try {
    refuseStrangers(request);
    answer = await options.handle(readAsk(options.run, request));
  } catch (error) {
    answer = options.refuse(asRefusal(error));
  }
  // A body nobody read would be taken for the next request's head.
  if (!request.complete) request.resume();
  send(options, response, answer);
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return new Refusal(500, 'something went wrong');
}

async function upgrade(options: ServiceOptions, request: http.IncomingMessage, socket: Duplex, head: Buffer) {
  socket.on('error', () => socket.destroy());
  try {
    refuseStrangers(request);
    if (!options.upgrade) throw new Refusal(404, 'no such page');
    await options.upgrade(readAsk(options.run, request), socket, head);
  } catch (error) {
    const refusal = asRefusal(error);
    const answer = options.refuse(refusal);
    const lines = Object.entries(headersOf(options, answer)).map(([name, value]) => `${name}: ${value}\r\n`);
    const reason = http.STATUS_CODES[answer.status] ?? '';
    socket.end(
      `HTTP/1.1 ${answer.status} ${reason}\r\nconnection: close\r\n${lines.join('')}\r\n${String(answer.body)}`,
    );
  }
}

/** The services have holes: only pages of their own may talk to them, and only under names of this machine. */
function refuseStrangers(request: http.IncomingMessage): void {
  const known = new Set([...KNOWN_HOSTS, ...(process.env.EXAMPLE_HOSTS ?? '').split(',').filter(Boolean)]);
  const host = hostName(`http://${request.headers.host ?? ''}`);
  if (host === undefined || !known.has(host)) throw new Refusal(421, 'this name is not served here');
  const origin = request.headers.origin;
  if (origin !== undefined && hostName(origin) !== host) throw new Refusal(403, 'cross-site requests are refused');
  const site = request.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  // Following a link to the first page is harmless: it takes no parameters.
  const isFirstPage =
    request.method === 'GET' && request.url === '/' && request.headers['sec-fetch-mode'] === 'navigate';
  if (!isFirstPage) throw new Refusal(403, 'cross-site requests are refused');
}

function hostName(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

function readAsk(run: Run, request: http.IncomingMessage): Ask {
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const query = new URLSearchParams(mark === -1 ? '' : target.slice(mark + 1));
  return {
    method: request.method ?? 'GET',
    path: run.names.logicalPath(mark === -1 ? target : target.slice(0, mark)),
    query: Object.fromEntries([...query].map(([name, value]) => [run.names.logical(name), value])),
    cookies: readCookies(run, request.headers.cookie ?? ''),
    request,
    fields: async () => readFields(run, request.headers['content-type'] ?? '', await readBody(request)),
  };
}

function readCookies(run: Run, header: string): Map<string, string> {
  const pairs = header.split(';').map((pair) => pair.trim().split('='));
  return new Map(pairs.map(([name = '', value = '']) => [run.names.logical(name), value]));
}

async function readBody(request: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer; // no encoding is set on the stream
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new Refusal(413, 'too much');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function readFields(run: Run, type: string, body: Buffer): Record<string, unknown> {
  if (type.startsWith('multipart/form-data')) {
    const parts = parseMultipart(type, body).map((part): [string, unknown] => [
      run.names.logical(part.name),
      part.fileName === undefined ? part.content.toString('utf8') : { fileName: part.fileName, content: part.content },
    ]);
    return Object.fromEntries(parts);
  }
  const text = body.toString('utf8');
  if (!type.startsWith('application/json')) {
    return Object.fromEntries([...new URLSearchParams(text)].map(([name, value]) => [run.names.logical(name), value]));
  }
  try {
    const value = run.names.fromWire(JSON.parse(text));
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
  throw new Refusal(400, 'the body is not an object');
}

function headersOf(options: ServiceOptions, answer: Answer): Record<string, string> {
  const { run } = options;
  const body = Buffer.from(answer.body);
  return {
    server: options.name,
    'content-type': answer.type,
    'content-length': String(body.length),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    [run.names.word('x-answer-digest')]: run.digest(body, answer.status),
    ...(answer.location === undefined ? {} : { location: answer.location }),
    ...(answer.cookie === undefined ? {} : { 'set-cookie': setCookie(run, answer.cookie) }),
  };
}

function setCookie(run: Run, [name, value]: readonly [string, string]): string {
  const ending = value === '' ? '; Max-Age=0' : '';
  return `${run.names.word(name)}=${value}; Path=/; HttpOnly; SameSite=Strict${ending}`;
}

function send(options: ServiceOptions, response: http.ServerResponse, answer: Answer): void {
  response.on('error', () => response.destroy());
  response.writeHead(answer.status, headersOf(options, answer));
  const body = Buffer.from(answer.body);
  for (let at = 0; at < body.length; at += PIECE_BYTES) response.write(body.subarray(at, at + PIECE_BYTES));
  response.end();
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
