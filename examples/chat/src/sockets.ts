/** The WebSocket side of a node: who is connected here, and what reaches them. */
import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { Refusal, text, whole } from '../../ground/src/refusal.ts';
import type { Run } from '../../ground/src/run-file.ts';
import type { Ask } from '../../ground/src/service.ts';
import { acceptKey, WebSocketPeer } from '../../ground/src/websocket.ts';
import type { RpcClient } from '../../ground/src/line-rpc.ts';
import type { ChatStore, Delivery, Message } from './store-api.ts';

interface Connection {
  readonly id: string;
  readonly user: string;
  readonly peer: WebSocketPeer;
  /** The last message sent here: a replay and a live delivery may hold the same one. */
  lastId: number;
  /** Live messages that wait until the missed ones are sent; absent afterwards. */
  waiting?: Message[];
}

export class Sockets {
  readonly #run: Run;
  readonly #store: RpcClient<ChatStore>;
  readonly #connections = new Map<string, Connection>();

  constructor(run: Run, store: RpcClient<ChatStore>) {
    this.#run = run;
    this.#store = store;
    setInterval(() => this.#connections.forEach(({ peer }) => peer.ping()), 20_000).unref();
  }

  /** RFC 6455 section 4.2. The person is known by the session cookie alone, so any node takes any session. */
  async accept(ask: Ask, user: string, socket: Duplex, head: Buffer): Promise<void> {
    const key = ask.request.headers['sec-websocket-key'];
    if (ask.request.headers['sec-websocket-version'] !== '13' || key === undefined) {
      throw new Refusal(400, 'this is not a WebSocket handshake');
    }
    const since = whole(ask.query, 'since', 0);
    const id = randomUUID();
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
    const peer = new WebSocketPeer(socket, false, {
      onMessage: (raw) => void this.#receive(connection, raw),
      onClose: () => this.#connections.delete(id),
    });
    const connection: Connection = { id, user, peer, lastId: since, waiting: [] };
    // Listed before asking for what was missed: a message between the two would otherwise reach nobody.
    this.#connections.set(id, connection);
    const { latest, missed } = await this.#store.call('since', { user, id: since }).catch((error: unknown) => {
      this.#connections.delete(id);
      throw error;
    });
    socket.write(`${[...lines, `Sec-WebSocket-Accept: ${acceptKey(key)}`].join('\r\n')}\r\n\r\n`);
    this.#say(connection, { type: 'hello', user, id: latest });
    const live = connection.waiting ?? [];
    delete connection.waiting;
    for (const message of [...missed, ...live]) this.#deliver(connection, message);
    peer.begin(head);
  }

  fanOut({ message, readers }: Delivery): void {
    for (const connection of this.#connections.values()) {
      if (readers.includes(connection.user)) this.#deliver(connection, message);
    }
  }

  /** The store is away: people connect again, to this node or another, and name the last message that they have. */
  closeAll(): void {
    for (const { peer } of this.#connections.values()) peer.close(1012);
  }

  #deliver(connection: Connection, message: Message): void {
    if (connection.waiting) return void connection.waiting.push(message);
    if (message.id <= connection.lastId) return;
    connection.lastId = message.id;
    this.#say(connection, { type: 'message', ...message });
  }

  #say(connection: Connection, content: Record<string, unknown>): void {
    connection.peer.send(signed(this.#run, content));
  }

  async #receive(connection: Connection, raw: string): Promise<void> {
    let ref: unknown = 0;
    try {
      const fields = parse(this.#run, raw);
      ref = fields.ref ?? 0;
      if (fields.type === 'search') {
        const results = await this.#store.call('search', { q: text(fields, 'q') });
        this.#say(connection, { type: 'results', ref, results: renamed(results) });
        return;
      }
      if (fields.type !== 'message') throw new Refusal(400, 'unknown type');
      const group = whole(fields, 'group', 0);
      const to = group === 0 ? text(fields, 'to') : '';
      const message = await this.#store.call('post', {
        author: connection.user,
        group,
        to,
        text: text(fields, 'text'),
      });
      this.#say(connection, { type: 'ok', ref, id: message.id });
    } catch (error) {
      this.#say(connection, { type: 'error', ref, error: error instanceof Error ? error.message : 'failed' });
    }
  }
}

function parse(run: Run, raw: string): Record<string, unknown> {
  try {
    const value = run.names.fromWire(JSON.parse(raw));
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    throw new Refusal(400, 'the message is not JSON');
  }
  throw new Refusal(400, 'the message is not an object');
}

/** Rows of a search, in the words of the interface whatever the query called them. */
export function renamed(rows: readonly Record<string, string | number | null>[]): Record<string, unknown>[] {
  return rows.map((row) => {
    const [id, author, body, at] = Object.values(row);
    return { id, author, text: body, at };
  });
}

/** Each message carries a digest over its other members, so that a friend can tell it from anybody else's. */
export function signed(run: Run, content: Record<string, unknown>): string {
  const wire = run.names.toWire(content);
  const digest = run.digest(JSON.stringify(wire));
  return JSON.stringify({ ...(wire as Record<string, unknown>), [run.names.word('digest')]: digest }); // an object stays one
}
