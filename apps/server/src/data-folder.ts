import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Redacted } from '@seawall/faults';

// Files of the data folder that other programs of the same owner read. All are 0600 in a folder that is 0700.

export interface DataPlaces {
  readonly folder: string;
  readonly store: string;
  readonly apiToken: string;
  readonly signInSecret: string;
  readonly decoySecret: string;
  readonly address: string;
  readonly lastGood: string;
}

export function dataPlaces(folder: string): DataPlaces {
  return {
    folder,
    store: join(folder, 'store'),
    apiToken: join(folder, 'api-token'),
    signInSecret: join(folder, 'sign-in-secret'),
    decoySecret: join(folder, 'decoy-secret'),
    address: join(folder, 'run', 'address'),
    lastGood: join(folder, 'last-good-configuration.json'),
  };
}

export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
}

/** Written beside and renamed: a reader never sees half of it, and an old file's rights do not stay. */
export function writePrivate(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.${process.pid}`;
  rmSync(beside, { force: true });
  writeFileSync(beside, `${text}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(beside, path);
}

/** The secret of this file; made when it does not exist. */
export function keptSecret(path: string): Redacted {
  try {
    const text = readFileSync(path, 'utf8').trim();
    if (text.length >= 32) return new Redacted(text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const made = newSecret();
  writePrivate(path, made.reveal());
  return made;
}

export function newSecret(): Redacted {
  return new Redacted(randomBytes(32).toString('base64url'));
}
