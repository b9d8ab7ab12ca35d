import { mkdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { REPOSITORY } from '@seawall/testkit';
import { answers } from './probe.ts';
import { firstChild, Program, type Proxy } from './proxy.ts';
import type { SeawallRules } from './rules.ts';

const START_MS = 120_000;
const MAIN = join(REPOSITORY, 'apps/gateway/src/main.ts');

export interface SeawallOptions {
  readonly folder: string;
  readonly core: number;
  readonly backend: number;
  /** Absent = it inspects nothing. */
  readonly rules?: SeawallRules;
  readonly env?: Readonly<Record<string, string>>;
}

/** Seawall's gateway as it runs everywhere, a primary and one worker, both on the core that is measured. */
export async function startSeawall({ folder, core, backend, rules, env = {} }: SeawallOptions): Promise<Proxy> {
  mkdirSync(folder, { recursive: true });
  const inspecting =
    rules === undefined
      ? ['--mode', 'off']
      : [
          '--mode',
          'protect',
          '--inspect-answers',
          '--rules',
          rules.folder,
          ...rules.entry.flatMap((one) => ['--entry', one]),
        ];
  const args = [
    '--data',
    join(folder, 'data'),
    '--workers',
    '1',
    '--listen',
    '127.0.0.1:0',
    '--upstream',
    `127.0.0.1:${backend}`,
  ];
  const running = new Program({
    program: process.execPath,
    args: [...process.execArgv, MAIN, ...args, ...inspecting],
    core,
    env: { SEAWALL_LOG: 'warn', ...env },
  });
  try {
    const port = await running.until('listening', START_MS, () => portIn(running.output));
    await running.until('an answer', START_MS, () => answers(port));
    const worker = await running.until('a worker', START_MS, () => firstChild(running.pid));
    const inspects = rules !== undefined;
    const counts = new CacheCounts(join(folder, 'data/gateway-admin.sock'));
    return {
      port,
      worker,
      primary: running.pid,
      ...(inspects ? { cacheHitRate: () => counts.rate() } : {}),
      stop: () => running.stop(),
    };
  } catch (error) {
    await running.stop();
    throw error;
  }
}

function portIn(output: string): number | undefined {
  const line = output.split('\n').find((one) => one.includes('"listening"') && one.endsWith('}'));
  if (line === undefined) return undefined;
  return (JSON.parse(line) as { listeners: { port: number }[] }).listeners[0]?.port; // as docs/cli.md describes the line
}

/** A worker tells its counters twice a second. */
const TOLD_MS = 1200;

/** The counters of the value cache, as /metrics of the gateway's admin socket tells them. */
class CacheCounts {
  readonly #socket: string;
  #hits = 0;
  #misses = 0;

  constructor(socket: string) {
    this.#socket = socket;
  }

  async rate(): Promise<number | undefined> {
    await sleep(TOLD_MS);
    const text = await this.#metrics();
    const [hits, misses] = [counterIn(text, 'value_cache_hits'), counterIn(text, 'value_cache_misses')];
    const [known, asked] = [hits - this.#hits, hits - this.#hits + misses - this.#misses];
    [this.#hits, this.#misses] = [hits, misses];
    // Nothing was asked of a cache that is off.
    return asked === 0 ? 0 : known / asked;
  }

  #metrics(): Promise<string> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: this.#socket, path: '/metrics' }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        answer.once('end', () => resolve(text)).once('error', reject);
      });
      asked.once('error', reject).end();
    });
  }
}

export function counterIn(metrics: string, name: string): number {
  const value = new RegExp(`event="${name}"\\} (\\d+)`).exec(metrics)?.[1];
  if (value === undefined) throw new Error(`the gateway tells no ${name}`);
  return Number(value);
}
