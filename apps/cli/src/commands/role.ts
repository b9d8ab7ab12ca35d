import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../places.ts';

export type Role = 'gateway' | 'server' | 'decoy' | 'responder';

/** Runs one role in place of this command: its options and its exit code are the role's own. */
export function runRole(role: Role, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [...process.execArgv, join(ROOT, 'apps', role, 'src/main.ts'), ...args], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      process.exitCode = code ?? 0;
      resolve();
    });
  });
}
