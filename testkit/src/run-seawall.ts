import { spawn } from 'node:child_process';
import { REPOSITORY } from './docker.ts';

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly complaints: string;
}

/** Runs a `seawall` command to its end. */
export function runSeawall(args: readonly string[], timeoutMs = 30_000): Promise<Ran> {
  const child = spawn(process.execPath, ['scripts/run.mjs', 'seawall', ...args], {
    cwd: REPOSITORY,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let complaints = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const timer = setTimeout(() => child.kill('SIGTERM'), timeoutMs);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, out, complaints });
    });
  });
}
