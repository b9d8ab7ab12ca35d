import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '@seawall/testkit';
import { answers } from './probe.ts';
import { firstChild, Program, type Proxy } from './proxy.ts';
import type { SeawallRules } from './rules.ts';

const START_MS = 120_000;
const MAIN = join(REPOSITORY, 'apps/gateway/src/main.ts');

export interface SeawallOptions {
  readonly folder: string;
  readonly core: number;
  readonly backend: number;
  /** Absent = it inspects nothing. */
  readonly rules?: SeawallRules;
  readonly env?: Readonly<Record<string, string>>;
}

/** Seawall's gateway as it runs everywhere, a primary and one worker, both on the core that is measured. */
export async function startSeawall({ folder, core, backend, rules, env = {} }: SeawallOptions): Promise<Proxy> {
  mkdirSync(folder, { recursive: true });
  const inspecting =
    rules === undefined
      ? ['--mode', 'off']
      : [
          '--mode',
          'protect',
          '--inspect-answers',
          '--rules',
          rules.folder,
          ...rules.entry.flatMap((one) => ['--entry', one]),
        ];
  const args = [
    '--data',
    join(folder, 'data'),
    '--workers',
    '1',
    '--listen',
    '127.0.0.1:0',
    '--upstream',
    `127.0.0.1:${backend}`,
  ];
  const running = new Program({
    program: process.execPath,
    args: [...process.execArgv, MAIN, ...args, ...inspecting],
    core,
    env: { SEAWALL_LOG: 'warn', ...env },
  });
  try {
    const port = await running.until('listening', START_MS, () => portIn(running.output));
    await running.until('an answer', START_MS, () => answers(port));
    const worker = await running.until('a worker', START_MS, () => firstChild(running.pid));
    return { port, worker, primary: running.pid, stop: () => running.stop() };
  } catch (error) {
    await running.stop();
    throw error;
  }
}

function portIn(output: string): number | undefined {
  const line = output.split('\n').find((one) => one.includes('"listening"') && one.endsWith('}'));
  if (line === undefined) return undefined;
  return (JSON.parse(line) as { listeners: { port: number }[] }).listeners[0]?.port; // as docs/cli.md describes the line
}
