import { createHmac } from 'node:crypto';
import { sourceKey, type DecoySessionId } from '@seawall/contract';
import { newId } from './clock.ts';
import type { Diversion } from './diversion.ts';

/** One diverted source at one service. Its world is made from the seed; kept is only what it sent last. */
export interface DecoySession {
  readonly id: DecoySessionId;
  /** Secret-keyed, the same after a restart: the attacker meets the same names and files again. */
  readonly seed: string;
  /** Made-up dates count back from here. */
  readonly worldMs: number;
  steps: number;
  /** Texts that it sent, newest first; lists show them. */
  posted: readonly string[];
}

/** With 400 characters each, two thousand sessions keep at most some megabytes. */
const MAX_POSTED = 5;

export function keepPosted(session: DecoySession, text: string): void {
  session.posted = [text, ...session.posted].slice(0, MAX_POSTED);
}

/** The sessions seen last. An attacker with a million sources must not fill memory: the longest silent one goes. */
export class Sessions {
  readonly #max: number;
  readonly #byKey = new Map<string, DecoySession>();
  evicted = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#byKey.size;
  }

  of(diversion: Diversion, secret: string): DecoySession {
    const key = `${sourceKey(diversion.source)}\0${diversion.service}`;
    const known = this.#byKey.get(key);
    // A map keeps order of insertion: taking out and putting back makes it the newest.
    if (known) this.#byKey.delete(key);
    const session = known ?? {
      id: newId<DecoySessionId>(),
      seed: seedOf(key, secret),
      worldMs: hourOf(Date.now()),
      steps: 0,
      posted: [],
    };
    this.#byKey.set(key, session);
    if (this.#byKey.size > this.#max) {
      const [oldest] = this.#byKey.keys();
      if (oldest !== undefined) this.#byKey.delete(oldest);
      this.evicted++;
    }
    return session;
  }
}

/** Coarse, so that a restart seldom moves the dates. */
const hourOf = (timeMs: number): number => timeMs - (timeMs % 3_600_000);

const seedOf = (key: string, secret: string): string =>
  createHmac('sha256', secret).update('decoy session\0').update(key).digest('hex');
