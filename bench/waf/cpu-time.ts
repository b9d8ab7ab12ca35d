import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Of one clock tick of /proc; 10,000 nearly everywhere. */
const TICK_MICROS = 1_000_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'latin1' }));

/** utime + stime of all threads of a process, microseconds (proc_pid_stat(5), fields 14 and 15). */
export function cpuTimeMicros(pid: number): number {
  return ticksOf(readFileSync(`/proc/${pid}/stat`, 'latin1')) * TICK_MICROS;
}

/** The name in field 2 may hold spaces and brackets: fields are counted from its end. */
export function ticksOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  if (!Number.isFinite(ticks)) throw new Error(`not a line of /proc/PID/stat: ${stat}`);
  return ticks;
}
