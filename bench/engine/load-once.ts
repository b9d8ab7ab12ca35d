// Run by load.ts in a process of its own, so that nothing is compiled or cached yet: loads CRS, warms it up as a gateway does, and says what that took.
import { warmUp } from '../../apps/gateway/src/worker/warm-up.ts';
import { crsPolicy, loadPolicy } from './crs.ts';
import { judge } from './judge.ts';
import { VariedMix } from './varied-mix.ts';

const policy = await crsPolicy({ paranoia: 1, responseBody: true });
const mix = new VariedMix(7);
const [first, second] = [mix.make('message, JSON'), mix.make('message, JSON')];

const loaded = took(() => loadPolicy(policy));
const warmed = took(() => warmUp([loaded.value]));
const answered = [first, second].map((request) => took(() => judge(loaded.value, request)).threadMs);
console.log(
  JSON.stringify({
    loadThreadMs: loaded.threadMs,
    loadMs: loaded.wallMs,
    loadCpuMs: loaded.cpuMs,
    warmThreadMs: warmed.threadMs,
    warmMs: warmed.wallMs,
    firstMs: answered[0],
    secondMs: answered[1],
  }),
);

interface Took<T> {
  readonly value: T;
  readonly wallMs: number;
  /** Of this thread: what the clock would show on a machine that does nothing else. */
  readonly threadMs: number;
  /** Of all threads, V8's compilers and collectors included. */
  readonly cpuMs: number;
}

function took<T>(work: () => T): Took<T> {
  const [cpu, thread, wall] = [process.cpuUsage(), process.threadCpuUsage(), performance.now()];
  const value = work();
  const wallMs = performance.now() - wall;
  return { value, wallMs, threadMs: millis(process.threadCpuUsage(thread)), cpuMs: millis(process.cpuUsage(cpu)) };
}

function millis({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}
