import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildCoraza, startCoraza } from './coraza.ts';
import { cpuTimeMicros } from './cpu-time.ts';
import { type NeedName, obtain } from './needs.ts';
import { startNginx } from './nginx.ts';
import { type Options, secondsOf } from './options.ts';
import { INJECTION, statusOf } from './probe.ts';
import type { Proxy } from './proxy.ts';
import { type Measured, type Name, type Sample, summaryOf } from './rows.ts';
import { type RulesSetting, writeModSecurityRules, writeSeawallRules } from './rules.ts';
import { startSeawall } from './seawall.ts';
import { type Mix, runWrk, whyVoid } from './wrk.ts';

const PROXY_CORE = 0;
const LOAD_CORE = 1;
const WARM_SECONDS = 2;

type Say = (text: string) => void;

interface Watch {
  readonly say: Say;
  /** What one setting showed, as soon as it is known. */
  readonly onMeasured: (measured: readonly Measured[]) => void;
  /** The bench is to end: nothing more is started or measured. */
  readonly signal: AbortSignal;
}

/** Everything that was asked for; what is started is ended and what is written is removed, whatever happens. */
export async function runAll(options: Options, watch: Watch): Promise<Measured[]> {
  obtain(needsOf(options.names));
  const corazaProgram = options.names.includes('coraza') ? await buildCoraza() : '';
  const folder = mkdtempSync(join(tmpdir(), 'seawall-bench-waf-'));
  const measured: Measured[] = [];
  let backend: Proxy | undefined;
  try {
    backend = await startNginx({ folder: join(folder, 'backend'), core: LOAD_CORE });
    const place = { folder, backend: backend.port, corazaProgram };
    for (const paranoia of options.paranoia) {
      for (const responseBody of options.bodies) {
        const setting = { paranoia, responseBody };
        const some = await runSetting(options, { ...place, ...watch, setting });
        watch.onMeasured(some);
        measured.push(...some);
      }
    }
    return measured;
  } finally {
    await backend?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function needsOf(names: readonly Name[]): NeedName[] {
  const needs: NeedName[] = ['taskset', 'wrk', 'nginx', 'go'];
  if (names.includes('nginx-modsecurity')) needs.push('modsecurity');
  return needs;
}

interface Place extends Watch {
  readonly folder: string;
  readonly backend: number;
  readonly corazaProgram: string;
  readonly setting: RulesSetting;
}

async function runSetting(options: Options, place: Place): Promise<Measured[]> {
  const { setting, say } = place;
  say(
    `paranoia ${setting.paranoia}, response bodies ${setting.responseBody ? 'on' : 'off'}: starting ${options.names.join(', ')} ...`,
  );
  const proxies = new Map<Name, Proxy>();
  try {
    for (const name of options.names) {
      place.signal.throwIfAborted();
      const proxy = await start(name, place);
      proxies.set(name, proxy);
      await mustRefuse(name, proxy);
    }
    return await takeTurns(options, proxies, place);
  } finally {
    for (const proxy of proxies.values()) await proxy.stop();
  }
}

async function start(name: Name, { folder: root, backend, corazaProgram, setting }: Place): Promise<Proxy> {
  const folder = join(root, `${name}-${setting.paranoia}-${setting.responseBody ? 'on' : 'off'}`);
  const common = { folder, backend, core: PROXY_CORE };
  switch (name) {
    case 'nginx-bare':
      return startNginx(common);
    case 'nginx-modsecurity':
      return startNginx({ ...common, rulesFile: await writeModSecurityRules(`${folder}-rules`, setting) });
    case 'coraza':
      return startCoraza({ ...common, program: corazaProgram, setting });
    case 'seawall-bare':
      return startSeawall(common);
    case 'seawall':
      return startSeawall({ ...common, rules: await writeSeawallRules(`${folder}-rules`, setting) });
    case 'seawall-no-cache': {
      const rules = await writeSeawallRules(`${folder}-rules`, setting);
      return startSeawall({ ...common, rules, env: { SEAWALL_VALUE_CACHE: 'off' } });
    }
    default:
      return name satisfies never;
  }
}

/** A proxy that inspects nothing would win every round. */
async function mustRefuse(name: Name, { port }: Proxy): Promise<void> {
  const wanted = inspects(name) ? 403 : 200;
  const status = await statusOf(port, INJECTION);
  if (status !== wanted) throw new Error(`${name} answers ${status} to ${INJECTION}, and is to answer ${wanted}`);
}

function inspects(name: Name): boolean {
  return !name.endsWith('-bare');
}

async function takeTurns(
  options: Options,
  proxies: ReadonlyMap<Name, Proxy>,
  { setting, say, signal }: Place,
): Promise<Measured[]> {
  const seconds = secondsOf(options, setting.paranoia, setting.responseBody);
  const samples = new Map<string, Sample[]>();
  for (const [name, proxy] of proxies)
    for (const mix of options.mixes) await runOne({ name, proxy, mix, seconds: WARM_SECONDS, signal });
  for (let round = 1; round <= options.rounds; round++) {
    for (const mix of options.mixes) {
      for (const [name, proxy] of proxies) {
        const sample = await runOne({ name, proxy, mix, seconds, signal });
        const key = `${name} ${mix}`;
        samples.set(key, [...(samples.get(key) ?? []), sample]);
        say(`  round ${round}, ${mix}, ${name}: ${(sample.workerMicros / sample.requests).toFixed(1)} us`);
      }
    }
  }
  return options.mixes.flatMap((mix) =>
    [...proxies.keys()].map((name) => ({
      name,
      mix,
      ...setting,
      summary: summaryOf(samples.get(`${name} ${mix}`) ?? []),
    })),
  );
}

interface Turn {
  readonly signal: AbortSignal;
  readonly name: Name;
  readonly proxy: Proxy;
  readonly mix: Mix;
  readonly seconds: number;
}

async function runOne({ name, proxy, mix, seconds, signal }: Turn): Promise<Sample> {
  const { port, worker, primary } = proxy;
  await proxy.cacheHitRate?.();
  const micros = (pid: number | undefined) => (pid === undefined ? 0 : cpuTimeMicros(pid));
  const before = [micros(worker), micros(primary)] as const;
  const told = await runWrk({ mix, port, seconds, core: LOAD_CORE, signal });
  const [workerMicros, primaryMicros] = [micros(worker) - before[0], micros(primary) - before[1]];
  const why = whyVoid(mix, told, inspects(name));
  if (why !== undefined) throw new Error(`the ${mix} mix through ${name} is void: ${why}`);
  const cacheHitRate = await proxy.cacheHitRate?.();
  if (name === 'seawall-no-cache' && cacheHitRate !== 0)
    throw new Error('the value cache was to be off, and it answered');
  return { ...told, workerMicros, primaryMicros, cacheHitRate };
}
