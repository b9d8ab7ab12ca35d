import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../places.ts';

const FOLDER = join(ROOT, 'apps/dashboard');

/** Builds the console when its sources changed since the last build (about 3 s); the folder of the built files. */
export async function buildDashboard(say: (text: string) => void): Promise<string> {
  const dist = join(FOLDER, 'dist');
  const marker = join(dist, '.sources');
  const digest = sourceDigest();
  if (existsSync(marker) && readFileSync(marker, 'utf8') === digest) return dist;
  say('building the dashboard, once (about 5 s) ...');
  await run();
  writeFileSync(marker, digest);
  return dist;
}

function sourceDigest(): string {
  const hash = createHash('sha256');
  const files = [
    ...globSync(['src/**/*', 'index.html', 'vite.config.*', 'package.json'], { cwd: FOLDER, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
    ...globSync('packages/contract/src/*.ts', { cwd: ROOT }).map((path) => join(ROOT, path)),
  ];
  for (const file of files.toSorted()) hash.update(file.slice(ROOT.length)).update('\0').update(readFileSync(file));
  return hash.digest('hex');
}

function run(): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'],
      {
        cwd: FOLDER,
        stdio: ['ignore', 2, 2],
      },
    );
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`the dashboard could not be built (vite: exit code ${code})`)),
    );
  });
}
