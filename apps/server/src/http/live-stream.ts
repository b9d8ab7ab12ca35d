import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LiveEvent } from '@seawall/contract';
import type { Accounts, Actor } from '../auth/accounts.ts';
import { fault } from '../fault-table.ts';
import type { Live } from '../show/live.ts';

// Server-sent events (HTML Living Standard, section 9.2).

const HEARTBEAT_MS = 15_000;
/** Each open stream holds a socket and a buffer. */
const MAX_STREAMS = 100;
/** A reader that is this far behind is closed; it comes back and resumes where it was. */
const MAX_BEHIND_BYTES = 1_048_576;
const RETRY_MS = 2000;

/** Writes events until the client goes or its session ends. */
export function streamLive(
  parts: { readonly live: Live; readonly accounts: Accounts; readonly actor: Actor },
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { live, accounts, actor } = parts;
  if (live.listeners() >= MAX_STREAMS) throw fault('server.too-busy');
  const last = request.headers['last-event-id'];
  reply.hijack();
  const out = reply.raw;
  out.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>), // set by the hooks as texts
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
  });
  const write = (text: string) => {
    if (out.writableLength > MAX_BEHIND_BYTES) out.destroy();
    else out.write(text);
  };
  write(`retry: ${RETRY_MS}\n\n`);
  for (const event of live.after(typeof last === 'string' ? last : undefined)) write(frame(event));
  const endWhenClosed = async () => {
    const open = await accounts.isOpen(actor).catch(() => false); // unknown is closed: the client signs in again
    if (!open) out.end();
  };
  const stop = live.listen((event) => write(frame(event)));
  const heartbeat = setInterval(() => {
    write(': still here\n\n');
    void endWhenClosed();
  }, HEARTBEAT_MS);
  out.once('close', () => {
    clearInterval(heartbeat);
    stop();
  });
}

/** JSON holds no raw line break, so that nothing in an event can begin another field. Ids are ours. */
function frame(event: LiveEvent): string {
  return `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;
}
