/** A friendly person: does what people do, and checks each answer against what the service itself would give. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Identity } from '../identities.ts';
import type { Pace } from '../pace.ts';
import { Person, type Reply, type Service, type World } from '../person.ts';
import type { Random } from '../random.ts';
import type { Tally } from '../tally.ts';

/** An answer may come this much later than such answers usually do. */
const MAX_DELAY_MS = 1000;

export interface Plaza {
  readonly world: World;
  readonly tally: Tally;
  readonly pace: Pace;
  readonly isOver: () => boolean;
}

export interface Expected {
  readonly status?: number;
  /** Must stand in the answer. */
  readonly includes?: string;
  readonly holds?: (reply: Reply) => boolean;
}

export class Friend {
  readonly plaza: Plaza;
  readonly identity: Identity;
  readonly service: Service;
  readonly random: Random;
  readonly person: Person;
  hasLoggedIn = false;

  constructor(plaza: Plaza, service: Service, identity: Identity, random: Random) {
    this.plaza = plaza;
    this.service = service;
    this.identity = identity;
    this.random = random;
    const { address, agent, language } = identity;
    this.person = new Person(plaza.world, { service, address, agent, language, pace: plaza.pace });
  }

  get isOver(): boolean {
    return this.plaza.isOver();
  }

  think(): Promise<void> {
    return sleep(this.random.between(80, 700));
  }

  async check(what: string, sent: Promise<Reply>, expected: Expected = {}): Promise<Reply> {
    const reply = await sent;
    this.plaza.tally.friendly(reply.ms);
    const why = fault(reply, expected, usual(what, reply.ms));
    if (why !== undefined) this.harmed(what, why, reply);
    return reply;
  }

  harmed(what: string, why: string, { status = 0, ms = 0, text = '' }: Partial<Reply> = {}): void {
    const who = `${this.identity.user} at ${this.identity.address}`;
    this.plaza.tally.harmed({ who, what, why, status, ms: Math.round(ms), answer: text });
  }

  async signUp(): Promise<void> {
    const { user, password, name } = this.identity;
    if (this.service === 'chat') {
      await this.check('chat: first page', this.person.get('/'), { includes: 'Town chat' });
      await this.check('chat: sign up', this.person.postJson('/api/signup', { user, password, name }), { status: 201 });
    } else {
      await this.check('campus: first page', this.person.get('/'), { includes: 'Open campus' });
      await this.check('campus: sign up', this.person.postForm('/signup', { user, password, name }), { status: 303 });
    }
  }

  async logIn(): Promise<void> {
    const { user, password } = this.identity;
    const isIn = { holds: () => this.person.isSignedIn };
    // People mistype: one wrong attempt before the right one is no attack.
    if (this.random.chance(0.1)) await this.#attemptLogIn(`${password}x`, { status: 401 });
    if (this.service === 'chat') await this.#attemptLogIn(password, { ...isIn, includes: user });
    else await this.#attemptLogIn(password, { ...isIn, status: 303 });
    this.hasLoggedIn = true;
  }

  async #attemptLogIn(password: string, expected: Expected): Promise<void> {
    const { user } = this.identity;
    const sent =
      this.service === 'chat'
        ? this.person.postJson('/api/login', { user, password })
        : this.person.postForm('/login', { user, password });
    await this.check(`${this.service}: log in`, sent, expected);
  }

  async logOut(): Promise<void> {
    if (this.service === 'chat') await this.check('chat: log out', this.person.postJson('/api/logout', {}));
    else await this.check('campus: log out', this.person.postForm('/logout', {}), { status: 303 });
    this.person.takeCookies(new Map());
  }
}

function fault(reply: Reply, { status = 200, includes, holds }: Expected, usualMs: number): string | undefined {
  if (reply.isLost) return 'no answer';
  if (!reply.isGenuine) return "not the service's own answer";
  if (reply.status !== status) return `status ${reply.status} instead of ${status}`;
  if (includes !== undefined && !reply.text.includes(includes)) return `"${includes}" is missing`;
  if (holds !== undefined && !holds(reply)) return 'the content is not what was expected';
  if (reply.ms > usualMs + MAX_DELAY_MS) return `late: ${Math.round(reply.ms)} ms instead of ${Math.round(usualMs)}`;
  return undefined;
}

const usualTimes = new Map<string, number>();

/** A running mean per kind of request; slow answers count little, so that they do not become usual. */
function usual(what: string, ms: number): number {
  const known = usualTimes.get(what) ?? 0;
  usualTimes.set(what, known + (Math.min(ms, 200) - known) / 10);
  return known;
}
