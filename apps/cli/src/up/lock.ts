import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fault } from '../faults.ts';

/**
 * One Seawall per data folder. A lock whose process is gone is taken over, also when its number belongs to another
 * process by now: a container that starts again gives out the same few numbers.
 */
export function lock(folder: string): () => void {
  const path = join(folder, 'lock');
  const own = `${process.pid} ${startTicks(process.pid)}`;
  try {
    writeFileSync(path, own, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const [pid = 0, ticks] = readFileSync(path, 'utf8').split(' ').map(Number);
    const same = ticks === undefined || ticks === 0 || ticks === startTicks(pid);
    if (pid !== process.pid && same && alive(pid)) throw fault('cli.data-in-use', { pid, folder });
    writeFileSync(path, own, { mode: 0o600 });
  }
  return () => rmSync(path, { force: true });
}

function alive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Clock ticks from boot to the start of the process; 0 where the system does not tell. */
function startTicks(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  } catch {
    // No /proc (macOS), or the process is gone.
    return 0;
  }
}
