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
const answered = [first, second].map((request) => took(() => judge(loaded.value, request)).wallMs);
console.log(
  JSON.stringify({
    loadMs: loaded.wallMs,
    loadCpuMs: loaded.cpuMs,
    warmMs: warmed.wallMs,
    warmCpuMs: warmed.cpuMs,
    firstMs: answered[0],
    secondMs: answered[1],
  }),
);

function took<T>(work: () => T): { readonly value: T; readonly wallMs: number; readonly cpuMs: number } {
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  const value = work();
  const wallMs = performance.now() - wall;
  const { user, system } = process.cpuUsage(cpu);
  return { value, wallMs, cpuMs: (user + system) / 1000 };
}
