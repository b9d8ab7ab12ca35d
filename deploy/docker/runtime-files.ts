// node deploy/docker/runtime-files.ts FOLDER: copies what the roles need at run time, and nothing else, into FOLDER: sources
// without tests, rule sets, the built console, and of node_modules the closure of what the roles depend on.
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const ROLES = ['cli', 'server', 'gateway', 'decoy', 'responder'];
const FILES = ['package.json', 'LICENSE', 'rulesets/base', 'rulesets/playbooks', 'deploy/docker/health.ts'];
const CONSOLE = 'apps/dashboard/dist';
/** Types, maps and tests of packages: no program reads them. */
const UNREAD = new Set(['.map', '.mts', '.cts', '.md', '.flow']);
const UNREAD_FOLDERS = new Set(['node_modules', 'test', 'tests', '__tests__']);

interface Locked {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

/** Places in the lock file that the roles need, directly or through others. */
function closure(): readonly string[] {
  const found = new Set<string>();
  const waiting = ROLES.map((role) => `apps/${role}`);
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    if (found.has(place)) continue;
    found.add(place);
    const entry = lock.packages[place];
    if (entry === undefined) throw new Error(`package-lock.json does not know ${place}`);
    if (entry.link === true) waiting.push(entry.resolved ?? '');
    const { dependencies, optionalDependencies, peerDependencies } = entry;
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const at = resolve(place, name);
      if (at !== undefined) waiting.push(at);
      else if (dependencies?.[name] !== undefined) throw new Error(`${place} needs ${name}, which is not installed`);
    }
  }
  return [...found].toSorted();
}

/** As Node looks for a package: beside the one that asks, then further up. */
function resolve(from: string, name: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const at = folder === '.' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (basename(folder) !== 'node_modules' && at in lock.packages && existsSync(join(ROOT, at))) return at;
    if (folder === '.') return undefined;
  }
}

function copy(place: string, target: string, wanted: (path: string) => boolean): void {
  cpSync(join(ROOT, place), join(target, place), {
    recursive: true,
    filter: (source) => wanted(relative(join(ROOT, place), source)),
  });
}

function isSource(path: string): boolean {
  return !path.endsWith('.test.ts') && !path.split('/').some((part) => part === 'testing' || part === 'node_modules');
}

function isRead(path: string): boolean {
  return (
    !path.split('/').some((part) => UNREAD_FOLDERS.has(part)) && !UNREAD.has(extname(path)) && !path.endsWith('.d.ts')
  );
}

const [, , target] = process.argv;
if (target === undefined) throw new Error('usage: node deploy/docker/runtime-files.ts FOLDER');
for (const place of [...FILES, CONSOLE]) if (existsSync(join(ROOT, place))) copy(place, target, () => true);
for (const place of closure()) {
  const entry = lock.packages[place];
  if (entry?.link === true) {
    mkdirSync(join(target, dirname(place)), { recursive: true });
    symlinkSync(relative(dirname(place), entry.resolved ?? ''), join(target, place));
  } else if (place.startsWith('node_modules/') || place.includes('/node_modules/')) copy(place, target, isRead);
  else for (const part of ['package.json', 'src']) copy(`${place}/${part}`, target, isSource);
}
