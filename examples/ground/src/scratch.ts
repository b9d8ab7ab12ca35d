/**
 * A made-up file system for one process: what the traversal and command holes reach. Invariants: (1) every path that is
 * read lies, after links are resolved, below the scratch root; (2) all that stands there was made for this run.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Refusal } from './refusal.ts';

const TOOLS = [
  'sh',
  'cat',
  'ls',
  'head',
  'tail',
  'printf',
  'echo',
  'id',
  'uname',
  'sleep',
  'tr',
  'rev',
  'sort',
  'grep',
];
const COMMAND_TIMEOUT_MS = 2000;
const MAX_COMMAND_OUTPUT_BYTES = 16 << 10;

export class Scratch {
  readonly root: string;

  constructor(name: string) {
    const base = process.env.EXAMPLE_DATA ?? tmpdir();
    mkdirSync(base, { recursive: true });
    this.root = realpathSync(mkdtempSync(path.join(base, `${name}-files-`)));
    this.write('/etc/hostname', `${name}\n`);
    mkdirSync(path.join(this.root, 'bin'), { recursive: true });
    for (const tool of TOOLS) {
      const real = ['/bin', '/usr/bin'].map((folder) => path.join(folder, tool)).find((file) => existsSync(file));
      if (real !== undefined) symlinkSync(real, path.join(this.root, 'bin', tool));
    }
  }

  /** `file` is a path inside the made-up system; `..` above its root stays at the root, as on a real one. */
  #inside(file: string): string {
    return path.join(this.root, path.posix.join('/', file));
  }

  write(file: string, content: string | Uint8Array): void {
    const real = this.#inside(file);
    mkdirSync(path.dirname(real), { recursive: true });
    writeFileSync(real, content);
  }

  has(file: string): boolean {
    return existsSync(this.#inside(file));
  }

  /** The traversal hole: joins a folder with a name as it came. */
  async readJoined(folder: string, name: string): Promise<Buffer> {
    const asked = this.#inside(path.posix.join(folder, name.replaceAll('\0', '')));
    if (!existsSync(asked)) throw new Refusal(404, 'no such file');
    const real = realpathSync(asked);
    if (!real.startsWith(this.root + path.sep)) throw new Refusal(404, 'no such file');
    return readFile(real).catch(() => {
      throw new Refusal(404, 'not a file');
    });
  }

  /** The command hole: a shell in a folder of the made-up system, with nothing in its environment but a short PATH. */
  shell(folder: string, command: string): Promise<string> {
    return new Promise((resolve) => {
      const limits = 'ulimit -t 2 -f 64 -n 32 2>/dev/null;';
      const child = spawn('/bin/sh', ['-c', `${limits} ${command.replaceAll('\0', '')}`], {
        cwd: this.#inside(folder),
        env: { PATH: path.join(this.root, 'bin') },
        detached: true, // its own group, so that what it started ends with it
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const end = (): void => {
        try {
          if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        } catch {
          return; // the group has ended by itself
        }
      };
      const timer = setTimeout(end, COMMAND_TIMEOUT_MS);
      let output = '';
      const take = (chunk: Buffer): void => {
        output += chunk.toString('latin1');
        if (output.length > MAX_COMMAND_OUTPUT_BYTES) end();
      };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      const done = (): void => {
        clearTimeout(timer);
        end();
        resolve(output.slice(0, MAX_COMMAND_OUTPUT_BYTES));
      };
      child.on('error', done);
      // Not `close`: a background process of the command could hold the pipes open.
      child.on('exit', () => setTimeout(done, 20));
    });
  }
}
