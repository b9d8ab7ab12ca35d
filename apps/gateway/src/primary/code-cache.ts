import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const COMPILE_TIMEOUT_MS = 20_000;

/**
 * Flags of a worker. What it makes for one request dies young. Node's own bound, which grows with the machine, lets memory double; with
 * less room than this, requests that are under way are promoted and collected at several times the price.
 */
export const WORKER_FLAGS: readonly string[] = ['--max-semi-space-size=16'];

/** Where Node keeps the workers' compiled code; one that Node was told of is taken. */
export function codeCacheOf(data: string): string {
  return process.env['NODE_COMPILE_CACHE'] ?? join(data, 'compiled');
}

/**
 * Compiles the workers' program once, before the first of them starts: a worker that finds it compiled starts sooner, and does not load
 * the compiler, which takes 20 MB of memory for ever. When this fails, workers compile for themselves.
 */
export async function fillCodeCache(folder: string, program: string): Promise<string | undefined> {
  if (existsSync(folder)) return undefined;
  const text = `await import(${JSON.stringify(pathToFileURL(program).href)}); process.exit(0);`;
  const args = [...process.execArgv, ...WORKER_FLAGS, '--input-type=module', '--eval', text];
  try {
    await run(process.execPath, args, {
      env: { ...process.env, NODE_COMPILE_CACHE: folder },
      timeout: COMPILE_TIMEOUT_MS,
    });
    return undefined;
  } catch (error) {
    return String(error);
  }
}
