import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { DecoyStep, PolicyParts, ServiceLikeness } from '@seawall/contract';
import { learnFrom, Seeded, type Question } from '@seawall/likeness';
import { Counters } from './counters.ts';
import type { Diversion } from './diversion.ts';
import { fault } from './faults.ts';
import { HttpConnection } from './http-connection.ts';
import type { DecoyLimits } from './limits.ts';
import { Sessions, type DecoySession } from './sessions.ts';

/** What is recorded of one step besides who took it. */
export interface Seen {
  readonly question: Question;
  readonly userAgent: string;
  readonly head: string;
  readonly status: number;
  readonly answer: string;
}

const MAX_TEXT = 8_192;
const MAX_ANSWER = 2_048;
const MAX_PATH = 512;
/** A disk that hangs must not show: the attacker would see the decoy stop. */
const RECORD_WAIT_MS = 500;

export interface DecoyOptions {
  readonly limits: DecoyLimits;
  /** Resolves when the step is on disk. */
  record(step: DecoyStep): Promise<void>;
  log(level: 'debug' | 'info' | 'warn' | 'error', text: string, facts?: Readonly<Record<string, unknown>>): void;
}

/** The process' heart: the policy in force, sessions, counters and connections. Construct, `listen`, `close`. */
export class Decoy {
  readonly limits: DecoyLimits;
  readonly counters = new Counters();
  readonly sessions: Sessions;
  readonly log: DecoyOptions['log'];
  readonly #record: DecoyOptions['record'];
  readonly #server: Server;
  readonly #connections = new Set<HttpConnection>();
  #secret: string | undefined;
  #likeness: ReadonlyMap<string, ServiceLikeness> = new Map();

  constructor(options: DecoyOptions) {
    this.limits = options.limits;
    this.log = options.log;
    this.#record = options.record;
    this.sessions = new Sessions(options.limits.maxSessions);
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  /** Until the first policy everybody is a stranger. */
  setPolicy(parts: Pick<PolicyParts, 'decoy' | 'likeness'>): void {
    this.#secret = parts.decoy.secret === '' ? undefined : parts.decoy.secret;
    this.#likeness = new Map(parts.likeness.map((one) => [one.service, one]));
  }

  get secret(): string | undefined {
    return this.#secret;
  }

  likenessOf(service: string): ServiceLikeness {
    return this.#likeness.get(service) ?? { service, answers: [] };
  }

  /** The port, once listening. */
  listen(address: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (cause) => reject(fault('decoy.cannot-listen', { address, port }, cause)));
      this.#server.listen(port, address, () => resolve((this.#server.address() as AddressInfo).port)); // a TCP server
    });
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections) connection.close();
    await closed;
  }

  #accept(socket: Socket): void {
    if (this.#connections.size >= this.limits.maxConnections) {
      this.counters.count('connections_refused');
      socket.destroy();
      return;
    }
    const connection = new HttpConnection(this, socket);
    this.#connections.add(connection);
    socket.once('close', () => this.#connections.delete(connection));
  }

  /** Milliseconds that this answer takes, by session and step: not the same for all, not random noise either. */
  latencyMs(session: DecoySession): number {
    const [low, high] = this.limits.latencyMs;
    return new Seeded(`${session.seed}\0${session.steps}`).whole(low, high);
  }

  /** Remembers a step and what it teaches; resolves when it is on disk, or after a bounded time. */
  async remember(diversion: Diversion, session: DecoySession, seen: Seen): Promise<void> {
    session.steps++;
    if (session.steps > this.limits.maxStepsPerSession) {
      this.counters.count('steps_over_limit');
      return;
    }
    const { question } = seen;
    const step: DecoyStep = {
      session: session.id,
      exchange: diversion.exchange,
      source: diversion.source,
      service: diversion.service,
      method: question.method.slice(0, 40),
      path: question.path.slice(0, MAX_PATH),
      head: seen.head.slice(0, MAX_TEXT),
      body: question.body.slice(0, MAX_TEXT),
      status: seen.status,
      answer: seen.answer.slice(0, MAX_ANSWER),
      learned: learnFrom(this.likenessOf(diversion.service), question, seen.userAgent, session.seed),
    };
    const kept = this.#record(step).then(
      () => this.counters.count('steps'),
      (error: unknown) => {
        this.counters.count('steps_lost');
        this.log('error', 'a step could not be kept', { error: String(error) });
      },
    );
    await Promise.race([kept, sleep(RECORD_WAIT_MS)]);
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
