import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ENGINE_CONFIGURATION } from '@seawall/seclang';
import { fault } from '../faults.ts';

const ENGINE_FILE = 'seawall/engine.conf';
const SETUPS = ['crs-setup.conf', 'crs-setup.conf.example'];

/** Files of a folder or of several, in the order in which they are loaded. */
export interface RuleFilesFound {
  readonly files: ReadonlyMap<string, string>;
  readonly entry: readonly string[];
}

/** SecLang files and folders alone, in the order given; nothing is added. */
export function givenFiles(paths: readonly string[]): RuleFilesFound {
  const files = new Map(paths.flatMap(ruleFiles).map((path) => [path, readText(path)]));
  const entry = [...files.keys()].filter((path) => !path.endsWith('.data'));
  if (entry.length === 0) throw fault('cli.value', { what: 'No rule file (*.conf) was given.' });
  return { files, entry };
}

/**
 * A rule set that can run by itself: behind the engine's ordinary settings, unless the files bring their own, and behind the setup file of CRS,
 * whether it stands in the folder or beside it, under its own name or as the example.
 */
export function runnableFiles(paths: readonly string[]): RuleFilesFound {
  const given = givenFiles(paths);
  const files = new Map(given.files);
  const entry = given.entry.filter((path) => !/(?:^|\/)crs-setup\.conf$/.test(path));
  const setup = paths.map(setupBeside).find((path) => path !== undefined);
  if (setup !== undefined) {
    files.set(setup, readText(setup));
    entry.unshift(setup);
  }
  if (![...files.values()].some((text) => /^[ \t]*SecRequestBodyAccess\b/im.test(text))) {
    files.set(ENGINE_FILE, ENGINE_CONFIGURATION);
    entry.unshift(ENGINE_FILE);
  }
  return { files, entry };
}

function setupBeside(path: string): string | undefined {
  const folder = isFolder(path) ? path : dirname(path);
  return [folder, join(folder, '..')]
    .flatMap((place) => SETUPS.map((name) => join(place, name)))
    .find((candidate) => existsSync(candidate));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function ruleFiles(path: string): string[] {
  if (!isFolder(path)) return [path];
  return globSync('**/*.{conf,data}', { cwd: path })
    .toSorted()
    .map((name) => join(path, name));
}

export function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    throw fault('cli.unreadable', { path, reason: error instanceof Error ? error.message : String(error) }, error);
  }
}
