/** Starts both examples as real processes, for tests and trials, and ends what it started. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exampleProcesses, freePorts, type ExamplePorts, type ExampleProcess } from '../../processes.ts';
import { makeRun, Run, writeRun } from './run-file.ts';

const START_TIMEOUT_MS = 20_000;

export interface RunningExamples {
  readonly run: Run;
  readonly runFile: string;
  readonly ports: ExamplePorts;
  stop(): Promise<void>;
}

export async function startExamples(rename?: number, only?: 'chat' | 'campus'): Promise<RunningExamples> {
  const folder = mkdtempSync(path.join(tmpdir(), 'examples-'));
  const runFile = path.join(folder, 'run.json');
  const file = makeRun(rename);
  writeRun(runFile, file);
  const ports = await freePorts();
  const processes = exampleProcesses({ runFile, ports }).filter((one) => only === undefined || one.service === only);
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(end));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all(processes.map((one) => start(one, children)));
  } catch (error) {
    await stop();
    throw error;
  }
  return { run: new Run(file), runFile, ports, stop };
}

function start(one: ExampleProcess, children: ChildProcess[]): Promise<void> {
  const child = spawn(one.command, one.args, {
    env: { PATH: process.env.PATH ?? '', NODE_NO_WARNINGS: '1', ...one.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${one.name} did not start`)), START_TIMEOUT_MS);
    child.once('exit', (code) => reject(new Error(`${one.name} ended with ${String(code)}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      if (!chunk.includes('"ready"')) return;
      clearTimeout(late);
      resolve();
    });
  });
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
