import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requirement } from './requirement.ts';

/** A bare Debian without a registry: made with mmdebstrap once per machine and imported into the engine. */
export const BASE_IMAGE = 'seawall-test-base:bookworm';

export function needsDocker(): { skip: string | false } {
  return requirement('a Docker engine', engineAnswers, 'install docker.io and start dockerd');
}

function engineAnswers(): boolean {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore', timeout: 20_000 });
    return true;
  } catch {
    // No client, no engine, or no permission.
    return false;
  }
}

export function docker(...args: string[]): string {
  return execFileSync('docker', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DOCKER_BUILDKIT: '0' },
  }).trim();
}

/** Imports the base image when the engine does not have it (about 20 s). */
export function ensureBaseImage(): void {
  if (docker('images', '-q', BASE_IMAGE) !== '') return;
  const folder = mkdtempSync(join(tmpdir(), 'seawall-base-'));
  try {
    const tar = join(folder, 'base.tar');
    execFileSync('mmdebstrap', ['--variant=minbase', 'bookworm', tar], { stdio: 'ignore', timeout: 300_000 });
    docker('import', tar, BASE_IMAGE);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The Node that runs the tests, to be mounted into containers of the base image. */
export function nodeBinary(): string {
  return process.execPath;
}

export const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * Builds deploy/docker/Dockerfile without a registry: the context brings node_modules and the built console, and both bases are
 * the bare Debian. Its own tag; the caller removes it.
 */
export function buildSeawallImage(tag: string): void {
  ensureBaseImage();
  const context = mkdtempSync(join(tmpdir(), 'seawall-context-'));
  const run = (args: string[], folder = REPOSITORY) =>
    execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], { cwd: folder, stdio: 'pipe' });
  try {
    run(['deploy/docker/runtime-files.ts', context]);
    const console = join(context, 'apps/dashboard/dist');
    run(
      [join(REPOSITORY, 'node_modules/vite/bin/vite.js'), 'build', '--outDir', console, '--emptyOutDir'],
      join(REPOSITORY, 'apps/dashboard'),
    );
    for (const file of ['package-lock.json', 'deploy/docker/Dockerfile', 'deploy/docker/runtime-files.ts'])
      cpSync(join(REPOSITORY, file), join(context, file));
    cpSync(process.execPath, join(context, 'node_modules', `node-linux-${process.arch}`, 'bin/node'));
    const bases = ['--build-arg', `BUILD=${BASE_IMAGE}`, '--build-arg', `BASE=${BASE_IMAGE}`];
    docker('build', '-q', ...bases, '-t', tag, '-f', join(context, 'deploy/docker/Dockerfile'), context);
  } finally {
    rmSync(context, { recursive: true });
  }
}
