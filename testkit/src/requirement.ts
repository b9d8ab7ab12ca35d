import { execFileSync } from 'node:child_process';

/**
 * What a test needs of the machine. Where it is missing the test is skipped with the reason in words; in CI, which installs
 * everything, a missing requirement is a failure.
 */
export function requirement(name: string, present: () => boolean, remedy: string): { skip: string | false } {
  if (present()) return { skip: false };
  const text = `${name} is missing on this machine: ${remedy}`;
  if (process.env['CI'] === 'true') throw new Error(text);
  return { skip: text };
}

export function hasCommand(command: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    // `command -v` says no by its exit code.
    return false;
  }
}
