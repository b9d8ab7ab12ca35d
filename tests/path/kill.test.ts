// kill -9 of any process at any moment loses no committed finding, action or audit row - and what need not notice does not.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, get, startPlatform, until, type Platform } from '@seawall/testkit';

const ATTACKS = [
  "/api/search?q=1'+union+select+password,name+from+users--+",
  '/files?name=../../../../../../etc/passwd',
  '/?text=%3Cscript%3Ealert(document.cookie)%3C/script%3E',
];
const HOSTS = ['chat.localhost', 'campus.localhost'];
/** These stand beside the path: nobody who uses a service may notice. */
const BESIDE = ['server', 'decoy', 'responder'];
const ON_THE_PATH = ['gateway', 'worker', 'chat-1', 'campus-1'];
const TIMES = 3;
const PAUSE_MS = 1500;

const onLinux = process.platform === 'linux' ? false : 'workers are found in /proc, which only Linux has';

test('kill -9 at random under load', { skip: onLinux }, async () => {
  const seed = randomInt(1, 2 ** 31);
  process.stdout.write(`seed of the kills: ${seed}\n`);
  const random = randomOf(seed);
  const data = mkdtempSync(join(tmpdir(), 'seawall-kill-'));
  const args = ['--no-dashboard', '--no-traffic'];
  let platform = await startPlatform(args, { data });
  const load = new Load(platform);
  try {
    load.start();
    await sleep(1000);
    const first = new Map(platform.pids());
    await killEach(platform, BESIDE, random);
    load.check();
    load.onPath = true;
    await killEach(platform, ON_THE_PATH, random);
    await until(
      'the services answer again',
      () => load.friendly(),
      (status) => status === 200,
      15_000,
    );
    await load.stop();
    await until(
      'every killed process runs again',
      () => stillDown(platform, first),
      (down) => down.length === 0,
      20_000,
    );
    // Last of all the supervisor: what it had started is ended and started again by the next one.
    process.kill(Number.parseInt(readFileSync(join(data, 'lock'), 'utf8'), 10), 'SIGKILL');
    await platform.ended;
    platform = await startPlatform(args, { data });
    await nothingIsLost(platform, load);
  } finally {
    await load.stop();
    await platform.stop();
    rmSync(data, { recursive: true });
  }
});

async function killEach(platform: Platform, names: readonly string[], random: () => number): Promise<void> {
  const turns = Array.from({ length: TIMES }, () => names).flat();
  for (const name of shuffled(turns, random)) {
    await sleep(PAUSE_MS * (0.5 + random()));
    const gateway = platform.pids().get('gateway') ?? 0;
    const pids = name === 'worker' ? childrenOf(gateway) : [platform.pids().get(name)];
    const pid = pids[Math.floor(random() * pids.length)];
    // A process that is being started again after the kill before has no pid yet: that moment is tested, too.
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }
}

function stillDown(platform: Platform, first: ReadonlyMap<string, number>): readonly string[] {
  const now = platform.pids();
  const killed = [...BESIDE, ...ON_THE_PATH].filter((name) => name !== 'worker');
  return killed.filter((name) => !now.has(name) || now.get(name) === first.get(name));
}

async function nothingIsLost(platform: Platform, load: Load): Promise<void> {
  process.stdout.write(
    `block pages ${load.pages.size}, actions ${load.actions.size}, friendly requests ${load.friends}\n`,
  );
  assert.ok(load.pages.size > 30 && load.actions.size > 3 && load.friends > 50);
  for (const id of load.pages) {
    await until(
      `finding ${id}`,
      () => platform.api(`/findings/${id}`),
      () => true,
      20_000,
    );
  }
  for (const id of load.actions) await platform.api(`/actions/${id}`);
  assert.equal((await platform.api<{ ok: boolean }>('/audit/verify')).ok, true);
  const asked = await auditRows(platform, 'action.request');
  assert.ok(asked >= load.actions.size, `audit rows of requests: ${asked} for ${load.actions.size} actions`);
}

async function auditRows(platform: Platform, what: string): Promise<number> {
  interface Page {
    readonly rows: readonly { readonly what: string }[];
    readonly next: string | null;
  }
  let count = 0;
  let cursor = '';
  do {
    const page = await platform.api<Page>(`/audit?limit=500${cursor}`);
    count += page.rows.filter((row) => row.what === what).length;
    cursor = page.next === null ? '' : `&cursor=${encodeURIComponent(page.next)}`;
  } while (cursor !== '');
  return count;
}

/** A few friends, attackers and an operator; remembers everything that somebody was promised. */
class Load {
  /** Ids on block pages that a client received. */
  readonly pages = new Set<string>();
  /** Actions that the API answered. */
  readonly actions = new Set<string>();
  /** What went wrong while only processes beside the path were killed. */
  readonly #harmed: string[] = [];
  friends = 0;
  onPath = false;
  readonly #platform: Platform;
  readonly #port: number;
  #attackers = 0;
  #running: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#port = Number(new URL(platform.ready.routes[0]?.address ?? '').port);
  }

  start(): void {
    const turns = [() => this.#befriend(), () => this.#befriend(), () => this.#attack(), () => this.#attack()];
    this.#running = Promise.all([...turns, () => this.#operate()].map((turn) => this.#again(turn)));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  check(): void {
    assert.deepEqual(this.#harmed, []);
  }

  async friendly(): Promise<number> {
    const statuses = await Promise.all(HOSTS.map(async (host) => (await get(this.#port, '/', host)).status));
    return Math.max(...statuses) === 200 ? Math.min(...statuses) : 0;
  }

  async #again(turn: () => Promise<void>): Promise<void> {
    while (!this.#stopped) {
      await turn();
      await sleep(80);
    }
  }

  async #befriend(): Promise<void> {
    const status = await this.friendly();
    if (status === 200) this.friends++;
    else this.#note(`a friend got ${status}`);
  }

  /** Each attacker is new: one that attacked before may talk to the decoy by now. */
  async #attack(): Promise<void> {
    const number = ++this.#attackers;
    const from = `127.80.${number >> 8}.${number & 255}`;
    const target = ATTACKS[number % ATTACKS.length] ?? '';
    const page = await get(this.#port, target, HOSTS[number % HOSTS.length], { from, timeoutMs: 5000 });
    if (page.status === 403 && page.incident !== undefined) this.pages.add(page.incident);
    else this.#note(`${target} got ${page.status}`);
    await get(this.#port, '/', HOSTS[number % HOSTS.length], { from, timeoutMs: 5000 });
  }

  async #operate(): Promise<void> {
    const address = `127.90.0.${(this.actions.size % 250) + 1}`;
    const body = {
      kind: 'block',
      target: { kind: 'source', source: { kind: 'address', address } },
      reason: 'test of a crash',
      durationSeconds: 60,
    };
    try {
      const action = await this.#platform.api<{ id: string }>('/actions', { method: 'POST', body });
      this.actions.add(action.id);
    } catch {
      // The server is down at the moment: nothing was promised.
    }
    await sleep(400);
  }

  #note(text: string): void {
    if (!this.onPath) this.#harmed.push(text);
  }
}

/** mulberry32: small, and the same for a seed everywhere. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  return values
    .map((value) => ({ value, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ value }) => value);
}
