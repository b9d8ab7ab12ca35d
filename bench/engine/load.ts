import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { spreadOf } from './measure.ts';
import { type Result, result } from './result.ts';

const LOAD_BAR_MS = 500;
const PROGRAM = join(import.meta.dirname, 'load-once.ts');

interface Taken {
  readonly loadThreadMs: number;
  readonly loadMs: number;
  readonly loadCpuMs: number;
  readonly warmThreadMs: number;
  readonly warmMs: number;
  readonly firstMs: number;
  readonly secondMs: number;
}

/** CRS 4 in a process that has just started: how long it takes until a worker may listen, and what the first requests then take. */
export async function measureLoad({ rounds }: { readonly rounds: number }): Promise<Result[]> {
  const taken: Taken[] = [];
  for (let round = 0; round < Math.min(rounds, 5); round++) {
    const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, PROGRAM]);
    taken.push(JSON.parse(stdout) as Taken); // of load-once.ts
  }
  const of = (name: keyof Taken) => spreadOf(taken.map((one) => one[name]));
  return [
    // The clock alone would measure what else the machine does.
    result('loading CRS 4, CPU of the main thread', 'ms', of('loadThreadMs'), LOAD_BAR_MS),
    result('loading CRS 4, clock', 'ms', of('loadMs')),
    result('loading CRS 4, CPU of all threads', 'ms', of('loadCpuMs')),
    result('warming it, CPU of the main thread', 'ms', of('warmThreadMs')),
    result('warming it, clock', 'ms', of('warmMs')),
    result('the first message after that', 'ms', of('firstMs')),
    result('the second', 'ms', of('secondMs')),
  ];
}
