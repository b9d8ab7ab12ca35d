/** Two friends who talk over WebSockets; every message must arrive on the other side as it was written, and in time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, type SocketMessage } from '../person.ts';
import { ownText } from './chat-friend.ts';
import type { Friend } from './friend.ts';

const ARRIVAL_MS = 1000;
const GIVE_UP_MS = 4000;

/** One end: stays connected, and after a break asks for what it missed. */
class End {
  readonly friend: Friend;
  readonly #arrived = new Map<string, number>();
  #connection: Connection | undefined;
  readonly #confirmed = new Set<unknown>();
  #lastId = 0;
  #lastRef = 0;

  constructor(friend: Friend) {
    this.friend = friend;
  }

  async connect(): Promise<boolean> {
    if (this.#connection && !this.#connection.isClosed) return true;
    const made = await this.friend.person.connect(this.#lastId, (message) => this.#receive(message));
    if (made instanceof Connection) {
      this.#connection = made;
      return true;
    }
    this.friend.harmed('chat: WebSocket', 'the handshake was refused', made);
    return false;
  }

  disconnect(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  /** As a chat program does: what was not confirmed when the connection broke is sent again. Gives the time of sending. */
  async say(text: string, to: string): Promise<number> {
    let sentAt = performance.now();
    for (let attempt = 0; attempt < 3; attempt++) {
      if (!(await this.connect())) break;
      const ref = ++this.#lastRef;
      const at = (await this.#connection?.say({ type: 'message', ref, to, text })) ?? sentAt;
      if (attempt === 0) sentAt = at;
      const isPending = (): boolean => !this.#confirmed.has(ref) && this.#connection?.isClosed === false;
      while (isPending() && performance.now() - at < GIVE_UP_MS) await sleep(5);
      if (this.#confirmed.has(ref) || this.#connection?.isClosed === false) break;
    }
    return sentAt;
  }

  #receive({ fields, isGenuine, raw }: SocketMessage): void {
    if (!isGenuine) this.friend.harmed('chat: WebSocket', "not the service's own message", { text: raw });
    if (fields.type === 'error') this.friend.harmed('chat: WebSocket', 'an error came', { text: raw });
    if (typeof fields.id === 'number' && fields.type !== 'ok') this.#lastId = Math.max(this.#lastId, fields.id);
    if (fields.type === 'ok') this.#confirmed.add(fields.ref);
    if (fields.type === 'message') this.#arrived.set(String(fields.text), performance.now());
  }

  /** Waits for a text; what came late or never is harm. */
  async expect(text: string, sentAt: number): Promise<void> {
    const { tally, world } = this.friend.plaza;
    const stalled = world.stalls.stalledMs;
    while (!this.#arrived.has(text) && performance.now() - sentAt < GIVE_UP_MS) {
      if (this.#connection?.isClosed === true) await this.connect();
      await sleep(5);
    }
    const ms = Math.max(
      0,
      (this.#arrived.get(text) ?? performance.now()) - sentAt - (world.stalls.stalledMs - stalled),
    );
    tally.friendly(ms);
    if (!this.#arrived.has(text)) this.friend.harmed('chat: WebSocket', `"${text}" never arrived`, { ms });
    else if (ms > ARRIVAL_MS) this.friend.harmed('chat: WebSocket', 'a message came late', { ms });
  }
}

export async function converse(one: Friend, other: Friend): Promise<void> {
  const ends = [new End(one), new End(other)] as const;
  while (!one.isOver) {
    if (!(await ends[0].connect()) || !(await ends[1].connect())) {
      await sleep(1000);
      continue;
    }
    for (let i = 0; i < 6 && !one.isOver; i++) {
      const [from, to] = i % 2 === 0 ? ends : ([ends[1], ends[0]] as const);
      await tell(from, to);
      await one.think();
    }
    if (!one.isOver) await catchUp(...ends);
  }
  for (const end of ends) end.disconnect();
}

async function tell(from: End, to: End): Promise<void> {
  const text = ownText(from.friend);
  await to.expect(text, await from.say(text, to.friend.identity.user));
}

/** One goes away, is written to, and comes back to whatever node answers: nothing may be lost. */
async function catchUp(stays: End, leaves: End): Promise<void> {
  leaves.disconnect();
  const texts = [ownText(stays.friend), ownText(stays.friend)];
  for (const text of texts) await stays.say(text, leaves.friend.identity.user);
  await sleep(100);
  await leaves.connect();
  const backAt = performance.now();
  for (const text of texts) await leaves.expect(text, backAt);
}
