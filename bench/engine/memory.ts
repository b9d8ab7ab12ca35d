import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSmallService } from '@seawall/testkit';
import { Bed, routesFor, serviceOf } from '../../apps/gateway/src/testing/bed.ts';
import { crsPolicy, RULE_SET } from './crs.ts';
import type { Request } from './requests.ts';
import { type Result, result } from './result.ts';
import { SHAPES, VariedMix } from './varied-mix.ts';

const MEMORY_BAR_MB = 80;
const REQUESTS = 6000;
const AT_ONCE = 16;
/** The thread for large bodies begins 5 s after the policy and then compiles the rules for itself. */
const SETTLE_MS = 9000;
const MIB = 1_048_576;

interface Memory {
  readonly resident: number;
  /** Shared pages divided among those that share them. */
  readonly proportional: number;
}

/** A real worker with CRS 4 after some thousand requests, and a bare Node beside it. */
export async function measureMemory({ seed }: { readonly seed: number }): Promise<Result[]> {
  const bare = await bareNode();
  const inline = await workerMemory(seed, 65_536);
  const threaded = await workerMemory(seed, MIB);
  const one = (name: string, mb: number, bar?: number) => result(name, 'MB', { median: mb, low: mb, high: mb }, bar);
  return [
    one('bare Node, resident', bare.resident),
    one('worker, resident', inline.resident),
    one('worker above Node, resident', inline.resident - bare.resident, MEMORY_BAR_MB),
    one('worker above Node, proportional', inline.proportional - bare.proportional),
    one('the same, with a thread for large bodies', threaded.resident - bare.resident, MEMORY_BAR_MB),
    one('that proportional', threaded.proportional - bare.proportional),
  ];
}

async function bareNode(): Promise<Memory> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1e6)'], { stdio: 'ignore' });
  try {
    await sleep(1000);
    return memoryOf(child.pid ?? 0);
  } finally {
    child.kill();
  }
}

async function workerMemory(seed: number, maxInspectedBodyBytes: number): Promise<Memory> {
  const service = await startSmallService('Thank you, we have got it.');
  let bed: Bed | undefined;
  try {
    const rules = await crsPolicy({ paranoia: 1, responseBody: true });
    const routes = routesFor(serviceOf('shop', [service.port], { decoy: false }), {
      ruleSet: RULE_SET,
      maxInspectedBodyBytes,
    });
    bed = await Bed.start({ workers: 1, parts: { rules, routes } });
    await browse(bed.port, new VariedMix(seed));
    await sleep(SETTLE_MS);
    const [worker] = bed.workerPids();
    return memoryOf(worker ?? 0);
  } finally {
    await bed?.stop();
    await service.close();
  }
}

async function browse(port: number, mix: VariedMix): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let sent = 0;
  const oneAfterAnother = async (): Promise<void> => {
    while (sent < REQUESTS) {
      const shape = SHAPES[sent++ % SHAPES.length] ?? SHAPES[0];
      const status = await send(agent, port, mix.make(shape));
      if (status !== 200) throw new Error(`${shape} was answered ${status}, and is to pass`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, oneAfterAnother));
  agent.destroy();
}

function send(agent: Agent, port: number, { head, body }: Request): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = Object.fromEntries(head.fields);
    const asked = request(
      { agent, host: '127.0.0.1', port, method: head.method, path: head.target, headers },
      (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode)).once('error', reject);
      },
    );
    asked.once('error', reject).end(Buffer.from(body, 'latin1'));
  });
}

/** MB (2^20 bytes) of one process, from /proc/PID/smaps_rollup. */
function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
  const mb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) / 1024;
  return { resident: mb('Rss'), proportional: mb('Pss') };
}
