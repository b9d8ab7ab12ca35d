import { setTimeout as sleep } from 'node:timers/promises';
import type { Identity, Registry } from '../identities.ts';
import type { Pace } from '../pace.ts';
import {
  Connection,
  Person,
  type Reply,
  type Sending,
  type Service,
  type SocketMessage,
  type World,
} from '../person.ts';
import type { Random } from '../random.ts';
import { jsonEscaped, percentEncoded } from '../mutate/encode.ts';
import { Attempt } from './attempt.ts';

/** Somebody whose page an attacker wants to reach. */
export interface Victim {
  readonly identity: Identity;
  /** Loads the page where strangers' texts are shown, as its owner would. */
  look(path: string, query: Readonly<Record<string, string | number>>): Promise<Reply>;
}

export interface Scene {
  readonly world: World;
  readonly random: Random;
  readonly registry: Registry;
  readonly pace: Pace;
  /** Friends that have logged in, by service. */
  readonly accounts: Readonly<Record<Service, readonly Identity[]>>;
  /** Those of them whose passwords are tried. */
  readonly stuffed: Readonly<Record<Service, readonly Identity[]>>;
  readonly victims: Readonly<Record<Service, Victim>>;
  /** Live sessions of friends, for the attack that uses a leaked one. */
  readonly sessions: Readonly<Record<Service, () => ReadonlyMap<string, string> | undefined>>;
  /** Addresses that a botnet has. */
  readonly botnet: readonly string[];
  onRequest(): void;
}

export interface Attack {
  readonly name: string;
  /** Whether Seawall claims to stop it; what it does not claim is reported by name alone. */
  readonly isCovered: boolean;
  run(attacker: Attacker): Promise<void>;
}

const ANSWERS = new Set(['results', 'ok', 'error']);

/** An attacker at work: a person, and the record of what came back. */
export class Attacker {
  readonly scene: Scene;
  readonly random: Random;
  readonly attempt: Attempt;
  readonly #people: Person[] = [];

  constructor(scene: Scene, random: Random, attempt: Attempt) {
    this.scene = scene;
    this.random = random;
    this.attempt = attempt;
  }

  /** Some attackers sit behind the same address and browser as a friend. */
  stranger(service: Service, from: { address?: string; agent?: string } = {}): Person {
    const { scene, random } = this;
    const own = scene.registry.identity();
    const shared =
      random.chance(0.3) && scene.accounts[service].length > 0 ? random.pick(scene.accounts[service]) : own;
    const { address, agent, language } = { ...shared, ...from };
    const person = new Person(scene.world, { service, address, agent, language, pace: scene.pace });
    this.#people.push(person);
    return person;
  }

  /** A stranger who has signed up and in. */
  async member(service: Service): Promise<Person> {
    const person = this.stranger(service);
    const { user, password, name } = this.scene.registry.identity();
    if (service === 'chat') {
      this.#see(await person.get('/'));
      this.#see(await person.postJson('/api/signup', { user, password, name }));
      this.#see(await person.postJson('/api/login', { user, password }));
      this.#see(await person.get('/api/groups'));
    } else {
      this.#see(await person.get('/signup'));
      this.#see(await person.postForm('/signup', { user, password, name }));
      this.#see(await person.postForm('/login', { user, password }));
      this.#see(await person.get('/courses'));
    }
    return person;
  }

  #see(reply: Reply): Reply {
    this.scene.onRequest();
    return this.attempt.reply(reply);
  }

  async send(person: Person, sending: Sending): Promise<Reply> {
    await this.think();
    return this.#see(await person.send(sending));
  }

  get(person: Person, path: string, query: Readonly<Record<string, string | number>> = {}): Promise<Reply> {
    return this.send(person, { method: 'GET', target: person.target(path, query) });
  }

  /** A query parameter whose value is encoded in one of many ways. */
  getRaw(person: Person, path: string, name: string, value: string): Promise<Reply> {
    const { names } = this.scene.world.run;
    const target = `${names.path(path)}?${names.word(name)}=${percentEncoded(value, this.random)}`;
    return this.send(person, { method: 'GET', target });
  }

  postForm(
    person: Person,
    path: string,
    fields: Readonly<Record<string, string>>,
    query: Readonly<Record<string, string | number>> = {},
  ): Promise<Reply> {
    const { names } = this.scene.world.run;
    const pairs = Object.entries(fields).map(
      ([name, value]) => `${names.word(name)}=${percentEncoded(value, this.random)}`,
    );
    const target = person.target(path, query);
    return this.send(person, {
      method: 'POST',
      target,
      type: 'application/x-www-form-urlencoded',
      body: pairs.join('&'),
    });
  }

  postJson(person: Person, path: string, fields: Readonly<Record<string, string | number>>): Promise<Reply> {
    const target = person.target(path);
    return this.send(person, { method: 'POST', target, type: 'application/json', body: this.json(fields) });
  }

  json(fields: Readonly<Record<string, string | number>>): string {
    const { names } = this.scene.world.run;
    const pairs = Object.entries(fields).map(([name, value]) => {
      const written = typeof value === 'number' ? String(value) : jsonEscaped(value, this.random);
      return `"${names.word(name)}":${written}`;
    });
    return `{${pairs.join(',')}}`;
  }

  /** Says one thing over a WebSocket and waits for what comes back. */
  async say(person: Person, fields: Readonly<Record<string, string | number>>): Promise<SocketMessage | undefined> {
    await this.think();
    const answers: SocketMessage[] = [];
    const connection = await person.connect(0, (message) => {
      this.attempt.message(message);
      if (ANSWERS.has(String(message.fields.type))) answers.push(message);
    });
    this.scene.onRequest();
    if (!(connection instanceof Connection)) {
      this.attempt.reply(connection);
      return undefined;
    }
    connection.peer?.send(this.json(fields));
    for (let i = 0; i < 60 && !connection.isClosed && answers.length === 0; i++) await sleep(25);
    if (connection.isClosed) this.attempt.socketClosed();
    connection.close();
    return answers[0];
  }

  think(): Promise<void> {
    return sleep(this.random.between(20, 160));
  }

  leave(): void {
    for (const person of this.#people) person.leave();
  }
}
