import { Agent, type Dispatcher } from 'undici';
import { fault } from '../faults.ts';

const ENGINE = 'the container engine';
/** Newest API version that this client was written for, and the oldest it understands (engine 20.10). */
const NEWEST = 47;
const OLDEST = 40;
/** An engine with thousands of containers answers some megabytes; more would fill the memory. */
const MAX_ANSWER_BYTES = 32 * 1_048_576;
const ANSWER_MS = 30_000;
/** One event line; larger ones are not from an engine. */
const MAX_EVENT_BYTES = 1_048_576;

export interface DockerClient {
  readonly address: string;
  /** Throws a Fault: unreachable, or refused with the engine's own reason. `undefined` on 404. */
  call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
  /** Lines of a stream until it ends; ends by itself when the engine goes away. */
  lines(path: string, signal: AbortSignal): AsyncGenerator<unknown>;
  close(): Promise<void>;
}

/** The engine's socket or TCP address; `unix:///var/run/docker.sock` by default. The API version is negotiated, never pinned. */
export function dockerClient(address = 'unix:///var/run/docker.sock'): DockerClient {
  const isUnix = address.startsWith('unix://');
  const agent = new Agent({
    ...(isUnix ? { connect: { socketPath: address.slice('unix://'.length) } } : {}),
    headersTimeout: ANSWER_MS,
    // Events come when something happens, which may be never.
    bodyTimeout: 0,
  });
  const origin = isUnix ? 'http://engine' : address.replace(/^tcp:/, 'http:');
  let version: Promise<string> | undefined;

  const negotiate = async (): Promise<string> => {
    const answer = await send('GET', '/_ping');
    await answer.body.dump();
    const offered = Number(/^1\.(\d+)$/.exec(String(answer.headers['api-version'] ?? ''))?.[1] ?? OLDEST);
    return `/v1.${Math.min(offered, NEWEST)}`;
  };
  const send = async (method: Dispatcher.HttpMethod, path: string, body?: unknown, signal?: AbortSignal) => {
    try {
      return await agent.request({
        origin,
        path,
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      throw fault('orchestrate.unreachable', { engine: ENGINE, address }, error);
    }
  };
  const prefix = async (): Promise<string> => {
    // A failed negotiation is tried again by the next call.
    version ??= negotiate().catch((error: unknown) => {
      version = undefined;
      throw error;
    });
    return await version;
  };

  return {
    address,
    async call(method, path, body) {
      const answer = await send(method, (await prefix()) + path, body);
      const text = await readBounded(answer.body);
      if (answer.statusCode === 404) return undefined;
      // 304: already in the wanted state.
      if (answer.statusCode >= 400) {
        throw fault('orchestrate.refused', { engine: ENGINE, action: method, name: path, reason: reasonOf(text) });
      }
      return text === '' ? null : parse(text);
    },
    async *lines(path, signal) {
      const answer = await send('GET', (await prefix()) + path, undefined, signal);
      let rest = '';
      for await (const chunk of answer.body) {
        rest += String(chunk);
        const lines = rest.split('\n');
        rest = lines.pop() ?? '';
        if (rest.length > MAX_EVENT_BYTES) throw fault('orchestrate.unreachable', { engine: ENGINE, address });
        for (const line of lines) if (line !== '') yield parse(line);
      }
    },
    close: () => agent.close(),
  };
}

async function readBounded(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`the engine answered more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Some answers are plain text ("OK"); no caller reads those.
    return null;
  }
}

function reasonOf(text: string): string {
  const value = parse(text) as { message?: unknown } | null;
  return typeof value?.message === 'string' ? value.message.slice(0, 500) : text.slice(0, 500);
}
