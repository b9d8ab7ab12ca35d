import type { Reply, SocketMessage } from '../person.ts';

const REFUSALS = new Set([403, 429, 400, 413]);
const UNAVAILABLE = new Set([502, 503, 504]);

/** What one attack reached, seen with an attacker's eyes and the canaries that only the tool knows. */
export class Attempt {
  readonly #loot: ReadonlySet<string>;
  gotData = false;
  stopped = false;
  diverted = false;

  constructor(loot: ReadonlySet<string>) {
    this.#loot = loot;
  }

  #look(text: string): void {
    for (const canary of this.#loot) if (text.includes(canary)) this.gotData = true;
  }

  reply(reply: Reply): Reply {
    this.#look(reply.text);
    if (reply.isLost) this.stopped = true;
    else if (!reply.isGenuine) {
      if (REFUSALS.has(reply.status)) this.stopped = true;
      else if (!UNAVAILABLE.has(reply.status)) this.diverted = true;
    }
    return reply;
  }

  message(message: SocketMessage): void {
    this.#look(message.raw);
    if (!message.isGenuine) this.diverted = true;
  }

  socketClosed(): void {
    this.stopped = true;
  }

  /** Data put together from many answers. */
  derived(text: string): void {
    for (const canary of this.#loot) if (text.length >= 6 && canary.startsWith(text)) this.gotData = true;
  }
}
