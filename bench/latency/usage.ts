import { readdirSync, readFileSync } from 'node:fs';

/** Microseconds on a processor of all threads of some processes (/proc/PID/task/TID/schedstat, first figure in ns); null without /proc. */
export function cpuMicros(pids: readonly number[]): number | null {
  try {
    const threads = pids.flatMap((pid) =>
      readdirSync(`/proc/${pid}/task`).map((id) => `/proc/${pid}/task/${id}/schedstat`),
    );
    return threads.reduce((sum, path) => sum + Number(readFileSync(path, 'latin1').split(' ')[0]) / 1000, 0);
  } catch {
    // Not Linux, or a kernel that does not count this.
    return null;
  }
}

/** Resident memory of one process in MiB; null without /proc. */
export function residentMiB(pid: number): number | null {
  try {
    const kib = Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
    return kib / 1024;
  } catch {
    // Not Linux.
    return null;
  }
}
