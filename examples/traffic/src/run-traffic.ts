/** One run: friends live, attackers attack, and the report tells who got what. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAddress, type Address } from '../../ground/src/address.ts';
import { Run, type RunFile } from '../../ground/src/run-file.ts';
import { Attempt } from './attack/attempt.ts';
import { Attacker, type Attack, type Scene, type Victim } from './attack/scene.ts';
import { ATTACKS } from './attack/attacks.ts';
import { Registry } from './identities.ts';
import { liveInChat } from './friend/chat-friend.ts';
import { studyAtCampus, teachAtCampus } from './friend/campus-friend.ts';
import { converse } from './friend/conversation.ts';
import { Friend, type Plaza } from './friend/friend.ts';
import { Pace, StallMeter } from './pace.ts';
import { hasLoopbackAddresses, type Service, type World } from './person.ts';
import { Random } from './random.ts';
import { Tally, type TrafficReport } from './tally.ts';

/** Where requests go: one gateway for all, or the services' own addresses, taken in turn. */
export type Destination = string | Readonly<Record<Service, readonly string[]>>;

export interface TrafficOptions {
  readonly gateway: Destination;
  readonly run: RunFile;
  readonly seconds: number;
  /** Friendly people; default 24. */
  readonly friends?: number;
  readonly seed?: number;
  /** Names of attacks; default all, none for an empty list. */
  readonly attacks?: readonly string[];
  /** Requests per second of everybody together; default 60. */
  readonly rate?: number;
  readonly onProgress?: (line: string) => void;
}

const ATTACKERS_AT_ONCE = 5;
const BOTNET = 24;
/** The first round of attacks is finished even when it takes this much longer than the run. */
const MAX_OVERTIME_MS = 20_000;

/** Accounts that are there from the start; their codes are as good as canaries. */
const RESIDENTS = Array.from({ length: 60 }, (_unused, index) => [
  `resident${index + 1}`,
  `student${index + 1}`,
]).flat();

export async function runTraffic(options: TrafficOptions): Promise<TrafficReport> {
  const { seed = Math.floor(Math.random() * 2 ** 31), rate = 60, seconds } = options;
  const chosen = ATTACKS.filter(({ name }) => options.attacks?.includes(name) ?? true);
  const random = new Random(seed);
  const stalls = new StallMeter();
  const began = performance.now();
  const world: World = {
    gateway: destinationOf(options.gateway),
    run: new Run(options.run),
    stalls,
    hasAddresses: await hasLoopbackAddresses(),
  };
  const tally = new Tally();
  const end = began + seconds * 1000;
  const share = chosen.length > 0 ? 0.6 : 1;
  const plaza: Plaza = { world, tally, pace: new Pace(rate * share), isOver: () => performance.now() >= end };
  const registry = new Registry(random.fork());
  const friends = makeFriends(plaza, registry, random, options.friends ?? 24);
  const living = live(friends, options.onProgress);
  if (chosen.length > 0) {
    await sleep(Math.min(5000, seconds * 150));
    const scene = makeScene(plaza, registry, random, new Pace(rate * (1 - share)), friends);
    await attackAll(scene, tally, chosen, end, options.onProgress);
  }
  await living;
  for (const friend of friends.all) friend.person.leave();
  stalls.stop();
  return tally.report((performance.now() - began) / 1000, seed);
}

function destinationOf(gateway: Destination): (service: Service) => Address {
  if (typeof gateway === 'string') {
    const address = onLoopback(gateway);
    return () => address;
  }
  const lists = { chat: gateway.chat.map(onLoopback), campus: gateway.campus.map(onLoopback) };
  let turn = 0;
  return (service) => {
    const list = lists[service];
    const address = list[turn++ % list.length];
    if (address === undefined) throw new Error(`no address for ${service}`);
    return address;
  };
}

/** Attacks go nowhere but to this machine. */
function onLoopback(text: string): Address {
  const address = parseAddress(text);
  if (!/^(127\.|localhost$|::1$)/.test(address.host)) throw new Error(`${text} is not an address of this machine`);
  return address;
}

interface Friends {
  readonly chat: readonly Friend[];
  readonly campus: readonly Friend[];
  readonly teacher: Friend;
  readonly all: readonly Friend[];
}

function makeFriends(plaza: Plaza, registry: Registry, random: Random, count: number): Friends {
  const make = (service: Service): Friend => new Friend(plaza, service, registry.identity(), random.fork());
  const chat = Array.from({ length: Math.max(2, Math.ceil(count / 2)) }, () => make('chat'));
  const campus = Array.from({ length: Math.max(1, Math.floor(count / 2) - 1) }, () => make('campus'));
  const staff = { ...registry.identity(), ...plaza.world.run.file.teacher };
  const teacher = new Friend(plaza, 'campus', staff, random.fork());
  return { chat, campus, teacher, all: [...chat, ...campus, teacher] };
}

async function live(friends: Friends, onProgress?: (line: string) => void): Promise<void> {
  const pairs = Math.floor(friends.chat.length / 4);
  const talkers = friends.chat.slice(0, pairs * 2);
  const arrive = async (friend: Friend): Promise<void> => {
    await sleep(friend.random.between(0, 1500));
    if (friend !== friends.teacher) await friend.signUp();
    await friend.logIn();
  };
  await Promise.all([
    ...Array.from({ length: pairs }, async (_unused, index) => {
      const [one, other] = talkers.slice(index * 2, index * 2 + 2);
      if (!one || !other) return;
      await Promise.all([arrive(one), arrive(other)]);
      await converse(one, other);
    }),
    ...friends.chat.slice(pairs * 2).map(async (friend) => {
      await arrive(friend);
      await liveInChat(friend, friends.chat);
    }),
    ...friends.campus.map(async (friend) => {
      await arrive(friend);
      await studyAtCampus(friend);
    }),
    arrive(friends.teacher).then(() => teachAtCampus(friends.teacher)),
  ]);
  onProgress?.('friends have gone home');
}

function makeScene(plaza: Plaza, registry: Registry, random: Random, pace: Pace, friends: Friends): Scene {
  const loggedIn = (list: readonly Friend[]) =>
    list.filter((friend) => friend.hasLoggedIn).map(({ identity }) => identity);
  // Mostly people who log out and in again, so that a locked account would harm somebody.
  const stuffed = (list: readonly Friend[]) => loggedIn([...list.slice(0, 1), ...list.slice(-3)]);
  const lastChat = friends.chat.at(-1) ?? friends.teacher;
  const lastCampus = friends.campus.at(-1) ?? friends.teacher;
  return {
    world: plaza.world,
    random,
    registry,
    pace,
    accounts: { chat: loggedIn(friends.chat), campus: loggedIn(friends.campus) },
    stuffed: { chat: stuffed(friends.chat), campus: stuffed(friends.campus) },
    victims: { chat: victim(plaza, registry, random, 'chat'), campus: victim(plaza, registry, random, 'campus') },
    sessions: { chat: () => lastChat.person.cookies, campus: () => lastCampus.person.cookies },
    botnet: Array.from({ length: BOTNET }, () => registry.address()),
    onRequest: () => plaza.tally.hostileRequest(),
  };
}

/** Somebody friendly who opens the page where an attacker has just left something. */
function victim(plaza: Plaza, registry: Registry, random: Random, service: Service): Victim {
  const friend = new Friend(plaza, service, registry.identity(), random.fork());
  const arrival = friend.signUp().then(() => friend.logIn());
  return {
    identity: friend.identity,
    look: async (path, query) => {
      await arrival;
      return friend.check(`${service}: look at ${path}`, friend.person.get(path, query));
    },
  };
}

async function attackAll(
  scene: Scene,
  tally: Tally,
  attacks: readonly Attack[],
  end: number,
  onProgress?: (line: string) => void,
) {
  const { canaries } = scene.world.run.file;
  const codes = (['chat', 'campus'] as const).flatMap((service) =>
    [...RESIDENTS, ...scene.accounts[service].map(({ user }) => user)].map((user) =>
      scene.world.run.recoveryCode(service, user),
    ),
  );
  const loot = new Set<string>([...Object.values(canaries), ...codes]);
  const queue: Attack[] = [...scene.random.shuffle(attacks)];
  let left = queue.length;
  const work = async (): Promise<void> => {
    for (;;) {
      const isFirstRound = left > 0;
      if (performance.now() >= (isFirstRound ? end + MAX_OVERTIME_MS : end)) return;
      const attack = queue.shift();
      if (!attack) return;
      queue.push(attack);
      left--;
      const attempt = new Attempt(loot);
      const attacker = new Attacker(scene, scene.random.fork(), attempt);
      await attack.run(attacker);
      attacker.leave();
      tally.attack(attack.name, attack.isCovered, attempt);
      const result = attempt.gotData
        ? 'GOT DATA'
        : attempt.diverted
          ? 'diverted'
          : attempt.stopped
            ? 'stopped'
            : 'nothing';
      onProgress?.(`${attack.name}: ${result}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(ATTACKERS_AT_ONCE, queue.length) }, work));
}
