import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const MIXES = ['varied', 'repeated', 'attack'] as const;
export type Mix = (typeof MIXES)[number];

const SCRIPTS: Readonly<Record<Mix, string>> = {
  varied: 'mix-varied.lua',
  repeated: 'mix.lua',
  attack: 'mix-attack.lua',
};

export interface Told {
  readonly requests: number;
  readonly seconds: number;
  /** Answers with a status of 400 or above. */
  readonly refused: number;
  /** Connections that failed to open, read or write, and requests that were not answered in time. */
  readonly broken: number;
}

export interface WrkOptions {
  readonly mix: Mix;
  readonly port: number;
  readonly seconds: number;
  readonly core: number;
  readonly signal: AbortSignal;
}

const CONNECTIONS = 16;

export async function runWrk({ mix, port, seconds, core, signal }: WrkOptions): Promise<Told> {
  const script = join(import.meta.dirname, SCRIPTS[mix]);
  const load = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '-s', script, `http://127.0.0.1:${port}`];
  const { stdout } = await promisify(execFile)('taskset', ['-c', String(core), 'wrk', ...load], { signal });
  return readTold(stdout);
}

/** The line that report.lua writes, among what wrk itself says. */
export function readTold(output: string): Told {
  const line = output.split('\n').find((one) => one.startsWith('{"requests":'));
  if (line === undefined) throw new Error(`wrk ended without a report: ${output}`);
  const { requests, seconds, refused, connect, read, write, timeout } = JSON.parse(line) as Record<string, number>;
  const told = [requests, seconds, refused, connect, read, write, timeout];
  if (!told.every((value) => typeof value === 'number')) throw new Error(`the report of wrk lacks a figure: ${line}`);
  const [all = 0, took = 0, above = 0, ...faults] = told as number[]; // every one was just seen to be a number
  return { requests: all, seconds: took, refused: above, broken: faults.reduce((sum, one) => sum + one, 0) };
}

/** Every tenth place of the attack mix holds an attack. */
const PLACES = 10;
/** Sixteen connections finish out of order, so that the ends of a run are off by a few; a kind of attack that passes is off by one in 140. */
const UNCERTAIN = 4;

/** Why the figures of a run mean nothing, in words; undefined = they count. */
export function whyVoid(mix: Mix, { requests, refused, broken }: Told, inspects: boolean): string | undefined {
  if (requests === 0) return 'not one request was answered';
  if (broken > 0) return `${broken} of ${requests} requests met a broken connection or no answer in time`;
  if (mix !== 'attack' || !inspects) {
    return refused === 0 ? undefined : `${refused} of ${requests} requests were refused, and all are to pass`;
  }
  const attacks = Math.round(requests / PLACES);
  if (Math.abs(refused - attacks) <= UNCERTAIN) return undefined;
  return `${refused} of ${requests} requests were refused, and it is to be ${attacks}: the attacks and nothing else`;
}
